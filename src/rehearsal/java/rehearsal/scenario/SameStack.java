package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/**
 * The cluster is lost, and one of the same name takes its place: the same stack's context now names a fresh cluster.
 */
final class SameStack implements Scenario {

    @Override
    public String name() {
        return "same-stack";
    }

    @Override
    public String what() {
        return "the same stack, whose context now names a fresh cluster, recovers by a plain up";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Its cluster is lost, and a fresh one has the same name", () -> {
            stage.world().loseCluster("first");
            stage.world().startCluster("first", World.ZONE);
        });
        stage.step("The preview shows what will be made, and up makes it", () -> {
            var shown = stage.run("pulumi preview");
            stage.says(shown, "kubernetes:core/v1:PersistentVolume");
            stage.says(shown, "kubernetes:helm.sh/v3:Release");
            stage.run("pulumi up --yes");
            stage.holds("it reads the same bytes", stage.world().server("first").read().contains(name()));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
