package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The disk that the stack made was deleted by hand. */
final class DiskDeleted implements Scenario {

    @Override
    public String name() {
        return "disk-deleted";
    }

    @Override
    public String what() {
        return "the stack's disk deleted by hand: refused, never a silent blank disk";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Cluster and disk are gone", () -> {
            stage.world().loseCluster("first");
            stage.world().google().console().deleteDisk(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK));
            stage.world().startCluster("first", World.ZONE);
        });
        stage.step("No blank disk is made in silence", () -> {
            stage.says(stage.refused("pulumi preview"), "pulumi config set disk restore");
            stage.says(stage.refused("pulumi up --yes"), "pulumi config set blankDisk " + DevStack.DISK);
            DevStack.holdsNoWrites(stage);
        });
        stage.step("The word that a blank one is meant makes one", () -> {
            stage.run("pulumi config set blankDisk " + DevStack.DISK);
            stage.run("pulumi up --yes");
            stage.holds("the disk is there", stage.world().disk(World.ZONE, DevStack.DISK).isPresent());
            stage.holds("the server begins anew", stage.world().server("first").starts().size() == 1);
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
