package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetResourcePolicyPlainArgs;
import com.pulumi.gcp.compute.outputs.GetResourcePolicyResult;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks at the disk's snapshot schedule, at preview too and before anything is registered. A disk takes one schedule: one that somebody else has attached is used in place of
 * the stack's own. The stack's own is never changed once it is there: the provider would replace it, and Google lets none go that a disk has.
 */
final class ScheduleLookup {

    /**
     * What the disk has of a schedule.
     *
     * @param inUse    path of the schedule that the disk has, whoever made it
     * @param attached whether that is the one that such a stack makes
     * @param exists   whether the one that such a stack makes is there, attached or not
     */
    record Found(Optional<String> inUse, boolean attached, boolean exists) {

        /** Whether the stack has a schedule of its own for the disk, or makes one; and if it does not own the disk, whether there is one to let go of. */
        boolean isOurs(Settings.Disk disk) {
            return attached || disk.snapshotDays() > 0 && inUse.isEmpty();
        }

        /** Path of the schedule by which the disk's snapshots are taken from now on. */
        Optional<String> from(Settings.Disk disk) {
            return isOurs(disk) ? Optional.of(disk.scheduleId()) : inUse;
        }

        /** What to tell the user of a schedule that is used in place of the stack's own, once. */
        Optional<String> told(Settings.Disk disk, LastUp last) {
            return inUse.filter(path -> disk.snapshotDays() > 0 && !attached && !last.schedule().equals(inUse))
                    .map(path -> "The disk " + disk.id() + " has a snapshot schedule already, " + path + ": it stays, and is used in place of one of this stack's.");
        }
    }

    private ScheduleLookup() {
    }

    /**
     * Looks the schedule up.
     *
     * @param disk     the disk's settings
     * @param policies paths of the resource policies that the disk has; none if there is no disk yet
     * @param answer   what Google has: {@link #ask(Settings.Disk)}
     * @throws RunException if the schedule of such a stack is there, and is not as the config says
     */
    static Found look(Settings.Disk disk, List<String> policies, Supplier<Optional<GetResourcePolicyResult>> answer) {
        var attached = policies.contains(disk.scheduleId());
        if (disk.source() == DiskSource.REFERENCE) {
            return new Found(policies.stream().findFirst(), attached, attached);
        }
        // A disk may have policies of other kinds.
        var inUse = attached ? Optional.of(disk.scheduleId())
                : policies.stream().filter(path -> ask(path).get().filter(policy -> !policy.snapshotSchedulePolicies().isEmpty()).isPresent()).findFirst();
        if (disk.snapshotDays() == 0 && attached) {
            throw new RunException("The disk " + disk.id() + " has the snapshot schedule " + disk.scheduleName() + ", and snapshotDays is 0. A schedule goes with its disk,"
                    + " and no up takes it off, so nothing was changed.\nTo have no more snapshots taken (those that were taken stay):\n  " + remove(disk)
                    + "\nTo keep the schedule:\n  pulumi config rm snapshotDays");
        }
        var ours = disk.snapshotDays() > 0 && inUse.isEmpty() || attached ? answer.get() : Optional.<GetResourcePolicyResult>empty();
        ours.ifPresent(policy -> refuseOtherDays(disk, policy));
        return new Found(inUse, attached, ours.isPresent());
    }

    private static void refuseOtherDays(Settings.Disk disk, GetResourcePolicyResult policy) {
        var days = policy.snapshotSchedulePolicies().stream().flatMap(schedule -> schedule.retentionPolicies().stream())
                .map(retention -> retention.maxRetentionDays()).findFirst().orElse(0);
        if (days != disk.snapshotDays()) {
            throw new RunException("The snapshot schedule " + disk.scheduleId() + " keeps snapshots for " + (days == 0 ? "ever" : days + " days") + ", and snapshotDays says "
                    + disk.snapshotDays() + ". A schedule goes with its disk, and no up changes it, so nothing was changed.\nTo change it:\n"
                    + "  gcloud compute resource-policies update snapshot-schedule " + disk.scheduleName() + " --project " + disk.project() + " --region " + disk.region()
                    + " --max-retention-days " + disk.snapshotDays() + " && pulumi up\n"
                    + (days == 0 ? "To have it made anew:\n  " + remove(disk) + " && pulumi up" : "To keep it as it is:\n  pulumi config set snapshotDays " + days));
        }
    }

    private static String remove(Settings.Disk disk) {
        return "gcloud compute disks remove-resource-policies " + disk.name() + " --resource-policies " + disk.scheduleName() + " " + disk.gcloudPlace()
                + " && gcloud compute resource-policies delete " + disk.scheduleName() + " --project " + disk.project() + " --region " + disk.region();
    }

    /** Asks Google about the schedule that such a stack makes, if it is to have one. What is returned waits for the answer. */
    static Supplier<Optional<GetResourcePolicyResult>> ask(Settings.Disk disk) {
        return disk.source() != DiskSource.REFERENCE && disk.snapshotDays() > 0 ? ask(disk.scheduleId()) : () -> ask(disk.scheduleId()).get();
    }

    /** Asks about a resource policy: the answer is none if there is none. */
    private static Supplier<Optional<GetResourcePolicyResult>> ask(String path) {
        var id = path.split("/");
        var answer = ComputeFunctions.getResourcePolicyPlain(GetResourcePolicyPlainArgs.builder().project(id[1]).region(id[3]).name(id[5]).build(), PluginVersions.invoke(PluginVersions.GCP));
        return () -> new GoogleQuestion("snapshot schedule " + path, "gcloud compute resource-policies describe " + id[5] + " --project " + id[1] + " --region " + id[3],
                " To do without a schedule of this stack's:\n  pulumi config set snapshotDays 0").find(path + " not found", answer);
    }
}
