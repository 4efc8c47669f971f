package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The disk is destroyed with its stack, but only by its very name. */
final class DestroyDisk implements Scenario {

    @Override
    public String name() {
        return "destroy-disk";
    }

    @Override
    public String what() {
        return "destroy deletes the disk once the config names that very disk; a mistyped name deletes nothing";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("A mistyped name is refused, and deletes nothing", () -> {
            stage.run("pulumi config set deleteDisk " + DevStack.DISK + "s");
            stage.says(stage.refused("pulumi up --yes"), "it must be the name of this stack's disk");
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy keeps the disk");
            stage.run("pulumi destroy --yes");
            DevStack.holdsDisk(stage, name());
        });
        stage.step(
                "Its very name is recorded by an up once the stack has the disk, which deletes nothing and says what "
                        + "destroy will do",
                () -> {
                    stage.run("pulumi config set deleteDisk " + DevStack.DISK);
                    stage.run("pulumi up --yes");
                    stage.says(stage.run("pulumi stack output onDestroy"),
                            "pulumi destroy keeps the disk " + DevStack.DISK + ": this was the first up with it");
                    stage.run("pulumi up --yes");
                    stage.says(stage.run("pulumi stack output onDestroy"),
                            "pulumi destroy DELETES the disk " + DevStack.DISK);
                    DevStack.holdsState(stage, "first", name());
                });
        stage.step("Destroy deletes it", () -> {
            stage.run("pulumi destroy --yes");
            stage.holds("the disk is gone", stage.world().disk(World.ZONE, DevStack.DISK).isEmpty());
        });
    }
}
