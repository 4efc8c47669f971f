package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** Cluster and Pulumi state are both gone, and only the disk is left. */
final class StateGone implements Scenario {

    @Override
    public String name() {
        return "state-gone";
    }

    @Override
    public String what() {
        return "cluster and Pulumi state gone, only the disk left: a new stack adopts it, and owns it";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Cluster and Pulumi state are lost", () -> {
            stage.world().loseCluster("first");
            stage.run("pulumi stack rm dev --force --yes");
            stage.world().startCluster("second", World.ZONE);
        });
        stage.step("A new stack adopts the disk", () -> {
            DevStack.init(stage, "again", "second", World.ZONE);
            stage.run("pulumi config set disk adopt");
            stage.run("pulumi up --yes");
            DevStack.holdsKept(stage, "second", name());
            stage.run("pulumi preview --expect-no-changes");
            stage.holds("the disk's snapshot schedule was taken up, and not touched",
                    stage.world().google().writes().stream()
                            .noneMatch(request -> request.path().contains("esourcePolicies")));
            DevStack.holdsSnapshots(stage);
        });
        stage.step("And owns it", () -> {
            stage.run("pulumi config set deleteDisk " + DevStack.DISK);
            stage.run("pulumi up --yes");
            stage.run("pulumi destroy --yes");
            stage.holds("its destroy deletes the disk when told to",
                    stage.world().disk(World.ZONE, DevStack.DISK).isEmpty());
            stage.holds("and the schedule with it",
                    stage.world().google().console().findPolicy(DevStack.SCHEDULE).isEmpty());
            stage.holds("but not the snapshots", DevStack.dailySnapshots(stage, DevStack.DISK).size() == 1);
        });
    }
}
