package rehearsal.scenario;

import rehearsal.google.InstanceName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A second stack would take a disk that a machine holds: of a server that runs, or left by a cluster that is lost. */
final class OldHolder implements Scenario {

    @Override
    public String name() {
        return "old-holder";
    }

    @Override
    public String what() {
        return "a disk that another stack's server or an old node still holds is not taken; it is once they let go";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        var holder = world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().get(0);
        stage.step("A second stack is refused its disk, and the server untouched", () -> {
            world.startCluster("second", World.ZONE);
            DevStack.init(stage, "two", "second", World.ZONE);
            stage.run("pulumi config set disk adopt");
            world.google().forgetRequests();
            stage.says(stage.refused("pulumi preview"), "is held by " + holder.path());
            DevStack.holdsNoWrites(stage);
            stage.holds("the first server still reads its state", world.server("first").read().contains(name()));
        });
        stage.step("The first cluster is lost, but its machine still holds the disk: refused before anything is made", () -> {
            world.clusters().get("first").lose();
            stage.says(stage.refused("pulumi up --yes"), "gcloud compute instances delete " + holder.name());
            stage.holds("there is no PersistentVolume",
                    world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
        });
        stage.step("Once the machine is deleted, up recovers the server", () -> {
            world.google().console().deleteInstance(new InstanceName(World.PROJECT, World.ZONE, holder.name()));
            stage.run("pulumi up --yes");
            stage.holds("it reads the same bytes", world.server("second").read().contains(name()));
        });
    }
}
