package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The same stack comes to name another cluster: its own is lost, or it is to move. */
final class NewContext implements Scenario {

    @Override
    public String name() {
        return "new-context";
    }

    @Override
    public String what() {
        return "the same stack with the context of another cluster recovers there, or moves there, on the same disk";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        stage.step("Its cluster is lost, and its context gone from the kubeconfig", () -> {
            world.startCluster("second", World.ZONE);
            world.loseCluster("first");
            stage.run("kubectl config delete-context " + World.context("first", World.ZONE));
        });
        stage.step(
                "With a fresh cluster's context, up says that the old one can't be asked, and how to go on without it",
                () -> {
                    stage.run("pulumi config set context " + World.context("second", World.ZONE));
                    stage.says(stage.refused("pulumi up --yes"), "PULUMI_K8S_DELETE_UNREACHABLE");
                    DevStack.holdsNoWrites(stage);
                    stage.run("PULUMI_K8S_DELETE_UNREACHABLE=true pulumi up --yes");
                    DevStack.holdsState(stage, "second", name());
                });
        stage.step("It is to move to a third cluster, and the second one's server still runs: refused", () -> {
            world.startCluster("third", World.ZONE);
            stage.run("pulumi config set context " + World.context("third", World.ZONE));
            stage.says(stage.refused("pulumi up --yes"), "run `pulumi destroy` in the stack that made it");
            stage.holds("the server goes on", world.server("second").read().contains(name()));
        });
        stage.step(
                "Destroy, as that said, lets go of the disk in the second, and up brings the server back in the third",
                () -> {
                    stage.run("pulumi destroy --yes");
                    stage.holds("nothing of it is left in the second",
                            world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
                    stage.run("pulumi up --yes");
                    DevStack.holdsState(stage, "third", name());
                });
        stage.step("A server that was stopped by hand moves by one up, back to the second", () -> {
            var kubectl = "kubectl --context " + World.administrator(World.context("third", World.ZONE))
                    + " --namespace skypilot ";
            stage.run(kubectl + "scale deployment/skypilot-api-server --replicas 0");
            stage.run(kubectl + "wait --for=delete pod --all --timeout=60s");
            awaitDetached(world);
            stage.run("pulumi config set context " + World.context("second", World.ZONE));
            stage.run("pulumi up --yes");
            stage.holds("nothing of it is left in the third",
                    world.clusters().get("third").client().persistentVolumes().list().getItems().isEmpty()
                            && world.clusters().get("third").client().apps().deployments().inNamespace("skypilot")
                                    .list().getItems().isEmpty());
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("The disk was the same all along",
                () -> stage.holds("it was neither made anew nor deleted", world.google().writes().stream()
                        .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks"))));
    }

    private static void awaitDetached(World world) throws InterruptedException {
        for (var tries = 0; tries < 300 && !world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().isEmpty();
                tries++) {
            Thread.sleep(100);
        }
    }
}
