package rehearsal.scenario;

import io.fabric8.kubernetes.api.model.HasMetadata;
import rehearsal.cluster.Server;
import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Somebody else's pod and data are in the namespace that the stack made: SkyPilot itself starts jobs there, and makes
 * claims for them.
 */
final class OthersInNamespace implements Scenario {

    private static final DiskName DATA = new DiskName(World.PROJECT, World.ZONE, "pvc-data");
    private static final String THEIRS = "their data";
    private static final String JOB = """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": {"name": "data", "namespace": "skypilot"},
                "spec": {"storageClassName": "standard-rwo", "volumeName": "pvc-data", "accessModes": ["ReadWriteOnce"],
                  "resources": {"requests": {"storage": "10Gi"}}}},
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "train", "namespace": "skypilot"}, "spec": {
                "containers": [{"name": "train", "image": "train",
                  "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}}]}""";

    @Override
    public String name() {
        return "others-in-namespace";
    }

    @Override
    public String what() {
        return "destroy, another namespace and another cluster leave what others have in the server's namespace";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var hand = new ByHand(stage, "first");
        DevStack.serverRuns(stage, name());
        stage.step("A user's pod is in its namespace, with a claim whose disk goes with it", () -> {
            hand.volume("pvc-data", hand.disk(DATA.name()), "Delete", "skypilot/data");
            stage.run(hand.kubectl() + " apply -f - <<'END'\n" + JOB + "\nEND");
            stage.run(hand.kubectl() + " --namespace skypilot wait --for=condition=Ready pod/train --timeout 60s");
            server(stage, "first", "train").write(THEIRS);
        });
        var theirs = theirs(stage);
        stage.step("Destroy leaves it, as the outputs say", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "The namespace skypilot stays");
            stage.run("pulumi destroy --yes --skip-preview");
            untouched(stage, theirs);
        });
        stage.step("So does the up after it", () -> up(stage, "first", theirs));
        stage.step("So does a change of the namespace, and back", () -> {
            stage.run("pulumi config set namespace other");
            up(stage, "first", theirs);
            stage.run("pulumi config rm namespace");
            up(stage, "first", theirs);
        });
        stage.step("So does a move to another cluster, which is refused while the server runs", () -> {
            world.startCluster("second", World.ZONE);
            stage.run("pulumi config set context " + World.context("second", World.ZONE));
            stage.says(stage.refused("pulumi preview"), "is held by projects/");
            untouched(stage, theirs);
            hand.stop();
            detached(world);
            up(stage, "second", theirs);
        });
    }

    private void up(Stage stage, String cluster, List<String> theirs) throws Exception {
        stage.run("pulumi up --yes --skip-preview");
        stage.holds("the server reads the same bytes",
                server(stage, cluster, "skypilot-api-server").read().contains(name()));
        untouched(stage, theirs);
    }

    private static void untouched(Stage stage, List<String> theirs) throws IOException {
        stage.holds("namespace, pod, claim, volume and disk are there, and the same", theirs(stage).equals(theirs)
                && ByHand.holds(stage.world().google(), DATA, THEIRS));
    }

    /** Of each, which it is; and whether it is on its way out. */
    private static List<String> theirs(Stage stage) {
        var client = stage.world().clusters().get("first").client();
        return Stream.<HasMetadata>of(client.namespaces().withName("skypilot").get(),
                client.pods().inNamespace("skypilot").withName("train").get(),
                client.persistentVolumeClaims().inNamespace("skypilot").withName("data").get(),
                client.persistentVolumes().withName("pvc-data").get())
                .map(object -> object == null ? "gone" : object.getMetadata().getUid()
                        + Objects.toString(object.getMetadata().getDeletionTimestamp(), ""))
                .toList();
    }

    /** What runs in a pod of that name, or one that begins with it, waited for. */
    private static Server server(Stage stage, String cluster, String pod) throws InterruptedException {
        for (var tries = 0; tries < 300; tries++) {
            var found = stage.world().clusters().get(cluster).servers().stream()
                    .filter(server -> server.pod().startsWith(pod)).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("nothing runs in a pod " + pod);
    }

    private static void detached(World world) throws InterruptedException {
        for (var tries = 0; tries < 300; tries++) {
            if (world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().isEmpty()) {
                return;
            }
            Thread.sleep(100);
        }
    }
}
