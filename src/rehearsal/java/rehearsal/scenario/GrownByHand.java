package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The disk was made larger in the cloud console. */
final class GrownByHand implements Scenario {

    @Override
    public String name() {
        return "grown-by-hand";
    }

    @Override
    public String what() {
        return "the disk resized in the cloud console: no replacement, and the line to change is named";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Its disk is made larger by hand", () ->
                stage.world().google().console().resizeDisk(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK), 20));
        stage.step("The stack follows once the config says so", () -> {
            stage.says(stage.refused("pulumi up --yes"), "pulumi config set diskSize 20");
            stage.run("pulumi config set diskSize 20");
            stage.run("pulumi up --yes");
            DevStack.holdsNoWrites(stage);
            stage.holds("the server reads the same bytes", stage.world().server("first").read().contains(name()));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
