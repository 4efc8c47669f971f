package skystate.disk;

import com.pulumi.core.Output;
import com.pulumi.gcp.compute.Disk;
import com.pulumi.gcp.compute.DiskArgs;
import com.pulumi.gcp.compute.RegionDisk;
import com.pulumi.gcp.compute.RegionDiskArgs;
import com.pulumi.gcp.compute.inputs.DiskDiskEncryptionKeyArgs;
import com.pulumi.gcp.compute.inputs.RegionDiskDiskEncryptionKeyArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResource;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.CustomTimeouts;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.engine.AbortUpdate;
import skystate.volume.StateVolume;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The persistent disk that holds the API server's state.
 *
 * <p>No change of config or of this program replaces it. The provider deletes a disk and creates a blank one under the
 * same name on any change but of labels, a larger size or a hyperdisk's provisioning (facts: G2). So every such
 * property is ignored once the disk exists, a smaller size is refused before anything is registered
 * ({@code DiskCheck}), and a disk that is not the one the config names is refused here. On destroy the disk stays,
 * unless the config names it.
 *
 * <p>A referenced disk is read under the URN of a managed one, so that a disk that this stack managed leaves the state
 * without being deleted; and a disk that was read is imported as it is. Neither writes anything.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #id}, {@link #selfLink}, {@link #volumeSource}.
 */
public final class StateDisk extends ComponentResource {

    public static final String TYPE = "skystate:index:StateDisk";

    /** What {@code gcp} replaces a disk for (facts: G2), except the size; and what is provisioned of a hyperdisk. */
    public static final List<String> FIXED = List.of(
            "description", "type", "zone", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "image",
            "resourcePolicies", "physicalBlockSizeBytes", "enableConfidentialCompute", "provisionedIops",
            "provisionedThroughput");

    /** What it replaces a regional disk for (read in its sources), except the size. */
    public static final List<String> REGIONAL_FIXED = List.of(
            "description", "type", "region", "replicaZones", "project", "name", "diskEncryptionKey", "snapshot",
            "sourceDisk", "physicalBlockSizeBytes");

    /**
     * What the disk is made from.
     *
     * @param settings the disk's settings
     * @param exists   whether the disk is there already: it is imported then
     * @param labels   labels that tell a person in the console, and this program, whose disk it is
     * @param deleted  whether {@code pulumi destroy} deletes the disk
     * @param timeout  how long Google is waited for, whatever it does to the disk
     */
    public record Args(DiskSettings settings, boolean exists, Map<String, String> labels, boolean deleted,
                       Duration timeout) {
    }

    /**
     * Has the driver attach the disk although another machine still has it, which Google allows for regional disks
     * only. Without it, a machine of a lost zone would keep the disk from the other zone.
     */
    private static final Map<String, String> FORCE_ATTACH = Map.of("force-attach", "true");
    private static final String DESCRIPTION =
            "State of a SkyPilot API server: its users, clusters and jobs. Deleting this disk deletes them.";

    private final DiskSettings settings;
    private final CustomResource disk;
    private final Output<String> selfLink;
    private final Output<String> handle;

    public StateDisk(String name, Args args, ComponentResourceOptions options) {
        super(TYPE, name, options);
        this.settings = args.settings();
        if (settings.regional()) {
            var regional = regional(name, args);
            this.disk = regional;
            this.selfLink = regional.selfLink();
            this.handle = Output.tuple(regional.project(), regional.region(), regional.name())
                    .apply(actual -> sameDisk(DiskSettings.regionalId(actual.t1, actual.t2, actual.t3), settings));
        } else {
            var zonal = zonal(name, args);
            this.disk = zonal;
            this.selfLink = zonal.selfLink();
            this.handle = Output.tuple(zonal.project(), zonal.zone(), zonal.name())
                    .apply(actual -> sameDisk(DiskSettings.zonalId(actual.t1, actual.t2, actual.t3), settings));
        }
        registerOutputs(Map.of("id", id(), "selfLink", selfLink(), "handle", handle));
    }

    private Disk zonal(String name, Args args) {
        if (settings.source() == DiskSource.REFERENCE) {
            return Disk.get(name, Output.of(settings.id()), null, readOptions());
        }
        var disk = DiskArgs.builder()
                .project(settings.project())
                .zone(settings.zone())
                .name(settings.name())
                .size(settings.sizeGib())
                .type(settings.type())
                .description(DESCRIPTION)
                .labels(args.labels());
        settings.snapshot().ifPresent(disk::snapshot);
        settings.kmsKey().ifPresent(
                key -> disk.diskEncryptionKey(DiskDiskEncryptionKeyArgs.builder().kmsKeySelfLink(key).build()));
        return new Disk(name, disk.build(), options(args, FIXED));
    }

    private RegionDisk regional(String name, Args args) {
        if (settings.source() == DiskSource.REFERENCE) {
            return RegionDisk.get(name, Output.of(settings.id()), null, readOptions());
        }
        var disk = RegionDiskArgs.builder()
                .project(settings.project())
                .region(settings.region())
                .replicaZones(settings.zones())
                .name(settings.name())
                .size(settings.sizeGib())
                .type(settings.type())
                .description(DESCRIPTION)
                .labels(args.labels());
        settings.snapshot().ifPresent(disk::snapshot);
        settings.kmsKey().ifPresent(
                key -> disk.diskEncryptionKey(RegionDiskDiskEncryptionKeyArgs.builder().kmsKeyName(key).build()));
        return new RegionDisk(name, disk.build(), options(args, REGIONAL_FIXED));
    }

    private CustomResourceOptions readOptions() {
        return CustomResourceOptions.builder().parent(this).build();
    }

    private CustomResourceOptions options(Args args, List<String> fixed) {
        var options = CustomResourceOptions.builder()
                .parent(this)
                .ignoreChanges(fixed)
                .retainOnDelete(!args.deleted())
                .customTimeouts(waiting(args.timeout()));
        if (args.exists()) {
            options.importId(settings.id());
        }
        return options.build();
    }

    /**
     * How long Google may take to create, update or delete. It goes on afterwards, and the next up imports what it
     * made.
     */
    public static CustomTimeouts waiting(Duration timeout) {
        return CustomTimeouts.builder().create(timeout).update(timeout).delete(timeout).build();
    }

    /** The disk. */
    public CustomResource resource() {
        return disk;
    }

    /** The disk's id. */
    public Output<String> id() {
        return disk.id();
    }

    /** The disk's URL at Google. */
    public Output<String> selfLink() {
        return selfLink;
    }

    /** The disk as its CSI driver mounts it. The handle is known in a first preview too, and waits for the disk. */
    public StateVolume.Source volumeSource() {
        return new StateVolume.Source(DiskSettings.DRIVER, handle, "ext4",
                settings.regional() ? FORCE_ATTACH : Map.of(), settings.topology(), settings.quantity(),
                Optional.of(disk));
    }

    /**
     * Fixed properties are ignored once the disk exists, so this stack's disk may be another than the config names: a
     * stack whose first up failed has no outputs yet that say so beforehand.
     */
    private static Output<String> sameDisk(String actual, DiskSettings configured) {
        return actual.equals(configured.id()) ? Output.of(actual)
                : AbortUpdate.of(DiskNotice.anotherDisk(actual, configured));
    }
}
