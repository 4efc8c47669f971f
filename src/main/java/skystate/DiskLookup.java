package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetDiskPlainArgs;
import com.pulumi.gcp.compute.outputs.GetDiskResult;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;

import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Looks at the disk as Google has it, at preview too and before anything is registered, and refuses what would lose
 * or leave behind its state.
 */
final class DiskLookup {

    /**
     * What Google has under the disk's name: a disk that this stack may go on with, or none.
     *
     * @param exists whether there is a disk
     */
    record Found(boolean exists) {
    }

    private DiskLookup() {
    }

    /**
     * Looks the disk up.
     *
     * @param settings the disk's settings
     * @param owner    by which this stack knows a disk as its own
     * @param cluster  what the cluster has: its nodes may hold the disk
     * @throws RunException if the disk is not what the config says of it
     */
    static Found look(Settings.Disk settings, Owner owner, ClusterLookup.Found cluster) {
        try {
            var disk = ComputeFunctions.getDiskPlain(GetDiskPlainArgs.builder()
                    .project(settings.project()).zone(settings.zone()).name(settings.name()).build()).join();
            refuseUnlessFit(disk, settings, owner, cluster);
            return new Found(true);
        } catch (CompletionException failed) {
            var reason = rootCause(failed);
            if (!reason.contains(settings.id() + " not found")) {
                throw new RunException("Google could not be asked about the disk " + settings.id() + ", so nothing was changed: "
                        + reason + "\nSee that `gcloud compute disks describe " + settings.name() + " --project " + settings.project()
                        + " --zone " + settings.zone() + "` works with these credentials, and run the same command again.");
            }
            return new Found(false);
        }
    }

    /**
     * Refuses to leave the disk that this stack had for another, and to go on without a disk that should be there: one to
     * adopt, or one that this stack had.
     *
     * @param settings   the disk's settings
     * @param found      what Google has under the disk's name
     * @param remembered id of the disk in the stack's last outputs
     * @throws RunException if the config names another disk than the stack had, which importing would replace (facts: G7),
     *                      or if the disk is gone, and the config doesn't say that a blank one is meant
     */
    static void refuseUnlessTheSame(Settings.Disk settings, Found found, Optional<String> remembered) {
        remembered.filter(id -> !id.equals(settings.id())).ifPresent(id -> {
            throw new RunException(anotherDisk(id, settings.id()));
        });
        var lost = remembered.isPresent();
        if (found.exists() || lost && settings.blankMeant()) {
            return;
        }
        if (lost) {
            throw new RunException("This stack's disk " + settings.id() + " is gone: it was deleted behind the stack's back. Nothing was changed.\n"
                    + "To restore it from a snapshot, and adopt it:\n"
                    + "  gcloud compute disks create " + settings.name() + " --project " + settings.project() + " --zone " + settings.zone()
                    + " --type " + settings.type() + " --size " + settings.sizeGib() + "GB --source-snapshot SNAPSHOT\n"
                    + "  pulumi config set disk adopt && pulumi up\n"
                    + "To go on with a blank disk, without the state:\n"
                    + "  pulumi config set blankDisk " + settings.name() + " && pulumi up && pulumi config rm blankDisk");
        }
        if (settings.source() == DiskSource.ADOPT) {
            throw new RunException("There is no disk " + settings.id() + " to adopt; nothing was changed.\n"
                    + "  gcloud compute disks list --project " + settings.project() + " --filter=labels." + Owner.LABEL + ":*\n"
                    + "lists the disks that such stacks made; set gcp:project, zone and diskName to the one you mean.");
        }
    }

    /** What to say when the config names another disk than the stack has. */
    static String anotherDisk(String actual, String configured) {
        return """
                The config names another disk than this stack has; nothing was changed.
                  this stack's disk: %s
                  the config's disk: %s
                The state would be left behind on the old disk. Set gcp:project, zone and diskName back to what they were.
                To move on purpose, make the new disk from a snapshot of the old one, and adopt it in a new stack.
                """.formatted(actual, configured);
    }

    private static void refuseUnlessFit(GetDiskResult disk, Settings.Disk settings, Owner owner, ClusterLookup.Found cluster) {
        var labels = disk.effectiveLabels().isEmpty() ? disk.labels() : disk.effectiveLabels();
        var ours = owner.is(labels.getOrDefault(Owner.LABEL, ""));
        if (settings.source() == DiskSource.CREATE && !ours) {
            throw new RunException("There is a disk " + settings.id() + " already, and this stack did not make it; nothing was changed.\n"
                    + "To run the server on it, and own it from now on:\n  pulumi config set disk adopt\n"
                    + "To make another disk:\n  pulumi config set diskName ANOTHER_NAME");
        }
        var strangers = disk.users().stream().map(url -> url.replaceFirst(".*/projects/", "projects/"))
                .filter(machine -> !ours || cluster.knowsMachines() && !cluster.runsOn(machine)).toList();
        if (!strangers.isEmpty()) {
            throw new RunException("The disk " + settings.id() + " is held by " + String.join(", ", strangers) + ", where "
                    + (ours ? "this cluster has no node" : "another stack's server may run") + "; nothing was changed.\n"
                    + "If a server runs there, `pulumi destroy` in the stack that made it lets go of the disk, and keeps it. If its cluster is lost,"
                    + " delete the machine that it left:\n"
                    + "  gcloud compute instances delete " + shortName(strangers.get(0)) + " --project " + settings.project()
                    + " --zone " + settings.zone());
        }
        if (!ours && disk.size() < settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " to adopt has only " + disk.size() + " GiB, and diskSize says "
                    + settings.sizeGib() + "; it may be another than you mean, so nothing was changed.\n  pulumi config set diskSize " + disk.size()
                    + "\nIt can grow once this stack owns it.");
        }
        if (disk.size() > settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " has " + disk.size() + " GiB, and diskSize says " + settings.sizeGib()
                    + "; a disk can't shrink, so nothing was changed.\n  pulumi config set diskSize " + disk.size());
        }
        if (!shortName(disk.type()).equals(settings.type())) {
            throw new RunException("The disk " + settings.id() + " is of type " + shortName(disk.type()) + ", and diskType says "
                    + settings.type() + "; a disk can't change its type, so nothing was changed.\n  pulumi config set diskType "
                    + shortName(disk.type()));
        }
    }

    private static String shortName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static String rootCause(Throwable failed) {
        var cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
