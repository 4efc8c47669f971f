package skystate.checks;

import com.pulumi.exceptions.RunException;
import skystate.cluster.ClusterState.Claim;
import skystate.cluster.ClusterState.Volume;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.config.DiskSettings;
import skystate.config.ServerSettings;
import skystate.config.Settings;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;
import skystate.volume.StateVolume;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses what could delete the disk, or have two servers write to it. It judges by the PersistentVolumes that stand on
 * the disk, whatever they are called: a server that Helm installed has its state on a volume of any name, whose reclaim
 * policy is Delete.
 */
public final class VolumeCheck {

    private static final Pattern ZONAL = Pattern.compile("projects/([^/]+)/zones/([^/]+)/disks/([^/]+)");

    private final ClusterSettings cluster;
    private final ServerSettings server;
    private final Settings settings;
    private final StackLabel owner;
    private final PreviousOutputs last;
    private final List<Volume> volumes;
    private final List<Volume> onDisk;

    private VolumeCheck(ClusterSettings cluster, List<Volume> volumes, Settings settings, StackLabel owner,
                        PreviousOutputs last) {
        this.cluster = cluster;
        this.server = settings.server();
        this.settings = settings;
        this.owner = owner;
        this.last = last;
        this.volumes = volumes;
        this.onDisk = volumes.stream().filter(volume -> volume.isOn(settings.state())).toList();
    }

    /**
     * Checks the volumes of the cluster in which the server is to run.
     *
     * @param found what that cluster has
     * @throws RunException that says which volume is in the way, what would happen, and the command that helps
     */
    public static void refuseUnlessSafe(ClusterState found, Settings settings, StackLabel owner, PreviousOutputs last) {
        var check = new VolumeCheck(settings.cluster(), found.volumes(), settings, owner, last);
        check.refuseUnlessRetained();
        check.refuseBound();
        if (!settings.state().driver().isEmpty()) {
            found.volume().filter(volume -> !owner.is(volume.owner())).ifPresent(check::refuseNamed);
            found.claim().filter(claim -> !claim.volume().equals(StateVolume.NAME)).ifPresent(check::refuseClaimed);
        }
    }

    /**
     * Checks the volumes of the cluster in which the stack's server ran before. The engine deletes there what the stack
     * has made.
     *
     * @param former  how to reach that cluster
     * @param volumes what it has
     * @throws RunException as {@link #refuseUnlessSafe} does
     */
    public static void refuseUnlessLeft(ClusterSettings former, List<Volume> volumes, Settings settings,
                                        StackLabel owner,
                                        PreviousOutputs last) {
        var check = new VolumeCheck(former, volumes, settings, owner, last);
        check.refuseUnlessRetained();
        check.refuseBound();
    }

    /** A claim may go at any time: with a release that somebody uninstalls, or when an up replaces our volume. */
    private void refuseUnlessRetained() {
        var lost = volumes.stream().filter(volume -> (onDisk.contains(volume) || isOurs(volume)) && !volume.retained())
                .toList();
        if (!lost.isEmpty()) {
            throw new RunException(describe(lost.get(0)) + " has the reclaim policy " + lost.get(0).policy()
                    + ": the disk would be deleted with the volume's claim. Nothing was changed.\n"
                    + "Keep the disk, and run the same command again:\n"
                    + cluster.lines(lost.stream().map(this::retain).toArray(String[]::new)));
        }
    }

    /** Whoever holds a volume on the disk may be writing to it. */
    private void refuseBound() {
        var expected = ClusterState.claim(server);
        onDisk.stream().filter(Volume::bound).filter(volume -> !isOurs(volume)
                || !volume.claim().equals(expected) && !last.knows(volume.claim())).findFirst().ifPresent(volume -> {
                    throw new RunException(describe(volume) + " is bound to the claim " + volume.claim()
                            + ", which this stack did not create. The config expects " + expected
                            + ". Continuing would run two servers on one disk, so nothing was changed.\n"
                            + (isOurs(volume) ? takeUp(volume) : volume.owner().isEmpty() || owner.is(volume.owner())
                                    ? moveIntoStack(volume) : leaveAlone(volume)));
                });
    }

    /** The volume has the name of this stack's own, and somebody else made it. */
    private void refuseNamed(Volume volume) {
        throw new RunException("The cluster" + cluster.named() + " has a PersistentVolume " + volume.name()
                + " already, which "
                + (volume.owner().isEmpty() ? "was made without a stack" : "the stack " + volume.owner() + " made")
                + "; nothing was changed.\n  its disk:  " + volume.handle() + "\n  its claim: "
                + (volume.claim().isEmpty() ? "none" : volume.claim()) + "\n"
                + (volume.bound() ? "A server uses it. Leave it alone, and name another cluster:\n  "
                        + settings.cluster().another() + meant(volume)
                        : volume.retained()
                                ? "No claim holds it, and its reclaim policy is Retain: its disk stays without it."
                                        + " If nobody needs the volume, make way for this stack's:\n"
                                        + cluster.lines(delete(volume))
                                : "No claim holds it, and its disk is deleted with it. Keep that disk first, and run"
                                        + " the same command again:\n" + cluster.lines(retain(volume))));
    }

    /** The lines by which the config names the volume's disk, where the two differ in zone or name alone. */
    private String meant(Volume volume) {
        var theirs = ZONAL.matcher(volume.handle());
        var ours = ZONAL.matcher(settings.state() instanceof DiskSettings disk ? disk.id() : "");
        if (!theirs.matches() || !ours.matches() || !theirs.group(1).equals(ours.group(1))) {
            return "";
        }
        return "\nIf the config means the disk of that volume, name it, and run the same command again:"
                + (theirs.group(2).equals(ours.group(2)) ? "" : "\n  pulumi config set zone " + theirs.group(2))
                + (theirs.group(3).equals(ours.group(3)) ? "" : "\n  pulumi config set diskName " + theirs.group(3));
    }

    /** The release would make this claim, and it is there already. */
    private void refuseClaimed(Claim claim) {
        var name = ClusterState.claim(server);
        if (claim.terminating()) {
            throw new RunException("The claim " + name + " is being deleted; nothing was changed.\n"
                    + "Once it is gone, run the same command again:\n" + cluster.lines(in(server.namespace())
                            + " wait --for=delete pvc/" + server.claim() + " --timeout=10m"));
        }
        throw new RunException("The claim " + name + " is there already, and takes "
                + (claim.volume().isEmpty() ? "any volume" : "PersistentVolume " + claim.volume())
                + ", which is not on " + settings.state().named().replaceFirst("^The ", "the ")
                + ". A server that was installed by hand has its state there, so nothing was changed.\n"
                + "Install this stack's server beside it, under another name:\n"
                + "  pulumi config set release ANOTHER_NAME\n"
                + "To move that server into this stack, see docs/runbook.md, \"from-helm\".");
    }

    /** No finished up tells of this server of the stack's: the Pulumi state was lost, or an up was cut off. */
    private String takeUp(Volume volume) {
        return "To take that server up, and then change what is to change:\n"
                + (volume.namespace().equals(server.namespace()) ? ""
                        : "  pulumi config set namespace " + volume.namespace() + "\n")
                + (volume.release().equals(server.release()) ? ""
                        : "  pulumi config set release " + volume.release() + "\n")
                + "To give that server up, and have the config's in its place on the same disk:\n"
                + cluster.lines(stop(volume));
    }

    private static String leaveAlone(Volume volume) {
        return "The stack " + volume.owner() + " made that volume. Leave it alone. To move the server here, run"
                + " `pulumi destroy` in that stack, as docs/runbook.md has it under \"two-stacks\", and then the same"
                + " command again.";
    }

    /** Every volume on the disk is Retain by now: {@link #refuseUnlessRetained} comes first. */
    private String moveIntoStack(Volume volume) {
        if (!ServerSettings.isClaim(volume.claimName())) {
            return "See who uses the claim (Used By). Once nobody does, and the claim is gone, run the same command"
                    + " again:\n" + cluster.lines(in(volume.namespace()) + " describe pvc " + volume.claimName());
        }
        var lines = new ArrayList<>(List.of(cluster.helm() + " uninstall " + volume.release()
                + " --ignore-not-found --namespace " + volume.namespace(),
                stop(volume) + "    # what Helm doesn't know of"));
        if (volume.name().equals(StateVolume.NAME)) {
            lines.add(delete(volume));
        }
        return "A server that was installed by hand runs there. To move it into this stack, uninstall it; every volume"
                + " on the disk is Retain, so the disk stays:\n" + cluster.lines(lines.toArray(String[]::new))
                + "\nThen run the same command again. docs/runbook.md, \"from-helm\", has all steps.";
    }

    private String retain(Volume volume) {
        return cluster.kubectl() + " patch pv " + volume.name()
                + " --patch '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'";
    }

    private String delete(Volume volume) {
        return cluster.kubectl() + " delete pv " + volume.name();
    }

    /** What ends the server that a volume's claim is of, whatever Helm knows. */
    private String stop(Volume volume) {
        return in(volume.namespace()) + " delete --ignore-not-found deployment/" + volume.release() + "-api-server"
                + " pvc/" + volume.claimName();
    }

    private String in(String namespace) {
        return cluster.kubectl() + " --namespace " + namespace;
    }

    private String describe(Volume volume) {
        return "PersistentVolume " + volume.name() + " of the cluster" + cluster.named() + ", on the disk "
                + volume.handle() + ",";
    }

    /** Whether this stack made the volume. */
    private boolean isOurs(Volume volume) {
        return volume.name().equals(StateVolume.NAME) && owner.is(volume.owner());
    }
}
