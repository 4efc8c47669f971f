package skystate.cluster;

import skystate.config.Persistence;
import skystate.config.ServerSettings;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the cluster has, as far as this stack depends on it.
 *
 * @param version              the version of its Kubernetes, as in v1.33.2
 * @param nodes                its nodes
 * @param volumes              all of its PersistentVolumes
 * @param claim                the claim of the release's name, if there is one
 * @param storageClass         the labels of the StorageClass of the state's name, if there is one
 * @param namespace            the server's namespace, if there is one
 * @param pendingReleases      the releases in it with a Helm operation under way or interrupted: status by name
 * @param releasesWithWorkload the releases in it that have a Deployment or a StatefulSet which isn't being deleted
 * @param ingressClasses       the controller of each IngressClass, by the class's name
 * @param serverConfig         the config.yaml in the release's ConfigMap, with which the server runs
 */
public record ClusterState(String version, List<Node> nodes, List<Volume> volumes, Optional<Claim> claim,
                           Optional<Map<String, String>> storageClass, Optional<Namespace> namespace,
                           Map<String, String> pendingReleases, Set<String> releasesWithWorkload,
                           Map<String, String> ingressClasses, Optional<String> serverConfig) {

    /** A cluster that has nothing. */
    public static final ClusterState EMPTY = new ClusterState("v1.33.0", List.of(), List.of(), Optional.empty(),
            Optional.empty(), Optional.empty(), Map.of(), Set.of(), Map.of(), Optional.empty());
    /** Helm's status of a release whose uninstall has begun. */
    public static final String UNINSTALLING = "uninstalling";
    /** In a volumeHandle of Google's: the driver finds the project or the zone itself. */
    private static final String ANY = "UNSPECIFIED";

    /**
     * A node's machine.
     *
     * @param project the GCP project; empty if it is no machine of Google's
     * @param zone    the zone; empty if the node doesn't say
     * @param id      the machine's id, {@code projects/P/zones/Z/instances/I}; empty if it is no machine of Google's
     * @param labels  the node's labels
     */
    public record Node(String project, String zone, String id, Map<String, String> labels) {

        public Node(String project, String zone, String id) {
            this(project, zone, id, Map.of());
        }
    }

    /**
     * A PersistentVolume.
     *
     * @param name        its name
     * @param owner       the stack that its label names; empty if it has none
     * @param driver      the CSI driver that mounts it, for an in-tree source too; empty if none does
     * @param handle      the driver's id of the disk
     * @param claim       namespace and name of the claim that its claimRef names; empty if it has none
     * @param phase       Available, Bound, Released or Failed
     * @param terminating whether it is being deleted
     * @param policy      its reclaim policy: Retain keeps the disk when the claim is deleted
     */
    public record Volume(String name, String owner, String driver, String handle, String claim, String phase,
                         boolean terminating, String policy) {

        /** The claim's namespace. */
        public String namespace() {
            return claim.replaceFirst("/.*", "");
        }

        /** The claim's name. */
        public String claimName() {
            return claim.replaceFirst(".*/", "");
        }

        /** The release that the claim is of. */
        public String release() {
            return ServerSettings.releaseOf(claimName());
        }

        /** Whether the claim holds it. */
        public boolean bound() {
            return phase.equals("Bound");
        }

        /** Whether the disk stays when the claim goes. */
        public boolean retained() {
            return policy.equals("Retain");
        }

        /** Whether it is on the disk or volume that holds a state. */
        public boolean isOn(Persistence state) {
            return !driver.isEmpty() && driver.equals(state.driver()) && sameDisk(handle, state.handle());
        }

        private static boolean sameDisk(String handle, String other) {
            var one = handle.split("/");
            var two = other.split("/");
            return handle.equals(other) || one.length == two.length && IntStream.range(0, one.length)
                    .allMatch(part -> one[part].equals(two[part]) || one[part].equals(ANY) || two[part].equals(ANY));
        }
    }

    /**
     * A PersistentVolumeClaim.
     *
     * @param volume      the volume that it holds or asks for; empty if it asks for any
     * @param terminating whether it is being deleted
     */
    public record Claim(String volume, boolean terminating) {
    }

    /**
     * A namespace.
     *
     * @param labels      its labels
     * @param terminating whether it is being deleted
     */
    public record Namespace(Map<String, String> labels, boolean terminating) {
    }

    /** The PersistentVolume of the state's name, if there is one. */
    public Optional<Volume> volume() {
        return volumes.stream().filter(volume -> volume.name().equals(StateVolume.NAME)).findFirst();
    }

    /** Whether the volume is there and the server's claim holds it. */
    public boolean holds(ServerSettings server) {
        return volume().filter(found -> found.bound() && !found.terminating() && found.claim().equals(claim(server)))
                .isPresent();
    }

    /** Namespace and name of the server's claim. */
    public static String claim(ServerSettings server) {
        return server.namespace() + "/" + server.claim();
    }

    /** Whether a machine is a node of this cluster. */
    public boolean runsOn(String machine) {
        return nodes.stream().anyMatch(node -> node.id().equals(machine));
    }

    /** Whether the nodes tell which machines they are. */
    public boolean knowsMachines() {
        return !nodes.isEmpty() && nodes.stream().noneMatch(node -> node.id().isEmpty());
    }
}
