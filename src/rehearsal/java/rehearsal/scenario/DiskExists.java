package rehearsal.scenario;

import com.google.gson.JsonParser;
import rehearsal.google.DiskName;
import rehearsal.google.ResourcePolicyName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The usual slip in a recovery: the config doesn't say that the disk is there already. */
final class DiskExists implements Scenario {

    private static final ResourcePolicyName THEIRS = new ResourcePolicyName(World.PROJECT, "us-east5", "weekdays");

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
            var console = stage.world().google().console();
            console.insertDisk(World.PROJECT, World.ZONE, JsonParser.parseString("""
                    {"name": "%s", "sizeGb": "10", "type": "projects/%s/zones/%s/diskTypes/pd-balanced",
                     "labels": {"team": "research"}}""".formatted(DevStack.DISK, World.PROJECT, World.ZONE))
                    .getAsJsonObject());
            console.insertPolicy(World.PROJECT, "us-east5",
                    JsonParser
                            .parseString(
                                    """
                    {"name": "weekdays", \
                    "snapshotSchedulePolicy": {"schedule": \
                    {"dailySchedule": {"daysInCycle": 1, "startTime": "20:00"}}}}""")
                            .getAsJsonObject());
            console.attachPolicy(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK), THEIRS);
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
            stage.says(stage.run("pulumi up --yes"), "has the resource policy " + THEIRS.path());
            var disk = stage.world().disk(World.ZONE, DevStack.DISK).orElseThrow();
            stage.holds("the disk keeps its own labels and has ours",
                    disk.labels().containsKey("team") && disk.labels().containsKey("sky-api-server-stack"));
            stage.holds("it was neither made anew nor deleted", stage.world().google().writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
            stage.holds("its schedule was left as it was, and none made", stage.world().google().writes().stream()
                    .noneMatch(request -> request.path().contains("esourcePolicies")));
            stage.holds("which is told once", !stage.run("pulumi preview --expect-no-changes").contains(THEIRS.path()));
        });
    }
}
