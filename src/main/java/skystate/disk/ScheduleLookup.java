package skystate.disk;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetResourcePolicyPlainArgs;
import com.pulumi.gcp.compute.outputs.GetResourcePolicyResult;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.engine.PluginVersions;
import skystate.engine.PreviousOutputs;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks at the disk's snapshot schedule, at preview too and before anything is registered. A disk has one schedule: a
 * policy that the disk has already is used in place of the stack's own. The stack never changes its own schedule: the
 * provider would replace it, and Google deletes none that a disk has.
 */
public final class ScheduleLookup {

    /**
     * The disk's schedule.
     *
     * @param inUse    path of the policy that the disk has, whoever made it
     * @param attached whether that is the stack's own
     * @param exists   whether the stack's own is there, attached or not
     */
    public record Found(Optional<String> inUse, boolean attached, boolean exists) {

        /** Whether the stack has a schedule of its own for the disk, or makes one. */
        public boolean isOurs(DiskSettings disk) {
            return attached || disk.snapshotDays() > 0 && inUse.isEmpty();
        }

        /** Path of the schedule that takes the disk's snapshots from now on. */
        public Optional<String> from(DiskSettings disk) {
            return isOurs(disk) ? Optional.of(disk.scheduleId()) : inUse;
        }

        /** What to tell the user, once, about a policy that is used in place of the stack's own. */
        public Optional<String> notice(DiskSettings disk, PreviousOutputs last) {
            return inUse.filter(path -> disk.snapshotDays() > 0 && !attached && !last.schedule().equals(inUse))
                    .map(path -> "The disk " + disk.id() + " has the resource policy " + path
                            + " already. It stays, and this stack adds no snapshot schedule.");
        }
    }

    private ScheduleLookup() {
    }

    /**
     * Asks Google about the stack's own schedule, if the disk is to have one.
     *
     * @return the answer; empty if nothing was asked
     */
    public static Optional<CompletableFuture<GetResourcePolicyResult>> ask(DiskSettings disk) {
        return Optional.of(disk).filter(its -> its.source() != DiskSource.REFERENCE && its.snapshotDays() > 0)
                .map(its -> ComputeFunctions.getResourcePolicyPlain(GetResourcePolicyPlainArgs.builder()
                        .project(its.project()).region(its.region()).name(its.scheduleName()).build(),
                        PluginVersions.invoke(PluginVersions.GCP)));
    }

    /**
     * The disk's schedule.
     *
     * @param policies paths of the resource policies that the disk has; none if there is no disk yet
     * @param answer   {@link #ask}
     * @throws RunException if the stack's own schedule is there, and is not as the config says
     */
    public static Found look(DiskSettings disk, List<String> policies,
                             Optional<CompletableFuture<GetResourcePolicyResult>> answer) {
        var attached = policies.contains(disk.scheduleId());
        var inUse = attached ? Optional.of(disk.scheduleId()) : policies.stream().findFirst();
        if (disk.source() == DiskSource.REFERENCE) {
            return new Found(inUse, attached, attached);
        }
        if (disk.snapshotDays() == 0 && attached) {
            throw new RunException("The disk " + disk.id() + " has the snapshot schedule " + disk.scheduleName()
                    + ", and snapshotDays is 0. A schedule stays with its disk, and no up takes it off, so nothing was"
                    + " changed.\nTo have no more snapshots taken (those that were taken stay):\n  " + remove(disk)
                    + "\nTo keep the schedule:\n  pulumi config rm snapshotDays");
        }
        var ours = answer.filter(asked -> attached || inUse.isEmpty()).flatMap(asked -> new GoogleRequest(
                "snapshot schedule " + disk.scheduleId(), "gcloud compute resource-policies describe " + place(disk),
                " To do without a schedule of this stack's:\n  pulumi config set snapshotDays 0")
                .find(disk.scheduleId() + " not found", asked));
        ours.ifPresent(policy -> refuseOtherDays(disk, policy));
        return new Found(inUse, attached, ours.isPresent());
    }

    private static void refuseOtherDays(DiskSettings disk, GetResourcePolicyResult policy) {
        var days = policy.snapshotSchedulePolicies().stream().flatMap(schedule -> schedule.retentionPolicies().stream())
                .map(retention -> retention.maxRetentionDays()).findFirst().orElse(0);
        if (days != disk.snapshotDays()) {
            throw new RunException("The snapshot schedule " + disk.scheduleId() + " keeps snapshots for "
                    + (days == 0 ? "ever" : days + " days") + ", and snapshotDays says " + disk.snapshotDays()
                    + ". A schedule stays with its disk, and no up changes it, so nothing was changed.\nTo change it:\n"
                    + "  gcloud compute resource-policies update snapshot-schedule " + place(disk)
                    + " --max-retention-days " + disk.snapshotDays() + " && pulumi up\n"
                    + (days == 0 ? "To have this stack make another:\n  " + remove(disk) + " && pulumi up"
                            : "To keep it as it is:\n  pulumi config set snapshotDays " + days));
        }
    }

    private static String place(DiskSettings disk) {
        return disk.scheduleName() + " --project " + disk.project() + " --region " + disk.region();
    }

    private static String remove(DiskSettings disk) {
        return "gcloud compute disks remove-resource-policies " + disk.name() + " --resource-policies "
                + disk.scheduleName() + " " + disk.gcloudPlace()
                + " && gcloud compute resource-policies delete " + place(disk);
    }
}
