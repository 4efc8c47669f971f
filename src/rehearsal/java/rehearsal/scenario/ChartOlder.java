package rehearsal.scenario;

import rehearsal.tools.SkyPilot;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A recovery with another chart than the one that wrote the state. */
final class ChartOlder implements Scenario {

    private static final String LABEL = "sky-api-server-chart";
    private static final String SET_VERSION = "sed -i 's/^version: .*/version: %s/' charts/Chart.yaml";

    @Override
    public String name() {
        return "chart-older";
    }

    @Override
    public String what() {
        return "recovery with an older chart and an older SkyPilot than wrote the state: warned of before the "
                + "install; that SkyPilot starts on it";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var older = new AtomicReference<Optional<SkyPilot>>(Optional.empty());
        stage.run("cp -r " + world.chart() + " charts && " + SET_VERSION.formatted("2.1.0-dev20261101"));
        DevStack.serverRuns(stage, name(), "chart ./charts");
        stage.step("Its disk tells which chart wrote the state", () -> {
            stage.holds("the label says 2_1_0-dev20261101", label(world).equals("2_1_0-dev20261101"));
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("Cluster and Pulumi state are lost, and the chart at hand is an older one", () -> {
            world.loseCluster("first");
            stage.run("pulumi stack rm dev --force --yes");
            older.set(world.serveOlderSkyPilot());
            world.startCluster("second", World.ZONE);
            stage.run(SET_VERSION.formatted("2.0.0"));
            DevStack.init(stage, "again", "second", World.ZONE);
            stage.run("pulumi config set-all --plaintext disk=adopt --plaintext chart=./charts");
        });
        stage.step("The preview warns, before anything is installed", () -> {
            stage.says(stage.run("pulumi preview"), "A server of chart version 2.1.0-dev20261101 wrote the state");
            stage.holds("nothing is in the cluster",
                    world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
        });
        stage.step("Up warns too, and the label keeps the newest", () -> {
            stage.says(stage.run("pulumi up --yes"), "and this one is 2.0.0");
            stage.holds("the label says 2_1_0-dev20261101", label(world).equals("2_1_0-dev20261101"));
            DevStack.holdsKept(stage, "second", name());
            older.get()
                    .ifPresent(sky -> stage.holds("that is SkyPilot " + sky.version() + ", on the state of a newer one",
                            world.server("second").version().equals(Optional.of(sky.version()))));
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("With a newer chart there is no warning, and the label says so", () -> {
            stage.run(SET_VERSION.formatted("2.1.0"));
            stage.holds("nothing is warned of", !stage.run("pulumi up --yes").contains("A server of chart version"));
            stage.holds("the label says 2_1_0", label(world).equals("2_1_0"));
            stage.run("pulumi preview --expect-no-changes");
        });
    }

    private static String label(World world) {
        return world.disk(World.ZONE, DevStack.DISK).orElseThrow().labels().getOrDefault(LABEL, "none");
    }
}
