package rehearsal.scenario;

import rehearsal.http.Loopback;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The chart comes from a repository, and a newer version of it appears there. */
final class NewerChart implements Scenario {

    private static final String CHART = "skypilot-nightly";

    @Override
    public String name() {
        return "newer-chart";
    }

    @Override
    public String what() {
        return "a newer chart appears in the repository: the stack keeps its own until chartVersion names another";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var charts = Files.createDirectories(world.home().resolve("charts"));
        try (var repository = serve(charts)) {
            stage.step("A repository has one version of the chart", () -> publish(stage, charts, "1.0.0-dev20261101"));
            DevStack.serverRuns(stage, name(), "chart " + CHART, "chartRepository http://" + repository.address());
            stage.step("A newer version appears", () -> publish(stage, charts, "1.0.0-dev20261102"));
            stage.step("The preview is clean, and up changes nothing", () -> {
                stage.run("pulumi preview --expect-no-changes");
                stage.run("pulumi up --yes --expect-no-changes");
                stage.holds("the release is the first revision, of the first chart",
                        installed(stage).equals("1 " + CHART + "-1.0.0-dev20261101"));
            });
            stage.step("Config names the newer one: up upgrades the server, on the same state", () -> {
                stage.run("pulumi config set chartVersion 1.0.0-dev20261102");
                stage.run("pulumi up --yes");
                stage.holds("the release is the second revision, of the second chart",
                        installed(stage).equals("2 " + CHART + "-1.0.0-dev20261102"));
                DevStack.holdsState(stage, "first", name());
            });
            stage.step("Without a version in the config the stack keeps what it has", () -> {
                stage.run("pulumi config rm chartVersion");
                publish(stage, charts, "1.0.0-dev20261103");
                stage.run("pulumi preview --expect-no-changes");
            });
            stage.step("A new stack takes the newest", () -> {
                world.loseCluster("first");
                world.startCluster("second", World.ZONE);
                DevStack.initRecovery(stage, "second");
                stage.run("pulumi up --yes");
                stage.holds("the release is of the third chart",
                        installed(stage).equals("1 " + CHART + "-1.0.0-dev20261103"));
                DevStack.holdsState(stage, "second", name());
            });
        }
    }

    private static Loopback serve(Path charts) throws Exception {
        return Loopback.serve("charts", exchange -> {
            try (exchange) {
                var file = charts.resolve(exchange.getRequestURI().getPath().substring(1));
                var found = Files.isRegularFile(file);
                var body = found ? Files.readAllBytes(file) : new byte[0];
                exchange.sendResponseHeaders(found ? 200 : 404, found ? body.length : -1);
                exchange.getResponseBody().write(body);
            }
        });
    }

    private static void publish(Stage stage, Path charts, String version) {
        stage.run("helm package " + stage.world().chart() + " --version " + version + " --destination " + charts
                + " && helm repo index " + charts);
    }

    private static String installed(Stage stage) {
        return stage.run("helm list --namespace skypilot").lines().skip(1).map(line -> line.split("\\t"))
                .map(column -> column[2].strip() + " " + column[5].strip()).collect(Collectors.joining());
    }
}
