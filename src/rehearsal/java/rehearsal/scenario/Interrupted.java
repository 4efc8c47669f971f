package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The engine is killed with all that it has started: an out-of-memory kill, a closed laptop. It can't say what it was
 * about, and the stack stays locked. Each point goes on from what the one before left.
 */
final class Interrupted implements Scenario {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String UPSERT =
            "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up";
    private static final String AWAY = "find \"${PULUMI_BACKEND_URL#file://}\" -name '*.attrs' -empty -delete";

    @Override
    public String name() {
        return "interrupted";
    }

    @Override
    public String what() {
        return "the engine killed while disk, volume or release are made, upgraded or deleted: the documented "
                + "commands bring the server back";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var google = world.google();
        stage.step("Killed while Google makes the disk: the stack is locked", () -> {
            world.startCluster("first", World.ZONE);
            DevStack.init(stage, "dev", "first", World.ZONE);
            google.delay(LONG);
            kill(stage, "pulumi up --yes", "once Google has taken the request",
                    () -> world.disk(World.ZONE, DevStack.DISK).isPresent());
            google.delay(Duration.ZERO);
            google.forgetRequests();
            stage.says(stage.refused("pulumi up --yes"), "the stack is currently locked");
            stage.run("pulumi cancel --yes");
        });
        stage.step("Killed between the state and the file beside it: the stack can't be read until that is away",
                () -> {
                    Files.write(besideState(world), new byte[0]);
                    stage.says(stage.refused("pulumi stack output"), "failed to load checkpoint: EOF");
                    stage.run(AWAY);
                    stage.run("pulumi stack output");
                });
        var cluster = world.clusters().get("first");
        var client = cluster.client();
        stage.step("Up takes up the disk; killed while the volume is made", () -> {
            cluster.stopControllers();
            kill(stage, "pulumi up --yes", "once the volume is there, not ready yet",
                    () -> client.persistentVolumes().withName("sky-api-server-pv").get() != null);
            cluster.startControllers();
            stage.run("pulumi cancel --yes");
        });
        // A plugin since 4.29.0 refuses what exists without it (facts: 13); an older one takes it over in any case.
        stage.step("The command for that takes up what was made; killed while the release is installed", () -> {
            kill(stage, UPSERT + " --yes", "once there is a Deployment, not ready yet",
                    () -> client.apps().deployments().inNamespace("skypilot").withName("skypilot-api-server").get()
                            != null);
            stage.run("pulumi cancel --yes");
        });
        stage.step("Up says what to do about the release, and then goes on with it", () -> {
            DevStack.forgetsInterruptedRelease(stage, "pending-install");
            stage.run("pulumi up --yes");
            world.server("first").write(name());
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("Killed while the release is upgraded: the same", () -> {
            stage.run("pulumi config set --path values.apiService.terminationGracePeriodSeconds 30");
            cluster.stopControllers();
            kill(stage, "pulumi up --yes", "once the upgrade is under way",
                    () -> !client.secrets().inNamespace("skypilot")
                            .withLabel("status", "pending-upgrade").list().getItems().isEmpty());
            cluster.startControllers();
            stage.run("pulumi cancel --yes");
            DevStack.forgetsInterruptedRelease(stage, "pending-upgrade");
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("Killed while the release is uninstalled: up makes it anew", () -> {
            cluster.stopControllers();
            kill(stage, "pulumi destroy --yes", "once the claim is being deleted", () -> {
                var claim = client.persistentVolumeClaims().inNamespace("skypilot").withName("skypilot-state").get();
                return claim != null && claim.getMetadata().getDeletionTimestamp() != null;
            });
            cluster.startControllers();
            stage.run("pulumi cancel --yes");
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("Killed while the volume is deleted: destroy goes on", () -> {
            holdVolume(stage, "[\"rehearsal/hold\"]");
            kill(stage, "pulumi destroy --yes", "once the volume is being deleted", () -> {
                var volume = client.persistentVolumes().withName("sky-api-server-pv").get();
                return volume != null && volume.getMetadata().getDeletionTimestamp() != null;
            });
            holdVolume(stage, "[]");
            stage.run("pulumi cancel --yes");
            stage.run("pulumi destroy --yes");
            stage.holds("nothing of it is left", client.persistentVolumes().withName("sky-api-server-pv").get() == null
                    && client.apps().deployments().inNamespace("skypilot").list().getItems().isEmpty());
        });
        stage.step("After all that, up brings the server back on the same disk", () -> {
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "first", name());
            stage.holds("the disk was neither made anew nor deleted since the first kill", google.writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
        });
    }

    /** Kills, and does at once what the runbook says of a kill that met the file beside the state. */
    private static void kill(Stage stage, String command, String point, BooleanSupplier when) throws IOException {
        stage.killed(command, point, when);
        if (Files.size(besideState(stage.world())) == 0) {
            stage.run(AWAY);
        }
    }

    /** A backend in a folder writes it in two steps, made and filled, and reads no state while it is empty. */
    private static Path besideState(World world) {
        return world.home().resolve("backend/.pulumi/stacks/sky-api-server/dev.json.attrs");
    }

    /** A finalizer, as a controller that is slow to let go would have. */
    private static void holdVolume(Stage stage, String finalizers) {
        stage.run("kubectl patch pv sky-api-server-pv --type merge --patch '{\"metadata\": {\"finalizers\": "
                + finalizers + "}}'");
    }
}
