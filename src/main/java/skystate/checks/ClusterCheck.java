package skystate.checks;

import com.pulumi.exceptions.RunException;
import skystate.cluster.ClusterState.Node;
import skystate.cluster.ClusterState;
import skystate.config.Database;
import skystate.config.DiskSettings;
import skystate.config.Settings;
import skystate.config.Volume;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import static java.util.stream.Collectors.toCollection;

/**
 * Refuses, before anything is registered, a cluster in which the server could not run on its disk, or which has objects
 * of others under the names that this stack needs.
 */
public final class ClusterCheck {

    private final ClusterState cluster;
    private final Settings settings;
    private final StackLabel owner;
    private final PreviousOutputs last;
    private final String name;
    private final String kubectl;

    private ClusterCheck(ClusterState cluster, Settings settings, StackLabel owner, PreviousOutputs last) {
        this.cluster = cluster;
        this.settings = settings;
        this.owner = owner;
        this.last = last;
        this.name = "The cluster" + settings.cluster().named();
        this.kubectl = settings.cluster().kubectl();
    }

    /**
     * Checks the cluster.
     *
     * @param cluster  what it has
     * @param settings the stack's settings
     * @param owner    the stack's label
     * @param last     the stack's last outputs
     * @throws RunException that says what is wrong, and the command that fixes it
     */
    public static void refuseUnlessFit(ClusterState cluster, Settings settings, StackLabel owner,
                                       PreviousOutputs last) {
        var check = new ClusterCheck(cluster, settings, owner, last);
        if (settings.state() instanceof DiskSettings disk) {
            check.project(disk);
            check.zone(disk);
        }
        if (settings.state() instanceof Volume volume) {
            check.topology(volume);
        }
        VolumeCheck.refuseUnlessSafe(cluster, settings, owner, last);
        if (!(settings.state() instanceof Database)) {
            check.storageClass();
        }
        check.namespace();
        check.release();
    }

    private void project(DiskSettings disk) {
        var projects = distinct(cluster.nodes().stream().map(Node::project).toList());
        var wanted = disk.project();
        if (!projects.isEmpty() && !projects.contains(wanted)) {
            throw new RunException(name + " is of project " + String.join(", ", projects) + ", and the disk of "
                    + wanted + ": a disk attaches to machines of its own project only. Nothing was changed.\n"
                    + "Name a cluster of the disk's project, or a disk of the cluster's project:\n  "
                    + settings.cluster().another() + "\n  pulumi config set gcp:project " + projects.iterator().next());
        }
    }

    private void zone(DiskSettings disk) {
        var zones = distinct(cluster.nodes().stream().map(Node::zone).toList());
        var wanted = String.join(" or ", disk.zones());
        if (!zones.isEmpty() && disk.zones().stream().noneMatch(zones::contains)
                && !settings.cluster().nodesOnDemand()) {
            throw new RunException(name + " has nodes in " + String.join(", ", zones) + " only, and the disk is in "
                    + String.join(" and ", disk.zones()) + ": no server could run on it. Nothing was changed.\n"
                    + "Add a node pool in " + wanted + ", or name another cluster:\n  " + settings.cluster().another()
                    + "\nIf this cluster creates nodes on demand, also in " + wanted + ":\n"
                    + "  pulumi config set nodesOnDemand true");
        }
    }

    /** A node without the labels doesn't count: its CSI driver does not say where it is. */
    private void topology(Volume volume) {
        var wanted = volume.topology();
        var nodes = cluster.nodes().stream().map(Node::labels)
                .filter(labels -> labels.keySet().containsAll(wanted.keySet())).toList();
        if (!nodes.isEmpty() && !settings.cluster().nodesOnDemand() && nodes.stream().noneMatch(labels -> wanted
                .entrySet().stream().allMatch(label -> label.getValue().contains(labels.get(label.getKey()))))) {
            var theirs = wanted.keySet().stream().map(key -> key + " "
                    + String.join(", ", distinct(nodes.stream().map(labels -> labels.get(key)).toList()))).toList();
            throw new RunException(name + " has nodes with " + String.join(" and ", theirs)
                    + " only, and volume.topology says " + wanted + ": no server could run on the volume."
                    + " Nothing was changed.\nName a cluster that has a node there, or a volume where the nodes are:\n"
                    + "  " + settings.cluster().another() + "\nIf this cluster creates nodes on demand, also there:\n"
                    + "  pulumi config set nodesOnDemand true");
        }
    }

    private void storageClass() {
        cluster.storageClass().filter(this::foreign).ifPresent(labels -> {
            throw new RunException(name + " has a StorageClass " + StateVolume.CLASS
                    + " already, which this stack did not make; nothing was changed.\n"
                    + "Delete it, and run the same command again, which creates this stack's. Existing volumes and"
                    + " claims do not need it:\n"
                    + settings.cluster().lines(kubectl + " delete storageclass " + StateVolume.CLASS));
        });
    }

    private void namespace() {
        var name = settings.server().namespace();
        cluster.namespace().filter(ClusterState.Namespace::terminating).ifPresent(its -> {
            throw new RunException("The namespace " + name + " is being deleted, with all that is in it;"
                    + " nothing was changed.\nOnce it is gone, `pulumi up` creates it again, on the same disk:\n"
                    + settings.cluster().lines(kubectl + " wait --for=delete namespace/" + name + " --timeout=10m"));
        });
    }

    private void release() {
        var server = settings.server();
        var status = Optional.ofNullable(cluster.pendingReleases().get(server.release()));
        status.filter(its -> !its.equals(ClusterState.UNINSTALLING)).ifPresent(pending -> {
            throw new RunException("The release " + server.release() + " is " + pending + ": a Helm operation is under"
                    + " way or was interrupted, and Helm starts no other. Nothing was changed.\n"
                    + "If none is under way, delete Helm's record of it, and run the same command again. The server's"
                    + " objects stay:\n"
                    + settings.cluster().lines(kubectl + " --namespace " + server.namespace()
                            + " delete secret --selector owner=helm,name=" + server.release() + ",status=" + pending));
        });
    }

    private boolean foreign(Map<String, String> labels) {
        return !owner.is(labels.getOrDefault(StackLabel.LABEL, ""));
    }

    private static Set<String> distinct(List<String> names) {
        return names.stream().filter(name -> !name.isEmpty()).collect(toCollection(TreeSet::new));
    }
}
