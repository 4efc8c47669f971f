package skystate.disk;

import com.pulumi.core.Output;
import com.pulumi.gcp.compute.DiskResourcePolicyAttachment;
import com.pulumi.gcp.compute.DiskResourcePolicyAttachmentArgs;
import com.pulumi.gcp.compute.RegionDiskResourcePolicyAttachment;
import com.pulumi.gcp.compute.RegionDiskResourcePolicyAttachmentArgs;
import com.pulumi.gcp.compute.ResourcePolicy;
import com.pulumi.gcp.compute.ResourcePolicyArgs;
import com.pulumi.gcp.compute.inputs.ResourcePolicySnapshotSchedulePolicyArgs;
import com.pulumi.gcp.compute.inputs.ResourcePolicySnapshotSchedulePolicyRetentionPolicyArgs;
import com.pulumi.gcp.compute.inputs.ResourcePolicySnapshotSchedulePolicyScheduleArgs;
import com.pulumi.gcp.compute.inputs.ResourcePolicySnapshotSchedulePolicyScheduleDailyScheduleArgs;
import com.pulumi.gcp.compute.inputs.ResourcePolicySnapshotSchedulePolicySnapshotPropertiesArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The disk's daily snapshots: a schedule, and its attachment to the disk.
 *
 * <p>The schedule belongs to the disk, and not to the stack. Its name comes from the disk alone; it is imported where
 * it exists, kept as long as the disk, and deleted with it. So a stack whose disk another stack has adopted leaves the
 * schedule when it is destroyed. The stack never changes a schedule: that would be a replacement, which can't detach
 * what is kept. {@link ScheduleLookup} refuses a config that asks for it.
 *
 * <p>The schedule of a disk that this stack does not own is read, as the disk is ({@link StateDisk}).
 *
 * <p>Inputs: {@link Args}. No outputs.
 */
public final class SnapshotSchedule extends ComponentResource {

    /** Whole hour, UTC. Google begins within the hour. */
    public static final String TIME = "04:00";
    /** What {@code gcp} replaces a schedule for: all of it. */
    public static final List<String> FIXED =
            List.of("description", "name", "project", "region", "snapshotSchedulePolicy");

    /**
     * What the schedule is made from.
     *
     * @param settings the disk's settings
     * @param found    what the disk has of a schedule
     * @param disk     the disk
     * @param deleted  whether {@code pulumi destroy} deletes the disk, and the schedule with it; its snapshots stay
     * @param timeout  how long Google is waited for, whatever it does to the schedule
     */
    public record Args(DiskSettings settings, ScheduleLookup.Found found, StateDisk disk, boolean deleted,
                       Duration timeout) {
    }

    public SnapshotSchedule(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:SnapshotSchedule", name, options);
        var settings = args.settings();
        if (settings.source() == DiskSource.REFERENCE) {
            var reading = CustomResourceOptions.builder().parent(this).build();
            ResourcePolicy.get(name, Output.of(settings.scheduleId()), null, reading);
            if (settings.regional()) {
                RegionDiskResourcePolicyAttachment.get(name, Output.of(settings.attachmentId()), null, reading);
            } else {
                DiskResourcePolicyAttachment.get(name, Output.of(settings.attachmentId()), null, reading);
            }
        } else {
            managed(name, args);
        }
        registerOutputs(Map.of());
    }

    private void managed(String name, Args args) {
        var settings = args.settings();
        var policyOptions = options(args).ignoreChanges(FIXED);
        if (args.found().exists()) {
            policyOptions.importId(settings.scheduleId());
        }
        var policy = new ResourcePolicy(name, ResourcePolicyArgs.builder()
                .project(settings.project())
                .region(settings.region())
                // The handle waits for the disk, and never comes for one that is not the config's.
                .name(args.disk().volumeSource().handle().applyValue(handle -> settings.scheduleName()))
                .description("Daily snapshots of the disk " + settings.name() + " in " + settings.location()
                        + ": the state of a SkyPilot API server.")
                .snapshotSchedulePolicy(daily(settings.snapshotDays()))
                .build(), policyOptions.build());
        var attachmentOptions = options(args);
        if (args.found().attached()) {
            attachmentOptions.importId(settings.attachmentId());
        }
        if (settings.regional()) {
            new RegionDiskResourcePolicyAttachment(name, RegionDiskResourcePolicyAttachmentArgs.builder()
                    .project(settings.project()).region(settings.region()).disk(settings.name()).name(policy.name())
                    .build(), attachmentOptions.build());
        } else {
            new DiskResourcePolicyAttachment(name, DiskResourcePolicyAttachmentArgs.builder()
                    .project(settings.project()).zone(settings.zone()).disk(settings.name()).name(policy.name())
                    .build(), attachmentOptions.build());
        }
    }

    /**
     * A disk's entry that is taken out of the state takes the schedule's with it: docs/runbook.md,
     * cluster-dead-cleanup.
     */
    private CustomResourceOptions.Builder options(Args args) {
        return CustomResourceOptions.builder().parent(this).dependsOn(args.disk().resource())
                .retainOnDelete(!args.deleted()).customTimeouts(StateDisk.waiting(args.timeout()));
    }

    private static ResourcePolicySnapshotSchedulePolicyArgs daily(int days) {
        return ResourcePolicySnapshotSchedulePolicyArgs.builder()
                .schedule(ResourcePolicySnapshotSchedulePolicyScheduleArgs.builder()
                        .dailySchedule(ResourcePolicySnapshotSchedulePolicyScheduleDailyScheduleArgs.builder()
                                .daysInCycle(1).startTime(TIME).build())
                        .build())
                .retentionPolicy(ResourcePolicySnapshotSchedulePolicyRetentionPolicyArgs.builder()
                        .maxRetentionDays(days).onSourceDiskDelete("KEEP_AUTO_SNAPSHOTS").build())
                .snapshotProperties(ResourcePolicySnapshotSchedulePolicySnapshotPropertiesArgs.builder()
                        .labels(Map.of("app", "sky-api-server")).build())
                .build();
    }
}
