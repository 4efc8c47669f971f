package rehearsal.scenario;

import com.google.gson.JsonObject;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What somebody does who has no stack, with kubectl and Helm as an administrator of the cluster: installs SkyPilot's
 * chart on a disk, makes volumes. And what a disk has on it then.
 */
final class ByHand {

    /** What has a volume keep its disk. */
    static final String RETAIN = "--patch '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'";
    /** What has its disk go with its claim. */
    static final String DELETE = RETAIN.replace("Retain", "Delete");
    /** A command on a line of its own in a message. */
    private static final Pattern COMMAND = Pattern.compile(
            "(?m)^\\s{2,}((?:pulumi |kubectl |helm |gcloud |KUBECONFIG=|\\(umask ).*)$");
    private static final String PROVISIONED =
            "\"annotations\": {\"pv.kubernetes.io/provisioned-by\": \"pd.csi.storage.gke.io\"}, ";
    private static final String VOLUME = """
            {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {%s"name": "%s"}, "spec": {
              "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "standard-rwo",
              "persistentVolumeReclaimPolicy": "%s", "claimRef": {"namespace": "%s", "name": "%s"},
              "csi": {"driver": "pd.csi.storage.gke.io", "volumeHandle": "%s", "fsType": "ext4"},
              "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "topology.gke.io/zone", "operator": "In", "values": ["%s"]}]}]}}}}""";

    private final Consumer<String> shell;
    private final Google google;
    private final Path chart;
    private final String context;

    /**
     * Somebody at a shell.
     *
     * @param shell   runs a command, which must succeed
     * @param chart   SkyPilot's chart
     * @param context context of the cluster
     */
    ByHand(Consumer<String> shell, Google google, Path chart, String context) {
        this.shell = shell;
        this.google = google;
        this.chart = chart;
        this.context = context;
    }

    /** An administrator of a cluster. */
    ByHand(Stage stage, String cluster) {
        this(stage::run, stage.world().google(), stage.world().chart(),
                World.administrator(World.context(cluster, World.ZONE)));
    }

    /** How kubectl is called. */
    String kubectl() {
        return "kubectl --context " + context;
    }

    /** Makes a disk of 10 GiB. */
    DiskName disk(String name) {
        var disk = new DiskName(World.PROJECT, World.ZONE, name);
        var body = new JsonObject();
        body.addProperty("name", name);
        body.addProperty("sizeGb", "10");
        body.addProperty("type", disk.place() + "/diskTypes/pd-balanced");
        google.console().insertDisk(disk.project(), disk.location(), body);
        return disk;
    }

    /**
     * Makes a volume on a disk for one claim.
     *
     * @param policy {@code Delete}, as one that GKE's class standard-rwo made, or {@code Retain}, as in the guide
     * @param claim  as NAMESPACE/NAME
     */
    void volume(String name, DiskName disk, String policy, String claim) {
        var volume = VOLUME.formatted(policy.equals("Delete") ? PROVISIONED : "", name, policy,
                claim.split("/")[0], claim.split("/")[1], disk.path(), disk.location());
        shell.accept(kubectl() + " create --validate=false -f - <<'END'\n" + volume + "\nEND");
    }

    /** Installs the chart on a volume, as release and namespace {@code skypilot}, and waits for its server. */
    void install(String volume) {
        shell.accept("helm install skypilot " + chart + " --kube-context " + context
                + " --namespace skypilot --create-namespace --wait --set storage.enabled=true --set"
                + " storage.storageClassName=standard-rwo"
                + " --set storage.volumeName=" + volume
                + " --set apiService.skipResourceCheck=true --set ingress.authSecret=basic-auth");
    }

    /** Stops the server, whose Deployment stays. */
    void stop() {
        scale(0);
        shell.accept(
                kubectl() + " --namespace skypilot wait --for=delete pod --selector app=skypilot-api --timeout 60s");
    }

    /** Has the server's Deployment make so many pods. */
    void scale(int replicas) {
        shell.accept(kubectl() + " --namespace skypilot scale deployment/skypilot-api-server --replicas " + replicas);
    }

    /** A server by Helm on a volume whose disk goes with its claim, which has written to its state. */
    static void serverByHelm(Stage stage, String cluster, String disk, String state) {
        var hand = new ByHand(stage, cluster);
        hand.volume("pvc-dyn-1", hand.disk(disk), "Delete", "skypilot/skypilot-state");
        hand.install("pvc-dyn-1");
        stage.world().server(cluster).write(state);
    }

    /** Asserts that the selected stack has a disk that was there before, and the server that has its state. */
    static void holdsTakenOver(Stage stage, DiskName disk, String state) {
        var google = stage.world().google();
        stage.holds("the stack owns the disk",
                google.disk(disk).orElseThrow().labels().containsKey("sky-api-server-stack"));
        stage.holds("the disk was neither made anew nor deleted", google.writes().stream()
                .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
        DevStack.holdsState(stage, "first", state);
    }

    /** The commands that a message names, each once, in their order, without what is said behind them. */
    static List<String> commands(String said) {
        return COMMAND.matcher(said).results().map(match -> match.group(1).replaceFirst("\\s+# .*", "").strip())
                .distinct().toList();
    }

    /** Whether the disk is there with this on it. */
    static boolean holds(Google google, DiskName disk, String state) throws IOException {
        var found = google.disk(disk);
        if (found.isEmpty()) {
            return false;
        }
        try (var files = Files.walk(found.get().files())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file).contains(state)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The phase and the reclaim policy of a volume, as {@code Bound Retain}; empty if there is none. */
    static String volume(World world, String cluster, String name) {
        var volume = world.clusters().get(cluster).client().persistentVolumes().withName(name).get();
        return Optional.ofNullable(volume).map(found -> found.getStatus().getPhase() + " "
                + found.getSpec().getPersistentVolumeReclaimPolicy()).orElse("");
    }
}
