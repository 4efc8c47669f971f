package rehearsal.scenario;

import com.google.gson.JsonParser;
import rehearsal.google.ResourcePolicyName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The state is damaged, the disk is there, and the server is to go back to yesterday's snapshot. */
final class SnapshotRestore implements Scenario {

    @Override
    public String name() {
        return "snapshot-restore";
    }

    @Override
    public String what() {
        return "the state damaged: yesterday's snapshot, which the disk's schedule took, comes back on another disk, "
                + "and never onto the damaged one";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        stage.step("A day passes, then the state is damaged", () -> {
            world.google().dayPasses();
            world.server("first").write("damage");
        });
        var yesterday = DevStack.dailySnapshots(stage, DevStack.DISK).get(0);
        stage.step("Restoring yesterday's onto the disk is refused, and the server untouched", () -> {
            stage.run("pulumi config set-all --plaintext disk=restore --plaintext snapshot=" + yesterday);
            stage.says(stage.refused("pulumi preview"), "A snapshot is never restored onto a disk that holds a state");
            stage.says(stage.refused("pulumi up --yes"),
                    "pulumi destroy && pulumi config set diskName ANOTHER_NAME && pulumi up");
            DevStack.holdsNoWrites(stage);
            stage.holds("the server is where it was", world.server("first").has("damage"));
        });
        stage.step("As the refusal says, the server goes back to it on a disk of another name", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy keeps the disk");
            stage.run("pulumi destroy --yes && pulumi config set diskName restored && pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
            stage.holds("and not the damage", !world.server("first").has("damage"));
            DevStack.holdsDisk(stage, "damage");
        });
        stage.step("From now on there are snapshots of the new disk, each kept for its days", () -> {
            for (var day = 0; day < 16; day++) {
                world.google().dayPasses();
            }
            stage.holds("the last 14 are there", DevStack.dailySnapshots(stage, "restored").size() == 14);
        });
        stage.step(
                "Other days are refused with the line that changes the schedule, and after it there is nothing to "
                        + "change",
                () -> {
                    stage.run(
                            "pulumi config rm snapshot && pulumi config set-all --plaintext disk=create --plaintext "
                                    + "snapshotDays=30");
                    var schedule = "restored-" + World.ZONE + "-daily";
                    stage.says(stage.refused("pulumi up --yes"),
                            "gcloud compute resource-policies update snapshot-schedule " + schedule + " --project "
                                    + World.PROJECT
                                    + " --region us-east5 --max-retention-days 30");
                    world.google().console().patchPolicy(new ResourcePolicyName(World.PROJECT, "us-east5", schedule),
                            JsonParser.parseString(
                                    "{\"snapshotSchedulePolicy\": {\"retentionPolicy\": {\"maxRetentionDays\": 30}}}")
                                    .getAsJsonObject());
                    stage.run("pulumi preview --expect-no-changes");
                });
    }
}
