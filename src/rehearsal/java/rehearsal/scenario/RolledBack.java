package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The state is damaged, the disk is there, and the server is to go back to a snapshot. */
final class RolledBack implements Scenario {

    @Override
    public String name() {
        return "rolled-back";
    }

    @Override
    public String what() {
        return "a snapshot is never restored onto a disk that is there; the refusal names the way back to it, on another disk";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        stage.step("A snapshot is taken, then the state is damaged", () -> {
            world.google().console().createSnapshot(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK), "daily");
            world.server("first").write("damage");
        });
        stage.step("Restoring it onto the disk is refused, and the server untouched", () -> {
            stage.run("pulumi config set-all --plaintext disk=restore --plaintext snapshot=daily");
            stage.says(stage.refused("pulumi preview"), "A snapshot is never restored onto a disk that holds a state");
            stage.says(stage.refused("pulumi up --yes"), "pulumi destroy && pulumi config set diskName ANOTHER_NAME && pulumi up");
            DevStack.holdsNoWrites(stage);
            stage.holds("the server is where it was", world.server("first").read().contains("damage"));
        });
        stage.step("As the refusal says, the server goes back to it on a disk of another name", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy keeps the disk");
            stage.run("pulumi destroy --yes && pulumi config set diskName rolled-back && pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
            stage.holds("and not the damage", !world.server("first").read().contains("damage"));
            DevStack.holdsDisk(stage, "damage");
        });
        stage.step("With disk back to create, there is nothing to change", () -> {
            stage.run("pulumi config rm snapshot && pulumi config set disk create");
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
