package skystate;

import com.pulumi.exceptions.RunException;
import skystate.ClusterState.Machine;
import skystate.config.Database;
import skystate.config.Settings;
import skystate.config.Volume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import static java.util.stream.Collectors.toCollection;

/**
 * Refuses, before anything is registered, a cluster in which the server could not run on its disk, or that has what
 * another made under the names that this stack would take.
 */
final class ClusterCheck {

    private final ClusterState cluster;
    private final Settings settings;
    private final Owner owner;
    private final LastUp last;
    private final String name;
    private final String kubectl;

    private ClusterCheck(ClusterState cluster, Settings settings, Owner owner, LastUp last) {
        this.cluster = cluster;
        this.settings = settings;
        this.owner = owner;
        this.last = last;
        var context = settings.cluster().context();
        this.name = "The cluster" + context.map(its -> " of context " + its).orElse("");
        this.kubectl = settings.cluster().kubectl();
    }

    /**
     * Checks the cluster.
     *
     * @param cluster  what it has
     * @param settings the stack's settings
     * @param owner    by which this stack knows what is its own
     * @param last     what this stack had
     * @throws RunException that says what is in the way, and the command that helps
     */
    static void refuseUnlessFit(ClusterState cluster, Settings settings, Owner owner, LastUp last) {
        var check = new ClusterCheck(cluster, settings, owner, last);
        if (settings.state() instanceof Settings.Disk disk) {
            check.project(disk);
            check.zone(disk);
        }
        if (settings.state() instanceof Volume volume) {
            check.topology(volume);
        }
        check.retained();
        if (!(settings.state() instanceof Database)) {
            check.volume();
            check.claim();
            check.storageClass();
        }
        check.namespace();
        check.release();
    }

    private void project(Settings.Disk disk) {
        var projects = distinct(cluster.nodes().stream().map(Machine::project).toList());
        var wanted = disk.project();
        if (!projects.isEmpty() && !projects.contains(wanted)) {
            throw new RunException(name + " is of project " + String.join(", ", projects) + ", and the disk of " + wanted
                    + ": a disk attaches to machines of its own project only. Nothing was changed.\n"
                    + "Set " + settings.cluster().key() + " to a cluster of the disk's project, or gcp:project to the disk's:\n"
                    + "  " + settings.cluster().another() + "\n  pulumi config set gcp:project " + projects.iterator().next());
        }
    }

    private void zone(Settings.Disk disk) {
        var zones = distinct(cluster.nodes().stream().map(Machine::zone).toList());
        var wanted = String.join(" or ", disk.zones());
        if (!zones.isEmpty() && disk.zones().stream().noneMatch(zones::contains) && !settings.cluster().nodesOnDemand()) {
            throw new RunException(name + " has nodes in " + String.join(", ", zones) + " only, and the disk is in " + String.join(" and ", disk.zones())
                    + ": no server could run on it. Nothing was changed.\n"
                    + "Add a node pool in " + wanted + ", or set " + settings.cluster().key() + " to a cluster that has one. If this cluster makes its nodes on demand, there too:\n"
                    + "  pulumi config set nodesOnDemand true");
        }
    }

    /** Nodes that don't have the labels are nodes on which the driver doesn't say where they are. */
    private void topology(Volume volume) {
        var wanted = volume.topology();
        var telling = cluster.nodes().stream().map(Machine::labels).filter(labels -> labels.keySet().containsAll(wanted.keySet())).toList();
        if (!telling.isEmpty() && !settings.cluster().nodesOnDemand() && telling.stream().noneMatch(labels ->
                wanted.entrySet().stream().allMatch(label -> label.getValue().contains(labels.get(label.getKey()))))) {
            var theirs = wanted.keySet().stream().map(key -> key + " " + String.join(", ", distinct(telling.stream().map(labels -> labels.get(key)).toList()))).toList();
            throw new RunException(name + " has nodes with " + String.join(" and ", theirs) + " only, and volume.topology says " + wanted
                    + ": no server could run on the volume. Nothing was changed.\n"
                    + "Set " + settings.cluster().key() + " to a cluster that has a node there, or volume to one that is where the nodes are. If this cluster makes its nodes on demand:\n"
                    + "  pulumi config set nodesOnDemand true");
        }
    }

    private String retain() {
        return kubectl + " patch pv " + StateVolume.NAME + " --patch '{\"spec\": {\"persistentVolumeReclaimPolicy\": \"Retain\"}}'";
    }

    /** An update that replaces the volume, or does without one, deletes the claim before it could set the policy right. */
    private void retained() {
        cluster.volume().filter(volume -> ours(volume) && !volume.retained()).ifPresent(volume -> {
            throw new RunException(name + " has the PersistentVolume " + StateVolume.NAME + " with another reclaim policy than Retain: its disk "
                    + volume.handle() + " would be deleted with the claim. Nothing was changed.\n  " + retain());
        });
    }

    private void volume() {
        cluster.volume().filter(volume -> !ours(volume)).ifPresent(volume -> {
            throw new RunException(name + " has a PersistentVolume " + StateVolume.NAME + " already, which "
                    + (volume.owner().isEmpty() ? "was made without a stack" : "the stack " + volume.owner() + " made")
                    + "; nothing was changed.\n  its disk:  " + volume.handle() + "\n  its claim: " + volume.claim() + "\n"
                    + "If a server runs there, leave it alone, and set " + settings.cluster().key() + " to another cluster. If it is given up, or made by hand and to be replaced:\n"
                    + (volume.retained() ? "" : "  " + retain() + "    # or its disk goes with the claim\n")
                    + (volume.claim().contains("/") ? uninstall(volume) + stop(volume) + "    # what Helm doesn't know of\n" : "")
                    + "  " + kubectl + " delete pv " + StateVolume.NAME + "    # the disk stays: its reclaim policy is Retain");
        });
    }

    /** Taken up under another claim the volume would be free for a second server, while the first still writes to the disk. */
    private void claim() {
        var server = settings.server();
        cluster.volume().filter(volume -> volume.held() && !volume.claim().equals(ClusterState.claim(server)) && !last.knows(volume.claim())).ifPresent(volume -> {
            throw new RunException(name + " has the PersistentVolume " + StateVolume.NAME + " held by the claim " + volume.claim()
                    + ", of a server that no finished up of this stack tells of, and the config says " + ClusterState.claim(server)
                    + ": two servers would write to one disk. Nothing was changed.\nTo take that server up, and then change what is to change:\n"
                    + (volume.namespace().equals(server.namespace()) ? "" : "  pulumi config set namespace " + volume.namespace() + "\n")
                    + (volume.release().equals(server.release()) ? "" : "  pulumi config set release " + volume.release() + "\n")
                    + "To give it up, and have the config's in its place, on the same disk:\n" + stop(volume));
        });
    }

    private String uninstall(ClusterState.Volume volume) {
        return "  helm uninstall " + volume.release() + " --ignore-not-found" + settings.cluster().context().map(its -> " --kube-context " + its).orElse("")
                + " --namespace " + volume.namespace() + "\n";
    }

    /** What ends the server that a volume's claim is of, whatever Helm knows. */
    private String stop(ClusterState.Volume volume) {
        return "  " + kubectl + " --namespace " + volume.namespace() + " delete --ignore-not-found deployment/" + volume.release() + "-api-server pvc/" + volume.claimName();
    }

    private void storageClass() {
        cluster.storageClass().filter(this::strange).ifPresent(labels -> {
            throw new RunException(name + " has a StorageClass " + StateVolume.CLASS + " already, which this stack did not make; nothing was changed.\n"
                    + "No volume and no claim needs it to go on as it is, so it can be deleted, and this stack makes its own:\n"
                    + "  " + kubectl + " delete storageclass " + StateVolume.CLASS);
        });
    }

    private void namespace() {
        var server = settings.server();
        cluster.namespace().filter(ClusterState.Namespace::leaving).ifPresent(leaving -> {
            throw new RunException("The namespace " + server.namespace() + " is being deleted, with all that is in it; nothing was changed.\n"
                    + "Once it is gone, an up makes it anew, on the same disk:\n"
                    + "  " + kubectl + " wait --for=delete namespace/" + server.namespace() + " --timeout=10m");
        });
        if (!server.createNamespace() && cluster.namespace().isEmpty()) {
            throw new RunException(name + " has no namespace " + server.namespace() + ", and createNamespace is false. Nothing was changed.\n"
                    + "  " + kubectl + " create namespace " + server.namespace() + "\nTo have this stack make it, and delete it on destroy:\n"
                    + "  pulumi config set createNamespace true");
        }
        var labels = cluster.namespace().map(ClusterState.Namespace::labels);
        labels.filter(its -> !server.createNamespace() && madeHere(its)).ifPresent(its -> {
            throw new RunException(name + " has the namespace " + server.namespace() + ", which this stack made, and createNamespace is false:"
                    + " letting go of the namespace would delete it with the server in it. Nothing was changed.\n"
                    + "  pulumi config set createNamespace true\n"
                    + "To run the server in a namespace of your own all the same; the disk is kept if `pulumi stack output onDestroy` says so:\n"
                    + "  pulumi destroy && " + kubectl + " create namespace " + server.namespace() + " && pulumi up");
        });
        labels.filter(its -> server.createNamespace() && !madeHere(its)).ifPresent(its -> {
            throw new RunException(name + " has a namespace " + server.namespace() + " already, which this stack did not make,"
                    + " and would delete on destroy with all that is in it; nothing was changed.\nTo use it as it is:\n"
                    + "  pulumi config set createNamespace false");
        });
    }

    private void release() {
        var server = settings.server();
        Optional.ofNullable(cluster.unsettled().get(server.release())).filter(status -> !status.equals(ClusterState.UNINSTALLING)).ifPresent(status -> {
            throw new RunException("The release " + server.release() + " is " + status + ": Helm is at work on it, or was interrupted, and starts nothing"
                    + " else on it. Nothing was changed.\nIf nobody is at work on it, have Helm forget what it had begun, and run the same command"
                    + " again; what is there of the server stays:\n"
                    + "  " + kubectl + " --namespace " + server.namespace() + " delete secret --selector owner=helm,name=" + server.release()
                    + ",status=" + status);
        });
    }

    private boolean ours(ClusterState.Volume volume) {
        return owner.is(volume.owner());
    }

    /** Whether the namespace of these labels is one that this stack made. */
    private boolean madeHere(Map<String, String> labels) {
        return !strange(labels);
    }

    private boolean strange(Map<String, String> labels) {
        return !owner.is(labels.getOrDefault(Owner.LABEL, ""));
    }

    private static Set<String> distinct(List<String> names) {
        return names.stream().filter(name -> !name.isEmpty()).collect(toCollection(TreeSet::new));
    }
}
