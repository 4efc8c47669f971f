package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A recovery that names a disk which isn't there. */
final class DiskMissing implements Scenario {

    @Override
    public String name() {
        return "disk-missing";
    }

    @Override
    public String what() {
        return "adopting a disk that isn't there is refused at preview";
    }

    @Override
    public void play(Stage stage) throws Exception {
        stage.step("A stack that adopts a disk of which Google knows nothing", () -> {
            stage.world().startCluster("first", World.ZONE);
            DevStack.init(stage, "recovery", "first", World.ZONE);
            stage.run("pulumi config set disk adopt");
            stage.world().google().forgetRequests();
        });
        stage.step("Preview and up are refused", () -> {
            var disk = "projects/" + World.PROJECT + "/zones/" + World.ZONE + "/disks/" + DevStack.DISK;
            stage.says(stage.refused("pulumi preview"), "There is no disk " + disk + " to adopt");
            stage.says(stage.refused("pulumi up --yes"), "There is no disk " + disk + " to adopt");
            DevStack.holdsNoWrites(stage);
            stage.holds("nothing was made in the cluster",
                    stage.world().clusters().get("first").client().persistentVolumes().list().getItems().isEmpty());
        });
    }
}
