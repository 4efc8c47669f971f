package skystate.checks;

import skystate.cluster.ClusterState;
import skystate.config.DiskSettings;
import skystate.disk.DiskLookup;

import java.util.List;

/** The message about a disk that is attached to a machine outside the cluster, and the commands that free the disk. */
public final class AttachedDisk {

    private AttachedDisk() {
    }

    /**
     * The refusal.
     *
     * @param machines      the machines, {@code projects/P/zones/Z/instances/I}
     * @param settings      the disk's settings
     * @param cluster       the cluster that the config names
     * @param formerAnswers whether the cluster that the server was in still answers: then its machines aren't left over
     */
    public static String refusal(List<String> machines, DiskSettings settings, ClusterState cluster,
                                 boolean formerAnswers) {
        return "The disk " + settings.id() + " is held by " + String.join(", ", machines)
                + ", which is no node of this cluster: a server may run there. Nothing was changed.\n"
                + "If one does, run `pulumi destroy` in the stack that made it: see docs/runbook.md, \"two-stacks\"."
                + " For a server that was installed by hand, see \"from-helm\"."
                + (formerAnswers ? "" : detach(machines.get(0), settings, cluster));
    }

    /** How to free the disk of a machine on which this stack's server can't run any more. */
    private static String detach(String machine, DiskSettings settings, ClusterState cluster) {
        return "\nIf its cluster is lost, delete the machine that it left:\n"
                + "  gcloud compute instances delete " + named(machine) + " --keep-disks data"
                + "\nIf the machine is to stay, and nothing on it uses the disk, detach the disk:\n"
                + "  gcloud compute instances detach-disk " + named(machine) + " --disk " + settings.name()
                + (settings.regional() ? " --disk-scope regional" + force(machine, settings, cluster) : "");
    }

    /** How to take a regional disk from a machine of a lost zone, which can be neither reached nor deleted. */
    private static String force(String machine, DiskSettings settings, ClusterState cluster) {
        var zone = zone(machine);
        var node = cluster.nodes().stream().map(ClusterState.Node::id)
                .filter(id -> !id.isEmpty() && !zone(id).equals(zone)).findFirst()
                .map(AttachedDisk::named).orElse("NODE --zone ZONE") + " --disk " + settings.name()
                + " --disk-scope regional";
        return "\nIf the zone " + zone
                + " itself is lost, so that its machines can't be deleted, attach the disk by force"
                + " elsewhere; a server that still ran there would lose it:\n"
                + "  gcloud compute instances attach-disk " + node + " --force-attach\n"
                + "  gcloud compute instances detach-disk " + node;
    }

    private static String zone(String machine) {
        return machine.split("/")[3];
    }

    private static String named(String machine) {
        return DiskLookup.shortName(machine) + " " + DiskSettings.gcloudPlace(machine);
    }
}
