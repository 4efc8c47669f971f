package rehearsal.scenario;

import com.google.gson.JsonParser;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The usual slip in a recovery: the config doesn't say that the disk is there already. */
final class DiskExists implements Scenario {

    @Override
    public String name() {
        return "disk-exists";
    }

    @Override
    public String what() {
        return "making a disk under the name of one that exists is refused at preview, with the line that adopts it";
    }

    @Override
    public void play(Stage stage) throws Exception {
        stage.step("A disk that somebody made in the console, and a stack that would make one of that name", () -> {
            stage.world().startCluster("first", World.ZONE);
            stage.world().google().console().insertDisk(World.PROJECT, World.ZONE, JsonParser.parseString("""
                    {"name": "%s", "sizeGb": "10", "type": "projects/%s/zones/%s/diskTypes/pd-balanced",
                     "labels": {"team": "research"}}""".formatted(DevStack.DISK, World.PROJECT, World.ZONE)).getAsJsonObject());
            DevStack.init(stage, "dev", "first", World.ZONE);
            stage.world().google().forgetRequests();
        });
        stage.step("It is refused, and the disk untouched", () -> {
            stage.says(stage.refused("pulumi preview"), "pulumi config set disk adopt");
            stage.says(stage.refused("pulumi up --yes"), "pulumi config set disk adopt");
            DevStack.holdsNoWrites(stage);
        });
        stage.step("The line that it names adopts the disk", () -> {
            stage.run("pulumi config set disk adopt");
            stage.run("pulumi up --yes");
            var disk = stage.world().disk(World.ZONE, DevStack.DISK).orElseThrow();
            stage.holds("the disk keeps its own labels and has ours",
                    disk.labels().containsKey("team") && disk.labels().containsKey("sky-api-server-stack"));
            stage.holds("it was neither made anew nor deleted", stage.world().google().writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
