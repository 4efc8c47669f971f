package rehearsal.scenario;

import rehearsal.google.InstanceName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A recovery while a machine that the lost cluster left still holds the disk. */
final class OldHolder implements Scenario {

    @Override
    public String name() {
        return "old-holder";
    }

    @Override
    public String what() {
        return "a disk that an old node still holds is not taken, and the node named; it is once the node is gone";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        var holder = world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().get(0);
        stage.step("The cluster is lost, but its machine still holds the disk: refused before anything is made", () -> {
            world.clusters().get("first").lose();
            world.startCluster("second", World.ZONE);
            DevStack.initRecovery(stage, "second");
            stage.says(stage.refused("pulumi up --yes"), "gcloud compute instances delete " + holder.name());
            DevStack.holdsNoWrites(stage);
            stage.holds("there is no PersistentVolume",
                    world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
        });
        stage.step("Once the machine is deleted, up recovers the server", () -> {
            world.google().console().deleteInstance(new InstanceName(World.PROJECT, World.ZONE, holder.name()));
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "second", name());
        });
    }
}
