package rehearsal.scenario;

import io.fabric8.kubernetes.api.model.HasMetadata;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.List;
import java.util.stream.Stream;

/**
 * The chart fails, by a value that it refuses or by a pod that never gets ready: as the first install, and as an
 * upgrade.
 */
final class InstallFails implements Scenario {

    private static final String TOO_SMALL =
            "pulumi config set-all --path --plaintext values.apiService.skipResourceCheck=false"
                    + " --plaintext values.apiService.resources.requests.cpu=1";
    private static final String BIG_ENOUGH = "pulumi config set --path values.apiService.skipResourceCheck true";
    static final String NO_SUCH_IMAGE =
            "pulumi config set --path values.apiService.image registry.invalid/skypilot:none";
    static final String GOOD_IMAGE = "pulumi config rm --path values.apiService.image";

    @Override
    public String name() {
        return "install-fails";
    }

    @Override
    public String what() {
        return "a value that the chart refuses, and a pod that never gets ready: clear errors, and the next up with a "
                + "good value works";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step("A value that the chart refuses is told at preview, and nothing is made", () -> {
            world.startCluster("first", World.ZONE);
            DevStack.init(stage, "dev", "first", World.ZONE);
            refusedAtPreview(stage);
            stage.holds("there is no disk", world.disk(World.ZONE, DevStack.DISK).isEmpty());
        });
        stage.step("The pod of the first install never gets ready", () -> failsToStart(stage));
        stage.step("With the good value up installs the server, on the same disk, volume and claim", () -> {
            var before = identities(stage);
            world.google().forgetRequests();
            recovers(stage, before);
            world.server("first").write(name());
        });
        stage.step("An upgrade with a value that the chart refuses is told at preview, and the server goes on", () -> {
            refusedAtPreview(stage);
            stage.holds("it reads its state", world.server("first").read().contains(name()));
        });
        stage.step("The pod of an upgrade never gets ready", () -> failsToStart(stage));
        stage.step("With the good value up brings the server back, on the same disk, volume and claim", () -> {
            recovers(stage, identities(stage));
            stage.holds("it reads the same bytes", world.server("first").read().contains(name()));
        });
    }

    private static void refusedAtPreview(Stage stage) {
        stage.run(TOO_SMALL);
        stage.world().google().forgetRequests();
        stage.says(stage.refused("pulumi up --yes"), "at least 4 CPU");
        DevStack.holdsNoWrites(stage);
        stage.run(BIG_ENOUGH);
        stage.run("pulumi config rm --path values.apiService.resources");
    }

    private static void failsToStart(Stage stage) {
        stage.run(NO_SUCH_IMAGE);
        stage.run("pulumi config set installTimeout 45");
        var said = stage.refused("pulumi up --yes");
        stage.says(said, "failed to become available within allocated timeout");
        stage.says(said, "context deadline exceeded");
        stage.says(said, "Failed to pull image \"registry.invalid/skypilot:none\"");
        stage.says(
                stage.run("kubectl --context " + World.context("first", World.ZONE)
                        + " --namespace skypilot describe pod"),
                "Failed to pull image \"registry.invalid/skypilot:none\"");
        stage.holds("the volume is Bound to the claim",
                stage.run("kubectl get pv sky-api-server-pv -o jsonpath='{.status.phase} {.spec.claimRef.name}'")
                        .equals("Bound skypilot-state"));
        stage.says(stage.refused("pulumi up --yes"), "The release skypilot is failed");
    }

    private static void recovers(Stage stage, List<String> before) {
        stage.run(GOOD_IMAGE);
        stage.run("pulumi config rm installTimeout");
        stage.run("pulumi up --yes");
        stage.world().server("first");
        stage.holds("volume and claim are the same", identities(stage).equals(before));
        DevStack.holdsNoWrites(stage);
        stage.run("pulumi preview --expect-no-changes");
    }

    private static List<String> identities(Stage stage) {
        var client = stage.world().clusters().get("first").client();
        return Stream.<HasMetadata>of(client.persistentVolumes().withName("sky-api-server-pv").get(),
                client.persistentVolumeClaims().inNamespace("skypilot").withName("skypilot-state").get())
                .map(object -> object.getMetadata().getUid()).toList();
    }
}
