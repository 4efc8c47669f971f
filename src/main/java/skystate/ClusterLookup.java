package skystate;

import com.pulumi.exceptions.RunException;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import skystate.config.Settings;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

/**
 * Looks at the cluster as it is, at preview too and before anything is registered, and refuses one in which the server
 * could not run on its disk or would get in another's way. The provider can't be asked: it has no invoke for it.
 */
final class ClusterLookup {

    /**
     * What the cluster has.
     *
     * @param nodes        its nodes
     * @param volume       the PersistentVolume of the state's name, if there is one
     * @param storageClass the labels of the StorageClass of the state's name, if there is one
     * @param namespace    the labels of the server's namespace, if there is one
     * @param unsettled    the releases in it that Helm takes for being installed, upgraded or rolled back: status by name
     */
    record Found(List<Machine> nodes, Optional<Volume> volume, Optional<Map<String, String>> storageClass,
                 Optional<Map<String, String>> namespace, Map<String, String> unsettled) {

        /** Whether the volume is there and the server's claim holds it. */
        boolean holds(Settings.Server server) {
            return volume.filter(Volume::bound).filter(found -> found.claim().equals(server.namespace() + "/" + server.claim())).isPresent();
        }

        /** Whether a machine is a node of this cluster. */
        boolean runsOn(String machine) {
            return nodes.stream().anyMatch(node -> node.id().equals(machine));
        }

        /** Whether the nodes tell which machines they are. */
        boolean knowsMachines() {
            return !nodes.isEmpty() && nodes.stream().noneMatch(node -> node.id().isEmpty());
        }
    }

    /**
     * A node's machine.
     *
     * @param project the GCP project; empty if it is no machine of Google's
     * @param zone    the zone; empty if the node doesn't say
     * @param id      the machine's id, {@code projects/P/zones/Z/instances/I}; empty if it is no machine of Google's
     */
    record Machine(String project, String zone, String id) {
    }

    /**
     * A PersistentVolume.
     *
     * @param owner  the stack that its label names; empty if it has none
     * @param handle the disk
     * @param claim  namespace and name of the claim it is for
     * @param bound  whether that claim holds it, and it isn't being deleted
     */
    record Volume(String owner, String handle, String claim, boolean bound) {
    }

    /** Where the driver says on which nodes a disk of a zone can be used, and where any cloud says it. */
    private static final List<String> ZONE_LABELS = List.of("topology.gke.io/zone", "topology.kubernetes.io/zone");
    private static final Pattern PROVIDER_ID = Pattern.compile("gce://([^/]+)/([^/]+)/([^/]+)");
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
    static Found look(Settings.Cluster cluster, String namespace) {
        try (var client = new KubernetesClientBuilder().withConfig(config(cluster)).build()) {
            var nodes = client.nodes().list().getItems().stream().map(ClusterLookup::machine).toList();
            var volume = Optional.ofNullable(client.persistentVolumes().withName(StateVolume.NAME).get()).map(ClusterLookup::volume);
            var storageClass = Optional.ofNullable(client.storage().v1().storageClasses().withName(StateVolume.CLASS).get())
                    .map(found -> found.getMetadata().getLabels());
            var labels = Optional.ofNullable(client.namespaces().withName(namespace).get()).map(found -> found.getMetadata().getLabels());
            var unsettled = client.secrets().inNamespace(namespace).withLabel("owner", "helm")
                    .withLabelIn("status", "pending-install", "pending-upgrade", "pending-rollback").list().getItems().stream()
                    .map(secret -> secret.getMetadata().getLabels()).collect(toMap(of -> of.get("name"), of -> of.get("status"), (one, other) -> one));
            return new Found(nodes, volume, storageClass, labels, unsettled);
        } catch (KubernetesClientException failed) {
            throw new RunException("The cluster" + named(cluster) + " could not be asked, so nothing was changed: " + reason(failed)
                    + "\nUnchecked are its nodes' zones and project, and whether it runs another stack's server.\nSee that `kubectl"
                    + cluster.context().map(context -> " --context " + context).orElse("") + " get nodes,pv` works, and run the same command again.");
        }
    }

    /**
     * Refuses a cluster in which the server could not use its disk, or that has what another made under the names that
     * this stack would take.
     *
     * @param found    what the cluster has
     * @param settings the stack's settings
     * @param owner    by which this stack knows what is its own
     */
    static void refuseUnlessFit(Found found, Settings settings, Owner owner) {
        var disk = settings.disk();
        var cluster = "The cluster" + named(settings.cluster());
        var projects = distinct(found.nodes().stream().map(Machine::project).toList());
        if (!projects.isEmpty() && !projects.contains(disk.project())) {
            throw new RunException(cluster + " is of project " + String.join(", ", projects) + ", and the disk of " + disk.project()
                    + ": a disk attaches to machines of its own project only. Nothing was changed.\n"
                    + "Set context to a cluster of the disk's project, or gcp:project to the disk's:\n"
                    + "  pulumi config set context CONTEXT\n  pulumi config set gcp:project " + projects.iterator().next());
        }
        var zones = distinct(found.nodes().stream().map(Machine::zone).toList());
        if (!zones.isEmpty() && !zones.contains(disk.zone()) && !settings.cluster().nodesOnDemand()) {
            throw new RunException(cluster + " has nodes in " + String.join(", ", zones) + " only, and the disk is in " + disk.zone()
                    + ": no server could run on it. Nothing was changed.\n"
                    + "Add a node pool in " + disk.zone() + ", or set context to a cluster that has one. If this cluster makes its nodes on demand, there too:\n"
                    + "  pulumi config set nodesOnDemand true");
        }
        found.volume().filter(volume -> !owner.is(volume.owner())).ifPresent(volume -> {
            throw new RunException(cluster + " has a PersistentVolume " + StateVolume.NAME + " already, which "
                    + (volume.owner().isEmpty() ? "was made without a stack" : "the stack " + volume.owner() + " made")
                    + "; nothing was changed.\n  its disk:  " + volume.handle() + "\n  its claim: " + volume.claim() + "\n"
                    + "If a server runs there, leave it alone, and set context to another cluster. If it is given up, or made by hand and to be replaced:\n"
                    + "  helm uninstall RELEASE --namespace " + volume.claim().replaceFirst("/.*", "") + "    # if there is a release\n"
                    + "  kubectl delete pv " + StateVolume.NAME + "    # the disk stays: its reclaim policy is to be Retain");
        });
        found.storageClass().filter(labels -> !owner.is(labels.getOrDefault(Owner.LABEL, ""))).ifPresent(labels -> {
            throw new RunException(cluster + " has a StorageClass " + StateVolume.CLASS + " already, which this stack did not make; nothing was changed.\n"
                    + "No volume and no claim needs it to go on as it is, so it can be deleted, and this stack makes its own:\n"
                    + "  kubectl" + settings.cluster().context().map(context -> " --context " + context).orElse("")
                    + " delete storageclass " + StateVolume.CLASS);
        });
        found.namespace().filter(labels -> settings.server().createNamespace() && !owner.is(labels.getOrDefault(Owner.LABEL, ""))).ifPresent(labels -> {
            throw new RunException(cluster + " has a namespace " + settings.server().namespace() + " already, which this stack did not make,"
                    + " and would delete on destroy with all that is in it; nothing was changed.\nTo use it as it is:\n"
                    + "  pulumi config set createNamespace false");
        });
        var server = settings.server();
        Optional.ofNullable(found.unsettled().get(server.release())).ifPresent(status -> {
            throw new RunException("The release " + server.release() + " is " + status + ": Helm is at work on it, or was interrupted, and starts nothing"
                    + " else on it. Nothing was changed.\nIf nobody is at work on it, have Helm forget what it had begun, and run the same command"
                    + " again; what is there of the server stays:\n"
                    + "  kubectl" + settings.cluster().context().map(context -> " --context " + context).orElse("")
                    + " --namespace " + server.namespace() + " delete secret --selector owner=helm,name=" + server.release() + ",status=" + status);
        });
    }

    private static Config config(Settings.Cluster cluster) {
        var config = cluster.kubeconfig().map(text -> Settings.Cluster.isContents(text)
                ? Config.fromKubeconfig(cluster.context().map(context -> inContext(text, context)).orElse(text))
                : Config.fromKubeconfig(cluster.context().orElse(null), new File(text)))
                .orElseGet(() -> Config.autoConfigure(cluster.context().orElse(null)));
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

    private static String inContext(String kubeconfig, String context) {
        var config = Serialization.unmarshal(kubeconfig, io.fabric8.kubernetes.api.model.Config.class);
        config.setCurrentContext(context);
        return Serialization.asYaml(config);
    }

    private static Machine machine(Node node) {
        var labels = node.getMetadata().getLabels();
        var zone = ZONE_LABELS.stream().filter(labels::containsKey).findFirst().map(labels::get).orElse("");
        var id = PROVIDER_ID.matcher(Optional.ofNullable(node.getSpec().getProviderID()).orElse(""));
        return id.matches()
                ? new Machine(id.group(1), zone, "projects/" + id.group(1) + "/zones/" + id.group(2) + "/instances/" + id.group(3))
                : new Machine("", zone, "");
    }

    private static Volume volume(PersistentVolume volume) {
        var claim = volume.getSpec().getClaimRef();
        return new Volume(volume.getMetadata().getLabels().getOrDefault(Owner.LABEL, ""),
                volume.getSpec().getCsi() == null ? "none of Google's" : volume.getSpec().getCsi().getVolumeHandle(),
                claim == null ? "none" : claim.getNamespace() + "/" + claim.getName(),
                volume.getStatus() != null && "Bound".equals(volume.getStatus().getPhase()) && volume.getMetadata().getDeletionTimestamp() == null);
    }

    private static Set<String> distinct(List<String> names) {
        return names.stream().filter(name -> !name.isEmpty()).collect(toCollection(TreeSet::new));
    }

    private static String named(Settings.Cluster cluster) {
        return cluster.context().map(context -> " of context " + context).orElse("");
    }

    private static String reason(Throwable failed) {
        var cause = failed;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }
}
