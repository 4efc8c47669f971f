package skystate;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.pulumi.exceptions.RunException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import skystate.config.Settings;

import java.io.File;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

/** Looks at the cluster as it is, at preview too. The provider can't be asked: it has no invoke for it. */
final class ClusterLookup {

    /** Where the driver says on which nodes a disk of a zone can be used, and where any cloud says it. */
    private static final List<String> ZONE_LABELS = List.of("topology.gke.io/zone", "topology.kubernetes.io/zone");
    private static final Pattern PROVIDER_ID = Pattern.compile("gce://([^/]+)/([^/]+)/([^/]+)");
    /** The releases that Helm takes for being worked on, or was to take away and did not finish with. */
    private static final String UNSETTLED = "owner=helm,status in (pending-install,pending-upgrade,pending-rollback,uninstalling)";
    /** Where Helm says of which release an object is. */
    private static final String RELEASE = "meta.helm.sh/release-name";
    private static final String VOLUMES = "/api/v1/persistentvolumes";
    private static final int PATIENCE_MILLIS = 10_000;

    private ClusterLookup() {
    }

    /**
     * Looks at the cluster.
     *
     * @param settings how to reach it, and which server it is to run
     * @throws RunException if it can't be reached or doesn't tell
     */
    static ClusterState look(Settings settings) {
        var cluster = settings.cluster();
        var server = settings.server();
        var within = "/api/v1/namespaces/" + server.namespace();
        var workloads = "/apis/apps/v1/namespaces/" + server.namespace();
        try (var api = new ClusterApi(config(cluster))) {
            var version = api.ask("/version");
            var nodes = api.ask("/api/v1/nodes");
            var volumes = api.ask(VOLUMES);
            var storageClass = api.ask("/apis/storage.k8s.io/v1/storageclasses/" + StateVolume.CLASS);
            var ingressClasses = api.ask("/apis/networking.k8s.io/v1/ingressclasses");
            var itself = api.ask(within);
            var claim = api.ask(within + "/persistentvolumeclaims/" + server.claim());
            var unsettled = api.ask(within + "/secrets?labelSelector=" + URLEncoder.encode(UNSETTLED, StandardCharsets.UTF_8));
            var config = server.config().map(given -> api.ask(within + "/configmaps/" + server.release() + "-config"));
            var deployments = api.ask(workloads + "/deployments");
            var machines = ClusterApi.items(nodes).map(ClusterLookup::machine).toList();
            var running = releases(ClusterApi.items(deployments));
            return new ClusterState(version.get().flatMap(found -> text(found, "gitVersion")).orElse(""),
                    machines,
                    ClusterApi.items(volumes).map(ClusterLookup::volume).toList(),
                    claim.get().map(found -> new ClusterState.Claim(text(found, "spec", "volumeName").orElse(""), leaving(found))),
                    storageClass.get().map(ClusterLookup::labels),
                    itself.get().map(found -> new ClusterState.Namespace(labels(found), leaving(found))),
                    ClusterApi.items(unsettled).map(ClusterLookup::labels).collect(toMap(of -> of.get("name"), of -> of.get("status"), (one, other) -> one)),
                    // A chart that comes to use the other kind would be taken for one that nothing runs of.
                    running.isEmpty() ? releases(api.items(workloads + "/statefulsets")) : running,
                    ClusterApi.items(ingressClasses).collect(toMap(found -> text(found, "metadata", "name").orElse(""),
                            found -> text(found, "spec", "controller").orElse(""))),
                    config.flatMap(Supplier::get).flatMap(found -> text(found, "data", "config.yaml")));
        } catch (KubernetesClientException failed) {
            throw new RunException("The cluster" + named(cluster) + " could not be asked, so nothing was changed: " + reason(failed)
                    + "\nUnchecked are its nodes' zones and project, and whether it runs another stack's server.\n"
                    + "See that this works, and run the same command again:\n" + cluster.lines(cluster.kubectl() + " get nodes,pv"));
        }
    }

    /** The PersistentVolumes of a cluster in which the stack's server ran before, if it still answers. */
    static Optional<List<ClusterState.Volume>> volumesIfReachable(Settings.Cluster cluster) {
        try (var api = new ClusterApi(config(cluster))) {
            return Optional.of(api.items(VOLUMES).map(ClusterLookup::volume).toList());
        } catch (KubernetesClientException | RunException lost) {
            return Optional.empty();
        }
    }

    static Config config(Settings.Cluster cluster) {
        var config = read(cluster);
        // The library falls back to a default address where the context is not there.
        if (config.getCurrentContext() == null || cluster.context().filter(name -> !name.equals(config.getCurrentContext().getName())).isPresent()) {
            throw new RunException("There is no context" + cluster.context().map(name -> " " + name).orElse("") + " in the kubeconfig; nothing was changed.\n"
                    + "  pulumi config set context CONTEXT    # kubectl config get-contexts lists them");
        }
        config.setConnectionTimeout(PATIENCE_MILLIS);
        config.setRequestTimeout(PATIENCE_MILLIS);
        config.setRequestRetryBackoffLimit(1);
        return config;
    }

    private static Config read(Settings.Cluster cluster) {
        try {
            return cluster.kubeconfig().or(() -> Optional.of(cluster.ambient()).filter(file -> !file.isEmpty() && !file.contains(File.pathSeparator)))
                    .map(text -> Settings.Cluster.isContents(text)
                    ? Config.fromKubeconfig(cluster.context().map(context -> inContext(text, context)).orElse(text))
                    : Config.fromKubeconfig(cluster.context().orElse(null), new File(text)))
                    .orElseGet(() -> Config.autoConfigure(cluster.context().orElse(null)));
        } catch (RuntimeException malformed) {
            // The parser quotes what it reads, which may be a credential.
            throw new RunException("The kubeconfig is malformed, or a file that it names can't be read; nothing was changed.\n"
                    + "See that `kubectl config view` works on it, and set kubeconfig anew.");
        }
    }

    private static String inContext(String kubeconfig, String context) {
        var config = Serialization.unmarshal(kubeconfig, io.fabric8.kubernetes.api.model.Config.class);
        config.setCurrentContext(context);
        return Serialization.asYaml(config);
    }

    private static ClusterState.Machine machine(JsonElement node) {
        var labels = labels(node);
        var zone = ZONE_LABELS.stream().filter(labels::containsKey).findFirst().map(labels::get).orElse("");
        var id = PROVIDER_ID.matcher(text(node, "spec", "providerID").orElse(""));
        return id.matches()
                ? new ClusterState.Machine(id.group(1), zone, "projects/" + id.group(1) + "/zones/" + id.group(2) + "/instances/" + id.group(3), labels)
                : new ClusterState.Machine("", zone, "", labels);
    }

    private static ClusterState.Volume volume(JsonElement volume) {
        var source = source(volume);
        return new ClusterState.Volume(text(volume, "metadata", "name").orElse(""), labels(volume).getOrDefault(Owner.LABEL, ""),
                source.getKey(), source.getValue(),
                at(volume, "spec", "claimRef").map(claim -> text(claim, "namespace").orElse("") + "/" + text(claim, "name").orElse("")).orElse(""),
                text(volume, "status", "phase").orElse(""), leaving(volume), text(volume, "spec", "persistentVolumeReclaimPolicy").orElse(""));
    }

    /** Driver and handle. What an in-tree source says is what Kubernetes' own CSI migration makes of it. */
    private static Map.Entry<String, String> source(JsonElement volume) {
        var spec = at(volume, "spec").orElseThrow();
        return text(spec, "csi", "driver").map(driver -> Map.entry(driver, text(spec, "csi", "volumeHandle").orElse("")))
                .or(() -> text(spec, "gcePersistentDisk", "pdName").map(disk -> Map.entry(Settings.Disk.DRIVER, migrated(disk, labels(volume)))))
                .or(() -> text(spec, "awsElasticBlockStore", "volumeID").map(id -> Map.entry("ebs.csi.aws.com", id.substring(id.lastIndexOf('/') + 1))))
                .or(() -> text(spec, "azureDisk", "diskURI").map(uri -> Map.entry("disk.csi.azure.com", uri)))
                .orElse(Map.entry("", ""));
    }

    /** The zones of a regional disk stand in one label, with two underscores between them. */
    private static String migrated(String disk, Map<String, String> labels) {
        var zone = ZONE_LABELS.stream().map(labels::get).filter(Objects::nonNull).findFirst().orElse("UNSPECIFIED");
        return "projects/UNSPECIFIED/" + (zone.contains("__") ? "regions/UNSPECIFIED" : "zones/" + zone) + "/disks/" + disk;
    }

    /** The releases whose objects these are. */
    private static Set<String> releases(Stream<JsonElement> objects) {
        return objects.filter(object -> !leaving(object)).map(object -> texts(object, "metadata", "annotations").get(RELEASE)).filter(Objects::nonNull).collect(toSet());
    }

    private static boolean leaving(JsonElement object) {
        return at(object, "metadata", "deletionTimestamp").isPresent();
    }

    private static Map<String, String> labels(JsonElement object) {
        return texts(object, "metadata", "labels");
    }

    static Map<String, String> texts(JsonElement object, String... path) {
        return at(object, path).map(JsonElement::getAsJsonObject).map(JsonObject::asMap).orElse(Map.of()).entrySet().stream().filter(text -> !text.getValue().isJsonNull())
                .collect(toMap(Map.Entry::getKey, text -> text.getValue().getAsString()));
    }

    static Optional<String> text(JsonElement object, String... path) {
        return at(object, path).map(JsonElement::getAsString);
    }

    static Optional<JsonElement> at(JsonElement object, String... path) {
        var found = Optional.of(object);
        for (var key : path) {
            found = found.map(JsonElement::getAsJsonObject).map(within -> within.get(key)).filter(value -> !value.isJsonNull());
        }
        return found;
    }

    private static String named(Settings.Cluster cluster) {
        return cluster.context().map(context -> " of context " + context).orElse("");
    }

    /** The words of the innermost cause that has any; a time that ran out has none but its name. */
    static String reason(Throwable failed) {
        var said = "";
        var innermost = failed;
        for (var cause = failed; cause != null; cause = cause.getCause()) {
            said = cause.getMessage() == null ? said : cause.getMessage();
            innermost = cause;
        }
        return said.isEmpty() ? innermost.getClass().getSimpleName() : said;
    }
}
