package rehearsal.scenario;

import rehearsal.cluster.ClusterSpec;
import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.List;

/** The config comes to name another zone: by a slip, and on purpose. */
final class ZoneChange implements Scenario {

    private static final String OTHER = "us-east5-c";

    @Override
    public String name() {
        return "zone-change";
    }

    @Override
    public String what() {
        return "another zone is refused, for it would leave the state behind; the refusal names the way to move on "
                + "purpose";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step("A server runs on its disk, in a cluster with nodes in two zones", () -> {
            world.startCluster(new ClusterSpec(World.PROJECT, "first", List.of(World.ZONE, OTHER), 1));
            DevStack.up(stage, name());
        });
        stage.step("Another zone is refused, and nothing is touched", () -> {
            stage.run("pulumi config set zone " + OTHER);
            stage.says(stage.refused("pulumi preview"), "The config names another disk than this stack has");
            stage.says(stage.refused("pulumi up --yes"), "gcloud compute disks snapshot " + DevStack.DISK
                    + " --project " + World.PROJECT + " --zone " + World.ZONE);
            DevStack.holdsNoWrites(stage);
        });
        stage.step("With the old zone back there is nothing to change", () -> {
            stage.run("pulumi config set zone " + World.ZONE);
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("As the refusal says, the server moves to the other zone, and the old disk stays", () -> {
            stage.run("pulumi config set zone " + OTHER);
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy keeps the disk");
            stage.run("pulumi destroy --yes");
            world.google().console().createSnapshot(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK), "moving");
            stage.run("pulumi config set-all --plaintext disk=restore --plaintext snapshot=projects/" + World.PROJECT
                    + "/global/snapshots/moving && pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
            stage.holds("it is on the new disk", world.server("first").disk().contains(OTHER));
            DevStack.holdsDisk(stage, name());
        });
        stage.step("With disk back to create, there is nothing to change", () -> {
            stage.run("pulumi config rm snapshot && pulumi config set disk create");
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
