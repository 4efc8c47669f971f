package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.time.Duration;
import java.util.List;

/** The cluster's API server answers late, not at all, or goes down under a command; and the server's pod is evicted. */
final class ClusterFaults implements Scenario {

    /** The program's look waits ten seconds for an answer, twice; the rest is what a run takes on a busy machine. */
    private static final Duration NO_ANSWER = Duration.ofSeconds(60);
    private static final Duration LATE = Duration.ofSeconds(5);

    /** Which of them it is depends on the request that was under way. */
    private static final List<String> OUT_OF_REACH = List.of("Kubernetes cluster unreachable", "connection refused",
            "connection reset", "connection lost", "EOF");

    @Override
    public String name() {
        return "cluster-faults";
    }

    @Override
    public String what() {
        return "an API server that answers late, not at all, or goes down under an up, and a pod that is evicted: "
                + "clear errors, and the next up goes on";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var cluster = world.startCluster("first", World.ZONE);
        var client = cluster.client();
        stage.step("The API server doesn't answer: the first up is refused before anything is made", () -> {
            DevStack.init(stage, "dev", "first", World.ZONE);
            cluster.pauseApiServer();
            var said = stage.refusedWithin(NO_ANSWER, "pulumi up --yes");
            cluster.resumeApiServer();
            stage.says(said, "could not be asked, so nothing was changed");
            stage.says(said, " --context " + World.context("first", World.ZONE) + " get nodes,pv");
            DevStack.holdsNoWrites(stage);
        });
        stage.step("It answers late as the release is installed: the up takes longer, and ends well", () -> {
            stage.during("pulumi up --yes --skip-preview",
                    "once there was a Deployment, nothing was answered for " + LATE.toSeconds() + " s",
                    () -> client.apps().deployments().inNamespace("skypilot").withName("skypilot-api-server").get()
                            != null,
                    () -> cluster.stall(LATE));
            world.server("first").write(name());
            DevStack.holdsState(stage, "first", name());
            world.google().forgetRequests();
        });
        stage.step("It doesn't answer: an up of the stack that has a server changes nothing", () -> {
            cluster.pauseApiServer();
            var said = stage.refusedWithin(NO_ANSWER, "pulumi up --yes");
            cluster.resumeApiServer();
            stage.says(said, "configured Kubernetes cluster is unreachable");
        });
        stage.step(
                "It goes down as the release is upgraded, and is back once the up has given up: what that says, and "
                        + "the next, leads back to the server",
                () -> {
                    stage.run("pulumi config set --path values.apiService.terminationGracePeriodSeconds 30");
                    var said =
                            stage.refusedDuring(NO_ANSWER, "pulumi up --yes --skip-preview",
                                    "once the upgrade was under way, the API server went down",
                                    () -> !client.secrets().inNamespace("skypilot")
                                            .withLabel("status", "pending-upgrade").list().getItems().isEmpty(),
                                    cluster::stopApiServer);
                    cluster.startApiServer();
                    stage.holds("it says that the cluster is out of reach",
                            OUT_OF_REACH.stream().anyMatch(said::contains));
                    stage.says(said, "Google has the disk projects/");
                    DevStack.forgetsInterruptedRelease(stage, "pending-upgrade");
                    stage.run("pulumi up --yes");
                    DevStack.holdsState(stage, "first", name());
                });
        stage.step("The server's pod is evicted: another takes its place on the same disk, and an up has nothing to do",
                () -> {
                    var evicted = world.server("first").pod();
                    cluster.evict("skypilot", evicted);
                    stage.holds("another pod serves, and the evicted one is still there, Failed",
                            !world.server("first").pod().equals(evicted)
                                    && stage.run("kubectl --namespace skypilot get pod " + evicted
                                            + " -o jsonpath='{.status.phase} {.status.reason}'")
                                            .equals("Failed Evicted"));
                    DevStack.holdsState(stage, "first", name());
                    DevStack.holdsNoWrites(stage);
                });
    }
}
