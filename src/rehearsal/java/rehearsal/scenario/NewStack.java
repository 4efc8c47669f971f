package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The cluster is lost, and a new stack takes the disk over on a fresh one, with the config from the old stack's outputs. */
final class NewStack implements Scenario {

    @Override
    public String name() {
        return "new-stack";
    }

    @Override
    public String what() {
        return "cluster lost: a new stack with the config from the old one's outputs recovers on a fresh cluster by one up";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name(), "diskSize 20", "namespace sky", "release api");
        stage.step("The cluster is lost, and a fresh one made", () -> {
            world.loseCluster("first");
            world.startCluster("second", World.ZONE);
        });
        stage.step("The old stack's outputs have the config, but for cluster and password; one up", () -> {
            stage.run("pulumi stack init recovery");
            stage.run("pulumi config set-all --json \"$(pulumi stack output recoveryConfig --stack dev)\"");
            stage.run("pulumi config set context " + World.context("second", World.ZONE));
            stage.run("pulumi config set --secret authPassword", DevStack.PASSWORD);
            stage.run("pulumi up --yes");
        });
        stage.step("The server is back as it was", () -> {
            stage.holds("the disk was neither made anew, grown nor deleted", world.google().writes().stream()
                    .allMatch(request -> request.path().endsWith("/setLabels") || request.path().contains("/instances/")));
            stage.holds("it is the release api in the namespace sky",
                    stage.run("helm list --namespace sky --short").strip().equals("api"));
            DevStack.holdsState(stage, "second", name());
        });
    }
}
