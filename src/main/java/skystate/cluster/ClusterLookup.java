package skystate.cluster;

import com.google.gson.JsonElement;
import com.pulumi.exceptions.RunException;
import skystate.config.ClusterSettings;
import skystate.config.DiskSettings;
import skystate.config.Settings;
import skystate.engine.StackLabel;
import skystate.volume.StateVolume;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

/** Looks at the cluster as it is, at preview too. The provider has no invoke for it. */
public final class ClusterLookup {

    /** A node's zone: the label of Google's CSI driver, and the one of any cloud. */
    private static final List<String> ZONE_LABELS = List.of("topology.gke.io/zone", "topology.kubernetes.io/zone");
    private static final Pattern PROVIDER_ID = Pattern.compile("gce://([^/]+)/([^/]+)/([^/]+)");
    /** The releases on which a Helm operation is under way, or was interrupted. */
    private static final String PENDING = "owner=helm,"
            + "status in (pending-install,pending-upgrade,pending-rollback,uninstalling)";
    /** Helm's annotation on each object of a release. */
    private static final String RELEASE = "meta.helm.sh/release-name";
    private static final String VOLUMES = "/api/v1/persistentvolumes";
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private ClusterLookup() {
    }

    /**
     * Looks at the cluster.
     *
     * @param settings how to reach it, and which server it is to run
     * @throws RunException if it can't be reached, or refuses to answer
     */
    public static ClusterState look(Settings settings) {
        var cluster = settings.cluster();
        var server = settings.server();
        var within = "/api/v1/namespaces/" + server.namespace();
        var workloads = "/apis/apps/v1/namespaces/" + server.namespace();
        try (var kubectl = new Kubectl(cluster, TIMEOUT)) {
            var version = kubectl.ask("/version");
            var nodes = kubectl.list("/api/v1/nodes");
            var volumes = kubectl.list(VOLUMES);
            var storageClass = kubectl.ask("/apis/storage.k8s.io/v1/storageclasses/" + StateVolume.CLASS);
            var ingressClasses = kubectl.list("/apis/networking.k8s.io/v1/ingressclasses");
            var namespace = kubectl.ask(within);
            var claim = kubectl.ask(within + "/persistentvolumeclaims/" + server.claim());
            var pendingReleases = kubectl.list(within + "/secrets?labelSelector="
                    + URLEncoder.encode(PENDING, StandardCharsets.UTF_8));
            var config =
                    server.config().map(given -> kubectl.ask(within + "/configmaps/" + server.release() + "-config"));
            var deployments = kubectl.list(workloads + "/deployments");
            var statefulSets = kubectl.list(workloads + "/statefulsets");
            var machines = nodes.get().map(ClusterLookup::machine).toList();
            var running = releases(deployments.get());
            return new ClusterState(version.get().flatMap(found -> JsonPath.text(found, "gitVersion")).orElse(""),
                    machines,
                    volumes.get().map(ClusterLookup::volume).toList(),
                    claim.get()
                            .map(found -> new ClusterState.Claim(JsonPath.text(found, "spec", "volumeName").orElse(""),
                                    terminating(found))),
                    storageClass.get().map(ClusterLookup::labels),
                    namespace.get().map(found -> new ClusterState.Namespace(labels(found), terminating(found))),
                    pendingReleases.get().map(ClusterLookup::labels)
                            .collect(toMap(of -> of.get("name"), of -> of.get("status"), (one, other) -> one)),
                    // A server in a StatefulSet would be taken for one that is gone, should the chart change to that.
                    running.isEmpty() ? releases(statefulSets.get()) : running,
                    ingressClasses.get().collect(toMap(found -> JsonPath.text(found, "metadata", "name").orElse(""),
                            found -> JsonPath.text(found, "spec", "controller").orElse(""))),
                    config.flatMap(Supplier::get).flatMap(found -> JsonPath.text(found, "data", "config.yaml")));
        } catch (Kubectl.Failure failed) {
            throw new RunException("The cluster" + cluster.named() + " could not be asked, so nothing was changed: "
                    + failed.getMessage() + "\nNot checked: the zones and the project of its nodes, and whether it runs"
                    + " another stack's server.\nSee that this works, and run the same command again:\n"
                    + cluster.lines(cluster.kubectl() + " get nodes,pv"));
        }
    }

    /** The PersistentVolumes of a cluster in which the stack's server ran before, if it still answers. */
    public static Optional<List<ClusterState.Volume>> volumesIfReachable(ClusterSettings cluster) {
        try (var kubectl = new Kubectl(cluster, TIMEOUT)) {
            return Optional.of(kubectl.list(VOLUMES).get().map(ClusterLookup::volume).toList());
        } catch (Kubectl.Failure lost) {
            return Optional.empty();
        }
    }

    private static ClusterState.Node machine(JsonElement node) {
        var labels = labels(node);
        var zone = ZONE_LABELS.stream().filter(labels::containsKey).findFirst().map(labels::get).orElse("");
        var id = PROVIDER_ID.matcher(JsonPath.text(node, "spec", "providerID").orElse(""));
        return id.matches()
                ? new ClusterState.Node(id.group(1), zone,
                        "projects/" + id.group(1) + "/zones/" + id.group(2) + "/instances/" + id.group(3), labels)
                : new ClusterState.Node("", zone, "", labels);
    }

    private static ClusterState.Volume volume(JsonElement volume) {
        var source = source(volume);
        var claim = JsonPath.at(volume, "spec", "claimRef")
                .map(its -> JsonPath.text(its, "namespace").orElse("") + "/" + JsonPath.text(its, "name").orElse(""));
        return new ClusterState.Volume(JsonPath.text(volume, "metadata", "name").orElse(""),
                labels(volume).getOrDefault(StackLabel.LABEL, ""), source.getKey(), source.getValue(), claim.orElse(""),
                JsonPath.text(volume, "status", "phase").orElse(""), terminating(volume),
                JsonPath.text(volume, "spec", "persistentVolumeReclaimPolicy").orElse(""));
    }

    /** Driver and handle; for an in-tree source, those that Kubernetes' CSI migration gives it. */
    private static Map.Entry<String, String> source(JsonElement volume) {
        var spec = JsonPath.at(volume, "spec").orElseThrow();
        return JsonPath.text(spec, "csi", "driver")
                .map(driver -> Map.entry(driver, JsonPath.text(spec, "csi", "volumeHandle").orElse("")))
                .or(() -> JsonPath.text(spec, "gcePersistentDisk", "pdName")
                        .map(disk -> Map.entry(DiskSettings.DRIVER, migrated(disk, labels(volume)))))
                .or(() -> JsonPath.text(spec, "awsElasticBlockStore", "volumeID")
                        .map(id -> Map.entry("ebs.csi.aws.com", id.substring(id.lastIndexOf('/') + 1))))
                .or(() -> JsonPath.text(spec, "azureDisk", "diskURI").map(uri -> Map.entry("disk.csi.azure.com", uri)))
                .orElse(Map.entry("", ""));
    }

    /** A regional disk has both zones in one label, with two underscores between them. */
    private static String migrated(String disk, Map<String, String> labels) {
        var zone = ZONE_LABELS.stream().map(labels::get).filter(Objects::nonNull).findFirst().orElse("UNSPECIFIED");
        return "projects/UNSPECIFIED/" + (zone.contains("__") ? "regions/UNSPECIFIED" : "zones/" + zone)
                + "/disks/" + disk;
    }

    /** The releases whose objects these are. */
    private static Set<String> releases(Stream<JsonElement> objects) {
        return objects.filter(object -> !terminating(object))
                .map(object -> JsonPath.texts(object, "metadata", "annotations").get(RELEASE))
                .filter(Objects::nonNull).collect(toSet());
    }

    private static boolean terminating(JsonElement object) {
        return JsonPath.at(object, "metadata", "deletionTimestamp").isPresent();
    }

    private static Map<String, String> labels(JsonElement object) {
        return JsonPath.texts(object, "metadata", "labels");
    }
}
