package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.google.SnapshotName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The disk is lost, and there is a snapshot of it. */
final class Restored implements Scenario {

    private static final DiskName DISK = new DiskName(World.PROJECT, World.ZONE, DevStack.DISK);

    @Override
    public String name() {
        return "restored";
    }

    @Override
    public String what() {
        return "a lost disk is made from a snapshot by config alone, and never a second time in silence";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var console = world.google().console();
        DevStack.serverRuns(stage, name());
        stage.step("A snapshot is taken, more is written, and disk and cluster are lost", () -> {
            console.createSnapshot(DISK, "daily");
            world.server("first").write("written since");
            world.loseCluster("first");
            console.deleteDisk(DISK);
            world.startCluster("first", World.ZONE);
            world.google().forgetRequests();
            stage.says(stage.refused("pulumi preview"),
                    "pulumi config set disk restore && pulumi config set snapshot NAME && pulumi up");
            stage.run("pulumi config set-all --plaintext disk=restore --plaintext snapshot=dayly");
            stage.says(stage.refused("pulumi preview"),
                    "There is no snapshot projects/" + World.PROJECT + "/global/snapshots/dayly");
            DevStack.holdsNoWrites(stage);
        });
        stage.step("It is made from the snapshot, and the same config works again", () -> {
            stage.run("pulumi config set snapshot daily");
            stage.says(stage.run("pulumi preview"),
                    "is made from the snapshot projects/" + World.PROJECT + "/global/snapshots/daily");
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
            stage.holds("and not what was written since", !world.server("first").read().contains("written since"));
            console.deleteSnapshot(new SnapshotName(World.PROJECT, "daily"));
            stage.run("pulumi up --yes --expect-no-changes");
        });
        stage.step("With disk back to create, or adopt, there is nothing to change", () -> {
            stage.run("pulumi config rm snapshot && pulumi config set disk create");
            stage.run("pulumi preview --expect-no-changes");
            stage.run("pulumi config set disk adopt");
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("The same old state is not restored again in silence once more was written", () -> {
            stage.run("pulumi config set-all --plaintext disk=restore --plaintext snapshot=daily");
            world.server("first").write("written later");
            console.createSnapshot(DISK, "daily");
            world.loseCluster("first");
            console.deleteDisk(DISK);
            world.startCluster("first", World.ZONE);
            world.google().forgetRequests();
            stage.says(stage.refused("pulumi up --yes"), "already: what was written since would be missing");
            DevStack.holdsNoWrites(stage);
        });
    }
}
