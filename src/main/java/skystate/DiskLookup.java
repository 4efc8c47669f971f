package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetDiskPlainArgs;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import static java.util.stream.Collectors.joining;

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
     * @param formerAnswers whether the cluster in which the server was, another than the config's, still answers
     * @param answer   what Google has: {@link #ask}
     * @throws RunException if the disk is not what the config says of it, or if it is gone, and the config doesn't say what
     *                      is meant to take its place; or if Google doesn't tell
     */
    static Found look(Settings.Disk settings, Owner owner, ClusterState cluster, LastUp last, boolean formerAnswers,
                      Supplier<Optional<GoogleDisk>> answer) {
        var had = had(owner, cluster, last);
        return answer.get().map(disk -> {
            var owns = disk.labels().getOrDefault(Owner.LABEL, "");
            var found = new Found(true, owner.is(owns), disk.snapshot(), Optional.ofNullable(disk.labels().get(ChartLabel.KEY)), disk.policies());
            refuseUnlessMeant(found, settings);
            refuseTakenOver(owns, settings, found.ours(), last);
            refuseHeld(disk.users(), settings, found.ours() || had.isPresent(), cluster, formerAnswers);
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

    /**
     * Asks Google about a disk. What is returned waits for the answer: the disk, unless there is none.
     *
     * @param id       {@code projects/P/zones/Z/disks/D} or {@code projects/P/regions/R/disks/D}
     * @param endpoint where Compute Engine's REST API is, with a slash at its end
     */
    static Supplier<Optional<GoogleDisk>> ask(String id, String endpoint) {
        var question = question(id);
        var part = id.split("/");
        if (part[2].equals("regions")) {
            return () -> ComputeApi.ask(id, endpoint, ComputeApi.token(), question);
        }
        var answer = ComputeFunctions.getDiskPlain(GetDiskPlainArgs.builder().project(part[1]).zone(part[3]).name(part[5]).build(), PluginVersions.invoke(PluginVersions.GCP));
        return () -> question.find(id + " not found", answer).map(GoogleDisk::of);
    }

    private static GoogleQuestion question(String id) {
        return new GoogleQuestion("disk " + id, describe(id));
    }

    private static String describe(String id) {
        return "gcloud compute disks describe " + shortName(id) + " " + Settings.Disk.gcloudPlace(id);
    }

    /**
     * What Google has of the disk once a run has failed: the engine has ended, so the provider can't be asked.
     *
     * @param token by which Google is asked
     */
    static String seen(Settings.Disk settings, String endpoint, CompletableFuture<String> token) {
        var id = settings.id();
        try {
            return ComputeApi.ask(id, endpoint, token, question(id)).map(disk -> "Google has the disk " + id + ": " + disk.sizeGib() + " GiB, attached to "
                            + (disk.users().isEmpty() ? "no machine." : String.join(", ", disk.users()) + "."))
                    .orElse("Google has no disk " + id + ". If it had the state, its snapshots may be there still:\n  "
                            + Settings.Disk.listSnapshots(settings.project(), settings.name()));
        } catch (RunException unanswered) {
            return unseen(id);
        }
    }

    /** How to look where Google did not answer. */
    static String unseen(String id) {
        return "Google did not answer about the disk " + id + ". See what it has:\n  " + describe(id);
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
                + "lists the disks that such stacks made; set gcp:project, zone"
                + (settings.regional() ? ", replicaZone" : "") + " and diskName to the one you mean.";
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
                + "  gcloud compute disks create " + settings.name() + " " + settings.gcloudPlace()
                + settings.replicaZone().map(replica -> " --replica-zones " + settings.zone() + "," + replica).orElse("")
                + " --type " + settings.type() + " --size " + settings.sizeGib() + "GB" + settings.kmsKey().map(key -> " --kms-key " + key).orElse("")
                + " --source-snapshot " + snapshot + "\n"
                + "  pulumi config rm snapshot && pulumi config set disk adopt && pulumi up";
    }

    /** What to say when the config names another disk than the stack has. */
    static String anotherDisk(String actual, Settings.Disk configured) {
        var id = actual.split("/");
        return """
                The config names another disk than this stack has; nothing was changed.
                  this stack's disk: %s
                  the config's disk: %s
                The state would be left behind on the old disk. Set gcp:project, zone, replicaZone and diskName back to what they were%s
                To move on purpose, once `pulumi stack output onDestroy` says that the disk is kept:
                  pulumi destroy
                  gcloud compute disks snapshot %s %s --snapshot-names NAME
                  pulumi config set-all --plaintext disk=restore --plaintext snapshot=projects/%s/global/snapshots/NAME && pulumi up
                """.formatted(actual, configured.id(), back(id, configured), id[5], Settings.Disk.gcloudPlace(actual), id[1]);
    }

    /** The line that sets the config back. The id of a disk in two zones doesn't tell them. */
    private static String back(String[] actual, Settings.Disk configured) {
        if (configured.regional() || !actual[2].equals("zones")) {
            return ".";
        }
        var lines = new ArrayList<String>();
        var now = configured.id().split("/");
        new TreeMap<>(Map.of(1, "gcp:project", 3, "zone", 5, "diskName")).forEach((part, key) -> {
            if (!actual[part].equals(now[part])) {
                lines.add("pulumi config set " + key + " " + actual[part]);
            }
        });
        return ":\n  " + String.join(" && ", lines);
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
                    + "  gcloud compute disks remove-labels " + settings.name() + " --labels " + Owner.LABEL + " " + settings.gcloudPlace());
        }
    }

    /** Refuses a disk that a machine holds on which this stack's server can't be running. Who uses it on a node here, the volumes tell: {@link VolumeCheck}. */
    private static void refuseHeld(List<String> users, Settings.Disk settings, boolean used, ClusterState cluster,
                                   boolean formerAnswers) {
        var strangers = users.stream().filter(machine -> !cluster.runsOn(machine))
                // The CSI driver force-attaches regional disks, so a cluster without nodes yet is no excuse.
                .filter(machine -> !used || cluster.knowsMachines() || settings.regional() && cluster.nodes().isEmpty())
                .toList();
        if (!strangers.isEmpty()) {
            throw new RunException("The disk " + settings.id() + " is held by " + String.join(", ", strangers)
                    + ", which is no node of this cluster: a server may run there. Nothing was changed.\n"
                    + "If one does, `pulumi destroy` in the stack that made it lets go of the disk, as"
                    + " docs/runbook.md has it under \"two-stacks\"; one that was installed by hand is under \"from-helm\"."
                    + (formerAnswers ? "" : taken(strangers.get(0), settings, cluster)));
        }
    }

    /** How the disk is taken from a machine on which no server of this stack's can be running any more. */
    private static String taken(String machine, Settings.Disk settings, ClusterState cluster) {
        var where = shortName(machine) + " " + Settings.Disk.gcloudPlace(machine);
        var scope = settings.regional() ? " --disk-scope regional" : "";
        return "\nIf its cluster is lost, delete the machine that it left:\n"
                + "  gcloud compute instances delete " + where + " --keep-disks data"
                + "\nA machine that is to stay lets go of the disk, once nothing there uses it, by\n"
                + "  gcloud compute instances detach-disk " + where + " --disk " + settings.name() + scope
                + (settings.regional() ? takenByForce(settings, machine, cluster) : "");
    }

    /** How a regional disk is taken from a machine of a lost zone, which can be neither asked nor deleted. */
    private static String takenByForce(Settings.Disk settings, String holder, ClusterState cluster) {
        var zone = holder.split("/")[3];
        var node = cluster.nodes().stream().map(ClusterState.Machine::id).filter(id -> !id.isEmpty() && !id.split("/")[3].equals(zone)).findFirst()
                .map(id -> shortName(id) + " " + Settings.Disk.gcloudPlace(id)).orElse("NODE --zone ZONE");
        return "\nIf the zone " + zone + " itself is lost, so that its machines can't be deleted, take the disk from there by force; a server that still ran there would lose it:\n"
                + "  gcloud compute instances attach-disk " + node + " --disk " + settings.name() + " --disk-scope regional --force-attach\n"
                + "  gcloud compute instances detach-disk " + node + " --disk " + settings.name() + " --disk-scope regional";
    }

    private static void refuseUnlessFit(GoogleDisk disk, Settings.Disk settings, boolean ours) {
        if (settings.source() == DiskSource.REFERENCE && disk.sizeGib() != settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " has " + disk.sizeGib() + " GiB, and diskSize says " + settings.sizeGib()
                    + "; a disk that this stack doesn't own is never resized, so nothing was changed.\n  pulumi config set diskSize " + disk.sizeGib());
        }
        if (!ours && disk.sizeGib() < settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " to adopt has only " + disk.sizeGib() + " GiB, and diskSize says "
                    + settings.sizeGib() + "; it may be another than you mean, so nothing was changed.\n  pulumi config set diskSize " + disk.sizeGib()
                    + "\nIt can grow once this stack owns it.");
        }
        if (disk.sizeGib() > settings.sizeGib()) {
            throw new RunException("The disk " + settings.id() + " has " + disk.sizeGib() + " GiB, and diskSize says " + settings.sizeGib()
                    + "; a disk can't shrink, so nothing was changed.\n  pulumi config set diskSize " + disk.sizeGib());
        }
        refuseDifferent(settings, "is of type", disk.type(), settings.type(), "diskType", "its type", "set diskType " + disk.type());
        refuseDifferent(settings, "is encrypted with", disk.kmsKey().orElse("a key of Google's"), settings.kmsKey().orElse("a key of Google's"), "diskKmsKey", "its key",
                disk.kmsKey().map(key -> "set diskKmsKey " + key).orElse("rm diskKmsKey"));
        if (settings.regional() && !disk.zones().equals(settings.zones())) {
            throw new RunException("The disk " + settings.id() + " is in " + String.join(" and ", disk.zones()) + ", and the config says "
                    + String.join(" and ", settings.zones()) + "; a disk can't change its zones, so nothing was changed.\n  pulumi config set zone "
                    + disk.zones().get(0) + disk.zones().stream().skip(1).map(zone -> " && pulumi config set replicaZone " + zone).collect(joining()));
        }
    }

    /** Refuses what the provider would replace the disk for. */
    private static void refuseDifferent(Settings.Disk settings, String verb, String actual, String wanted, String key, String what, String fix) {
        if (!actual.equals(wanted)) {
            throw new RunException("The disk " + settings.id() + " " + verb + " " + actual + ", and " + key + " says " + wanted + "; a disk can't change " + what
                    + ", so nothing was changed.\n  pulumi config " + fix);
        }
    }

    /** What a URL of Google's names: projects/... */
    static String path(String url) {
        return url.replaceFirst(".*/projects/", "projects/");
    }

    /** The last part of a URL or path of Google's. */
    static String shortName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
