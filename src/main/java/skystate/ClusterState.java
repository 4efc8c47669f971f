package skystate;

import skystate.config.Settings;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the cluster has, as far as this stack depends on it.
 *
 * @param nodes        its nodes
 * @param volume       the PersistentVolume of the state's name, if there is one
 * @param storageClass the labels of the StorageClass of the state's name, if there is one
 * @param namespace    the server's namespace, if there is one
 * @param unsettled    the releases in it that Helm takes for being installed, upgraded, rolled back or uninstalled: status by name
 * @param running      the releases in it that have a Deployment or a StatefulSet which isn't being deleted
 */
record ClusterState(List<Machine> nodes, Optional<Volume> volume, Optional<Map<String, String>> storageClass,
                    Optional<Namespace> namespace, Map<String, String> unsettled, Set<String> running) {

    /** What Helm says of a release whose uninstall it has begun. */
    static final String UNINSTALLING = "uninstalling";

    /**
     * A node's machine.
     *
     * @param project the GCP project; empty if it is no machine of Google's
     * @param zone    the zone; empty if the node doesn't say
     * @param id      the machine's id, {@code projects/P/zones/Z/instances/I}; empty if it is no machine of Google's
     * @param labels  the node's labels
     */
    record Machine(String project, String zone, String id, Map<String, String> labels) {

        Machine(String project, String zone, String id) {
            this(project, zone, id, Map.of());
        }
    }

    /**
     * A PersistentVolume.
     *
     * @param owner    the stack that its label names; empty if it has none
     * @param handle   the disk
     * @param claim    namespace and name of the claim it is for
     * @param held     whether that claim holds it
     * @param leaving  whether it is being deleted
     * @param retained whether the disk stays when the claim goes: its reclaim policy is Retain
     */
    record Volume(String owner, String handle, String claim, boolean held, boolean leaving, boolean retained) {

        /** The claim's namespace. */
        String namespace() {
            return claim.replaceFirst("/.*", "");
        }

        /** The claim's name. */
        String claimName() {
            return claim.replaceFirst(".*/", "");
        }

        /** The release that the claim is of. */
        String release() {
            return Settings.Server.releaseOf(claimName());
        }
    }

    /**
     * A namespace.
     *
     * @param labels  its labels
     * @param leaving whether it is being deleted
     */
    record Namespace(Map<String, String> labels, boolean leaving) {
    }

    /** Whether the volume is there and the server's claim holds it. */
    boolean holds(Settings.Server server) {
        return volume.filter(found -> found.held() && !found.leaving() && found.claim().equals(claim(server))).isPresent();
    }

    /** Namespace and name of the server's claim. */
    static String claim(Settings.Server server) {
        return server.namespace() + "/" + server.claim();
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
