package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetDiskPlainArgs;
import com.pulumi.gcp.compute.outputs.GetDiskResult;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;

import java.util.List;
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
     * @param exists   whether there is a disk
     * @param ours     whether its label says that this stack owns it
     * @param snapshot path of the snapshot that it was made from, or is to be made from
     * @param chart    what its label says of the chart that wrote the state: {@link ChartLabel}
     * @param policies paths of its resource policies
     */
    record Found(boolean exists, boolean ours, Optional<String> snapshot, Optional<String> chart, List<String> policies) {
    }

    private DiskLookup() {
    }

    /**
     * Looks the disk up.
     *
     * @param settings the disk's settings
     * @param owner    by which this stack knows a disk as its own
     * @param cluster  what the cluster has: its nodes may hold the disk
     * @param last     what this stack had
     * @throws RunException if the disk is not what the config says of it, or if it is gone, and the config doesn't say what
     *                      is meant to take its place
     */
    static Found look(Settings.Disk settings, Owner owner, ClusterState cluster, LastUp last) {
        var had = had(owner, cluster, last);
        return ask(settings).map(disk -> {
            var labels = disk.effectiveLabels().isEmpty() ? disk.labels() : disk.effectiveLabels();
            var found = new Found(true, owner.is(labels.getOrDefault(Owner.LABEL, "")),
                    Optional.of(path(disk.snapshot())).filter(path -> !path.isEmpty()),
                    Optional.ofNullable(labels.get(ChartLabel.KEY)), disk.resourcePolicies().stream().map(DiskLookup::path).toList());
            refuseUnlessMeant(found, settings);
            refuseTakenOver(labels.getOrDefault(Owner.LABEL, ""), settings, found.ours(), last);
            refuseHeld(disk.users(), settings, found.ours() || had.isPresent(), cluster);
            refuseUnlessFit(disk, settings, found.ours());
            return found;
        }).orElseGet(() -> {
            refuseUnlessReplaced(settings, had.isPresent(), last);
            SnapshotLookup.refuseUnlessFit(settings);
            return new Found(false, false, settings.snapshot(), Optional.empty(), List.of());
        });
    }

    /**
     * Refuses a config that names another disk than this stack has, which importing or reading would replace (facts: G7). It
     * comes before what the cluster is found wanting for: with another zone in the config, a node there would be of no use.
     */
    static void refuseAnother(Settings.Disk settings, Owner owner, ClusterState cluster, LastUp last) {
        had(owner, cluster, last).filter(id -> !id.equals(settings.id())).ifPresent(id -> {
            throw new RunException(anotherDisk(id, settings));
        });
    }

    /** The disk that this stack has. A first up that failed left no outputs, but perhaps a volume. */
    private static Optional<String> had(Owner owner, ClusterState cluster, LastUp last) {
        return last.disk().or(() -> cluster.volume().filter(volume -> owner.is(volume.owner())).map(ClusterState.Volume::handle)
                .filter(handle -> handle.startsWith("projects/")));
    }

    /** The disk, unless there is none. */
    private static Optional<GetDiskResult> ask(Settings.Disk settings) {
        try {
            return Optional.of(ComputeFunctions.getDiskPlain(GetDiskPlainArgs.builder()
                    .project(settings.project()).zone(settings.zone()).name(settings.name()).build()).join());
        } catch (CompletionException failed) {
            var reason = rootCause(failed);
            if (reason.contains(settings.id() + " not found")) {
                return Optional.empty();
            }
            throw new RunException("Google could not be asked about the disk " + settings.id() + ", so nothing was changed: "
                    + reason + "\nSee that `gcloud compute disks describe " + settings.name() + " --project " + settings.project()
                    + " --zone " + settings.zone() + "` works with these credentials, and run the same command again.");
        }
    }

    /** Refuses to go on without a disk that should be there, unless the config says what is meant to take its place. */
    private static void refuseUnlessReplaced(Settings.Disk settings, boolean lost, LastUp last) {
        if (settings.source() == DiskSource.REFERENCE) {
            throw new RunException(missing(settings));
        }
        if (settings.source() == DiskSource.RESTORE) {
            if (settings.snapshot().equals(last.snapshot())) {
                throw new RunException(restoredBefore(settings));
            }
            return;
        }
        if (lost && !settings.blankMeant()) {
            throw new RunException(lost(settings));
        }
        if (!lost && settings.source() == DiskSource.ADOPT) {
            throw new RunException(missing(settings));
        }
    }

    /**
     * What will happen to the disk, where it is not what happened at the last up. The engine's own words can mislead: a disk
     * that was referenced is shown as replaced when it comes to be owned.
     */
    static Optional<String> change(Settings.Disk settings, Found found, LastUp last) {
        var disk = "The disk " + settings.id();
        var referenced = DiskSource.REFERENCE.word().equals(last.source().orElse(""));
        if (!found.exists()) {
            return Optional.of(disk + " is made" + settings.snapshot().map(path -> " from the snapshot " + path + ".").orElse(", blank."));
        }
        if (settings.source() == DiskSource.REFERENCE) {
            return referenced ? Optional.empty()
                    : Optional.of(disk + " is used as it is. From now on this stack does not own it: it never labels, resizes or deletes it.");
        }
        var owned = Optional.of(disk + " stays with the state on it, and this stack owns it from now on."
                + (referenced ? " What is shown as replaced is its entry in the state." : ""));
        return referenced || !found.ours() ? owned : Optional.empty();
    }

    private static String missing(Settings.Disk settings) {
        return "There is no disk " + settings.id() + " to " + settings.source().word() + "; nothing was changed.\n"
                + "  gcloud compute disks list --project " + settings.project() + " --filter='labels." + Owner.LABEL + ":*'\n"
                + "lists the disks that such stacks made; set gcp:project, zone and diskName to the one you mean.";
    }

    private static String lost(Settings.Disk settings) {
        return "This stack's disk " + settings.id() + " is gone: it was deleted behind the stack's back. Nothing was changed.\n"
                + "To make it from a snapshot, which\n  " + Settings.Disk.listSnapshots(settings.project(), settings.name()) + "\nlists:\n"
                + "  pulumi config set disk restore && pulumi config set snapshot NAME && pulumi up\n"
                + "To go on with a blank disk, without the state:\n"
                + "  pulumi config set blankDisk " + settings.name() + " && pulumi up && pulumi config rm blankDisk";
    }

    private static String restoredBefore(Settings.Disk settings) {
        var snapshot = settings.snapshot().orElseThrow();
        return "This stack's disk " + settings.id() + " is gone, and it was made from the snapshot " + snapshot
                + " already: what was written since would be missing. Nothing was changed.\n"
                + "To make it from a later snapshot, which\n  " + Settings.Disk.listSnapshots(settings.project(), settings.name()) + "\nlists:\n"
                + "  pulumi config set snapshot NAME && pulumi up\n"
                + "To go back to that snapshot all the same:\n"
                + "  gcloud compute disks create " + settings.name() + " --project " + settings.project() + " --zone " + settings.zone()
                + " --type " + settings.type() + " --size " + settings.sizeGib() + "GB --source-snapshot " + snapshot + "\n"
                + "  pulumi config rm snapshot && pulumi config set disk adopt && pulumi up";
    }

    /** What to say when the config names another disk than the stack has. */
    static String anotherDisk(String actual, Settings.Disk configured) {
        var id = actual.split("/");
        return """
                The config names another disk than this stack has; nothing was changed.
                  this stack's disk: %s
                  the config's disk: %s
                The state would be left behind on the old disk. Set gcp:project, zone and diskName back to what they were.
                To move on purpose, once `pulumi stack output onDestroy` says that the disk is kept:
                  pulumi destroy
                  gcloud compute disks snapshot %s --project %s --zone %s --snapshot-names NAME
                  pulumi config set-all --plaintext disk=restore --plaintext snapshot=projects/%s/global/snapshots/NAME && pulumi up
                """.formatted(actual, configured.id(), id[5], id[1], id[3], id[1]);
    }

    /** Refuses a disk under the name of one that this stack is to make. */
    private static void refuseUnlessMeant(Found found, Settings.Disk settings) {
        var toBeMade = settings.source() == DiskSource.CREATE || settings.source() == DiskSource.RESTORE;
        if (toBeMade && !found.ours()) {
            throw new RunException("There is a disk " + settings.id() + " already, and this stack did not make it; nothing was changed.\n"
                    + "To run the server on it, and own it from now on:\n  "
                    + settings.snapshot().map(path -> "pulumi config rm snapshot && ").orElse("") + "pulumi config set disk adopt\n"
                    + "To make another disk:\n  pulumi config set diskName ANOTHER_NAME");
        }
        settings.snapshot().filter(path -> !found.snapshot().equals(Optional.of(path))).ifPresent(path -> {
            throw new RunException("The disk " + settings.id() + " is there, and was not made from the snapshot " + path
                    + ". A snapshot is never restored onto a disk that holds a state, so nothing was changed.\n"
                    + "To keep the disk and its state:\n  pulumi config rm snapshot && pulumi config set disk create\n"
                    + "To go back to the snapshot, once `pulumi stack output onDestroy` says that the disk is kept, on a disk of another name:\n"
                    + "  pulumi destroy && pulumi config set diskName ANOTHER_NAME && pulumi up");
        });
    }

    /** Refuses to take back, as if nothing had been, a disk that this stack owned and another has taken over since. */
    private static void refuseTakenOver(String label, Settings.Disk settings, boolean ours, LastUp last) {
        var owned = last.disk().equals(Optional.of(settings.id())) && !DiskSource.REFERENCE.word().equals(last.source().orElse(""));
        if (owned && !ours && !label.isEmpty() && settings.source() == DiskSource.ADOPT) {
            throw new RunException("The stack " + label + " has taken over the disk " + settings.id() + " since this stack's last up; nothing was changed.\n"
                    + "To give this stack up, see docs/runbook.md, \"cluster-dead-cleanup\". To take the disk back, and the state on it:\n"
                    + "  gcloud compute disks remove-labels " + settings.name() + " --labels " + Owner.LABEL + " --project " + settings.project()
                    + " --zone " + settings.zone());
        }
    }

    /** Refuses a disk that a machine holds on which this stack's server can't be running. */
    private static void refuseHeld(List<String> users, Settings.Disk settings, boolean used, ClusterState cluster) {
        var strangers = users.stream().map(DiskLookup::path)
                .filter(machine -> !used || cluster.knowsMachines() && !cluster.runsOn(machine)).toList();
        if (!strangers.isEmpty()) {
            throw new RunException("The disk " + settings.id() + " is held by " + String.join(", ", strangers) + ", where "
                    + (used ? "this cluster has no node" : "another stack's server may run") + "; nothing was changed.\n"
                    + "If a server runs there, `pulumi destroy` in the stack that made it lets go of the disk, and keeps it. If its cluster is lost,"
                    + " delete the machine that it left:\n"
                    + "  gcloud compute instances delete " + shortName(strangers.get(0)) + " --project " + settings.project()
                    + " --zone " + settings.zone());
        }
    }

    private static void refuseUnlessFit(GetDiskResult disk, Settings.Disk settings, boolean ours) {
        if (settings.source() == DiskSource.REFERENCE && disk.size() != settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " has " + disk.size() + " GiB, and diskSize says " + settings.sizeGib()
                    + "; a disk that this stack doesn't own is never resized, so nothing was changed.\n  pulumi config set diskSize " + disk.size());
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

    /** What a URL of Google's names: projects/... */
    private static String path(String url) {
        return url.replaceFirst(".*/projects/", "projects/");
    }

    /** The last part of a URL or path of Google's. */
    static String shortName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    static String rootCause(Throwable failed) {
        var cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
