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
    private static final int PATIENCE_MILLIS = 10_000;

    private ClusterLookup() {
    }

    /**
     * Looks at the cluster.
     *
     * @param cluster   how to reach it
     * @param namespace the server's namespace
     * @throws RunException if it can't be reached or doesn't tell
     */
    static ClusterState look(Settings.Cluster cluster, String namespace) {
        try (var api = new ClusterApi(config(cluster))) {
            var nodes = api.items("/api/v1/nodes").map(ClusterLookup::machine).toList();
            var volume = api.find("/api/v1/persistentvolumes/" + StateVolume.NAME).map(ClusterLookup::volume);
            var storageClass = api.find("/apis/storage.k8s.io/v1/storageclasses/" + StateVolume.CLASS).map(ClusterLookup::labels);
            var itself = api.find("/api/v1/namespaces/" + namespace).map(found -> new ClusterState.Namespace(labels(found), leaving(found)));
            var unsettled = api.items("/api/v1/namespaces/" + namespace + "/secrets?labelSelector=" + URLEncoder.encode(UNSETTLED, StandardCharsets.UTF_8))
                    .map(ClusterLookup::labels).collect(toMap(of -> of.get("name"), of -> of.get("status"), (one, other) -> one));
            var running = releases(api.items("/apis/apps/v1/namespaces/" + namespace + "/deployments"));
            return new ClusterState(nodes, volume, storageClass, itself, unsettled,
                    // A chart that comes to use the other kind would be taken for one that nothing runs of.
                    running.isEmpty() ? releases(api.items("/apis/apps/v1/namespaces/" + namespace + "/statefulsets")) : running);
        } catch (KubernetesClientException failed) {
            throw new RunException("The cluster" + named(cluster) + " could not be asked, so nothing was changed: " + reason(failed)
                    + "\nUnchecked are its nodes' zones and project, and whether it runs another stack's server.\n"
                    + "See that `" + cluster.kubectl() + " get nodes,pv` works, and run the same command again.");
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
            return cluster.kubeconfig().map(text -> Settings.Cluster.isContents(text)
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
        return new ClusterState.Volume(labels(volume).getOrDefault(Owner.LABEL, ""),
                text(volume, "spec", "csi", "volumeHandle").orElse("none of Google's"),
                at(volume, "spec", "claimRef").map(claim -> text(claim, "namespace").orElse("") + "/" + text(claim, "name").orElse("")).orElse("none"),
                text(volume, "status", "phase").equals(Optional.of("Bound")), leaving(volume),
                text(volume, "spec", "persistentVolumeReclaimPolicy").equals(Optional.of("Retain")));
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

    private static Map<String, String> texts(JsonElement object, String... path) {
        return at(object, path).map(JsonElement::getAsJsonObject).map(JsonObject::asMap).orElse(Map.of()).entrySet().stream()
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
