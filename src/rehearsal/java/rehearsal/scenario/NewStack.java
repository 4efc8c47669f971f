package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/**
 * The cluster and the config file are lost, and a new stack takes the disk over on a fresh cluster, with the config of
 * the old stack's last up.
 */
final class NewStack implements Scenario {

    @Override
    public String name() {
        return "new-stack";
    }

    @Override
    public String what() {
        return "cluster and config file lost: a new stack with the config of the old one's last up recovers on a "
                + "fresh cluster by one up";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name(), "diskSize 20", "namespace sky", "release api");
        stage.step("The cluster is lost, and a fresh one made", () -> {
            world.loseCluster("first");
            world.startCluster("second", World.ZONE);
        });
        stage.step("The config file is lost too: the backend has the config of the last up, with its secrets", () -> {
            stage.run("rm Pulumi.dev.yaml");
            stage.run("pulumi stack select dev");
            stage.run("pulumi config refresh --force");
            stage.holds("diskSize, namespace and release are as before",
                    stage.run("pulumi config get diskSize").strip().equals("20")
                            && stage.run("pulumi config get namespace").strip().equals("sky")
                            && stage.run("pulumi config get release").strip().equals("api"));
            stage.holds("the password is a secret still", !stage.run("cat Pulumi.dev.yaml").contains(DevStack.PASSWORD)
                    && stage.run("pulumi config get authPassword").strip().equals(DevStack.PASSWORD));
        });
        stage.step("A new stack with that config; one up", () -> {
            DevStack.initRecovery(stage, "second");
            stage.run("pulumi up --yes");
        });
        stage.step("The server is back as it was", () -> {
            stage.holds("the disk was neither made anew, grown nor deleted", world.google().writes().stream()
                    .allMatch(request -> request.path().endsWith("/setLabels")
                            || request.path().contains("/instances/")));
            stage.holds("it is the release api in the namespace sky",
                    stage.run("helm list --namespace sky --short").strip().equals("api"));
            DevStack.holdsState(stage, "second", name());
        });
    }
}
