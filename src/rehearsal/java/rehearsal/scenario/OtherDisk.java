package rehearsal.scenario;

import com.google.gson.JsonParser;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The config of a stack that has a disk, even a deletable one, comes to name another disk that exists. */
final class OtherDisk implements Scenario {

    private static final String OTHER = "other-disk";

    @Override
    public String name() {
        return "other-disk";
    }

    @Override
    public String what() {
        return "adopting another disk in place of the stack's own is refused: importing it would delete the old one";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name(), "deleteDisk " + DevStack.DISK);
        stage.step("The disk is recorded as deletable, and there is another one", () -> {
            stage.run("pulumi preview --expect-no-changes");
            stage.run("pulumi up --yes");
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy DELETES the disk " + DevStack.DISK);
            world.google().console().insertDisk(World.PROJECT, World.ZONE, JsonParser.parseString("""
                    {"name": "%s", "sizeGb": "10", "type": "projects/%s/zones/%s/diskTypes/pd-balanced"}"""
                    .formatted(OTHER, World.PROJECT, World.ZONE)).getAsJsonObject());
            world.google().forgetRequests();
        });
        stage.step("Adopting that one is refused at preview and at up, and nothing is touched", () -> {
            stage.run("pulumi config set-all --plaintext disk=adopt --plaintext diskName=" + OTHER
                    + " --plaintext deleteDisk=" + OTHER);
            stage.says(stage.refused("pulumi preview"), "The config names another disk than this stack has");
            stage.says(stage.refused("pulumi up --yes"), "The config names another disk than this stack has");
            DevStack.holdsNoWrites(stage);
            stage.holds("both disks are there",
                    world.disk(World.ZONE, DevStack.DISK).isPresent() && world.disk(World.ZONE, OTHER).isPresent());
        });
    }
}
