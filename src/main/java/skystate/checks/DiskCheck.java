package skystate.checks;

import com.pulumi.exceptions.RunException;
import skystate.cluster.ClusterState;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.disk.DiskLookup;
import skystate.disk.DiskNotice;
import skystate.disk.ExistingDisk;
import skystate.disk.SnapshotLookup;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses, before anything is registered, what would lose the state on the disk or leave it behind.
 *
 * @param settings the disk's settings
 * @param owner    by which this stack knows a disk as its own
 * @param cluster  what the cluster has: its nodes may hold the disk
 * @param last     what this stack had
 */
public record DiskCheck(DiskSettings settings, StackLabel owner, ClusterState cluster, PreviousOutputs last) {

    /**
     * Refuses a config that names another disk than this stack has: an import or a read would replace it (facts: G7).
     * This comes before the checks of the cluster: with another zone in the config, a node there would not help.
     */
    public void refuseAnother() {
        previousDiskId().filter(id -> !id.equals(settings.id())).ifPresent(id -> {
            throw new RunException(DiskNotice.anotherDisk(id, settings));
        });
    }

    /**
     * Checks what Google has under the disk's name.
     *
     * @param answer        {@link DiskLookup#ask}
     * @param formerAnswers whether the cluster that the server was in, another than the config's, still answers
     * @return the disk that this stack goes on with; empty if it makes one
     * @throws RunException if the disk is not what the config says; if it is gone, and the config doesn't say what
     *                      takes its place; if a machine of another cluster holds it; or if Google doesn't answer
     */
    public Optional<ExistingDisk> check(Supplier<Optional<ExistingDisk>> answer, boolean formerAnswers) {
        var existing = answer.get();
        existing.ifPresentOrElse(disk -> {
            var ours = owner.is(disk.owner());
            refuseUnlessMeant(disk, ours);
            refuseTakenOver(disk.owner(), ours);
            refuseHeld(disk.users(), ours || previousDiskId().isPresent(), formerAnswers);
            refuseSize(disk.sizeGib(), ours);
            refuseFixed(disk);
        }, () -> {
            refuseGone();
            SnapshotLookup.refuseUnlessFit(settings);
        });
        return existing;
    }

    /** The disk that this stack has. A first up that failed left no outputs, but perhaps a volume. */
    private Optional<String> previousDiskId() {
        return last.disk().or(() -> cluster.volume().filter(volume -> owner.is(volume.owner()))
                .map(ClusterState.Volume::handle).filter(handle -> handle.startsWith("projects/")));
    }

    /** There is no disk. Refuses to go on unless the config says what takes its place. */
    private void refuseGone() {
        var hadOne = previousDiskId().isPresent();
        var needsOne = settings.source() == DiskSource.REFERENCE || settings.source() == DiskSource.ADOPT && !hadOne;
        if (needsOne) {
            throw new RunException("There is no disk " + settings.id() + " to " + settings.source().word()
                    + "; nothing was changed.\n  gcloud compute disks list --project " + settings.project()
                    + " --filter='labels." + StackLabel.LABEL
                    + ":*'\nlists the disks that such stacks made; set gcp:project,"
                    + " zone" + (settings.regional() ? ", replicaZone" : "") + " and diskName to the one you mean.");
        }
        if (settings.source() == DiskSource.RESTORE && settings.snapshot().equals(last.snapshot())) {
            throw new RunException(restoredBefore(settings.snapshot().orElseThrow()));
        }
        if (settings.source() != DiskSource.RESTORE && hadOne && !settings.allowBlankReplacement()) {
            throw new RunException("This stack's disk " + settings.id()
                    + " is gone: it was deleted behind the stack's back. Nothing was changed.\n"
                    + "To make it from a snapshot, which\n  " + listSnapshots() + "\nlists:\n"
                    + "  pulumi config set disk restore && pulumi config set snapshot NAME && pulumi up\n"
                    + "To go on with a blank disk, without the state:\n  pulumi config set blankDisk " + settings.name()
                    + " && pulumi up && pulumi config rm blankDisk");
        }
    }

    private String restoredBefore(String snapshot) {
        return "This stack's disk " + settings.id() + " is gone, and it was made from the snapshot " + snapshot
                + " already: what was written since would be missing. Nothing was changed.\n"
                + "To make it from a later snapshot, which\n  " + listSnapshots() + "\nlists:\n"
                + "  pulumi config set snapshot NAME && pulumi up\nTo go back to that snapshot all the same:\n"
                + "  gcloud compute disks create " + settings.name() + " " + settings.gcloudPlace()
                + settings.replicaZone().map(zone -> " --replica-zones " + settings.zone() + "," + zone).orElse("")
                + " --type " + settings.type() + " --size " + settings.sizeGib() + "GB"
                + settings.kmsKey().map(key -> " --kms-key " + key).orElse("") + " --source-snapshot " + snapshot
                + "\n  pulumi config rm snapshot && pulumi config set disk adopt && pulumi up";
    }

    private String listSnapshots() {
        return DiskSettings.listSnapshots(settings.project(), settings.name());
    }

    /** Refuses a disk under the name of one that this stack is to make. */
    private void refuseUnlessMeant(ExistingDisk disk, boolean ours) {
        var makes = settings.source() == DiskSource.CREATE || settings.source() == DiskSource.RESTORE;
        if (makes && !ours) {
            throw new RunException("There is a disk " + settings.id()
                    + " already, and this stack did not make it; nothing was changed.\n"
                    + "To run the server on it, and own it from now on:\n  "
                    + settings.snapshot().map(path -> "pulumi config rm snapshot && ").orElse("")
                    + "pulumi config set disk adopt\n"
                    + "To make another disk:\n  pulumi config set diskName ANOTHER_NAME");
        }
        settings.snapshot().filter(path -> !disk.snapshot().equals(Optional.of(path))).ifPresent(path -> {
            throw new RunException("The disk " + settings.id() + " is there, and was not made from the snapshot " + path
                    + ". A snapshot is never restored onto a disk that holds a state, so nothing was changed.\n"
                    + "To keep the disk and its state:\n  pulumi config rm snapshot && pulumi config set disk create\n"
                    + "To go back to the snapshot, once `pulumi stack output onDestroy` says that the disk is kept, on"
                    + " a disk of another name:\n"
                    + "  pulumi destroy && pulumi config set diskName ANOTHER_NAME && pulumi up");
        });
    }

    /** Refuses a disk that this stack owned at its last up, and that another stack has adopted since. */
    private void refuseTakenOver(String label, boolean ours) {
        var owned = last.disk().equals(Optional.of(settings.id())) && !last.referenced();
        if (owned && !ours && !label.isEmpty() && settings.source() == DiskSource.ADOPT) {
            throw new RunException("The stack " + label + " has taken over the disk " + settings.id()
                    + " since this stack's last up; nothing was changed.\n"
                    + "To give this stack up, see docs/runbook.md, \"cluster-dead-cleanup\"."
                    + " To take the disk back, and the state on it:\n"
                    + "  gcloud compute disks remove-labels " + settings.name() + " --labels " + StackLabel.LABEL + " "
                    + settings.gcloudPlace());
        }
    }

    /**
     * Refuses a disk that is attached to a machine on which this stack's server can't run. {@link VolumeCheck} judges
     * who uses it on a node of this cluster.
     */
    private void refuseHeld(List<String> users, boolean used, boolean formerAnswers) {
        var strangers = users.stream().filter(machine -> !cluster.runsOn(machine))
                // The CSI driver force-attaches regional disks, so refuse even when the cluster has no nodes yet.
                .filter(machine -> !used || cluster.knowsMachines() || settings.regional() && cluster.nodes().isEmpty())
                .toList();
        if (!strangers.isEmpty()) {
            throw new RunException(AttachedDisk.refusal(strangers, settings, cluster, formerAnswers));
        }
    }

    private void refuseSize(int actual, boolean ours) {
        var wanted = settings.sizeGib();
        var referenced = settings.source() == DiskSource.REFERENCE;
        if (actual > wanted || actual < wanted && (referenced || !ours)) {
            throw new RunException("The disk " + settings.id()
                    + (referenced || actual > wanted ? " has " : " to adopt has only ") + actual
                    + " GiB, and diskSize says " + wanted + "; " + (referenced
                            ? "a disk that this stack doesn't own is never resized"
                            : actual > wanted ? "a disk can't shrink" : "it may be another than you mean")
                    + ", so nothing was changed.\n  pulumi config set diskSize " + actual
                    + (referenced || actual > wanted ? "" : "\nIt can grow once this stack owns it."));
        }
    }

    /** Refuses what the provider would replace the disk for. */
    private void refuseFixed(ExistingDisk disk) {
        var googles = "a key of Google's";
        refuseOther("is of type", disk.type(), settings.type(), "diskType", "its type", "set diskType " + disk.type());
        refuseOther("is encrypted with", disk.kmsKey().orElse(googles), settings.kmsKey().orElse(googles), "diskKmsKey",
                "its key", disk.kmsKey().map(key -> "set diskKmsKey " + key).orElse("rm diskKmsKey"));
        if (settings.regional()) {
            refuseOther("is in", String.join(" and ", disk.zones()), String.join(" and ", settings.zones()),
                    "the config", "its zones", "set-all --plaintext zone=" + disk.zones().get(0)
                            + " --plaintext replicaZone=" + disk.zones().get(disk.zones().size() - 1));
        }
    }

    private void refuseOther(String verb, String actual, String wanted, String key, String what, String fix) {
        if (!actual.equals(wanted)) {
            throw new RunException("The disk " + settings.id() + " " + verb + " " + actual + ", and " + key + " says "
                    + wanted + "; a disk can't change " + what + ", so nothing was changed.\n  pulumi config " + fix);
        }
    }
}
