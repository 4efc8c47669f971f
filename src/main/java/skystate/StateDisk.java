package skystate;

import com.pulumi.core.Output;
import com.pulumi.gcp.compute.Disk;
import com.pulumi.gcp.compute.DiskArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The persistent disk that holds the API server's state.
 *
 * <p>No change of config or of this program replaces it. The provider deletes and remakes a disk, blank and under the
 * same name, on a change of anything but labels or a larger size (facts: G2); so every such property is ignored once
 * the disk exists, a smaller size is refused before anything is registered ({@link DiskLookup}), and a disk that is
 * not the one the config names is refused here. On destroy the disk stays, unless the user named it as deletable.
 *
 * <p>A referenced disk is read under the very URN of a managed one, which lets go of one that this stack managed; and a
 * disk that was read is imported as it is. Neither deletes or writes anything, retained or not.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #id}, {@link #selfLink}, {@link #volumeSource}.
 */
final class StateDisk extends ComponentResource {

    /** What {@code gcp} replaces a disk for (facts: G2), but for the size. Fixed at creation. */
    static final List<String> FIXED = List.of(
            "description", "type", "zone", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "image",
            "resourcePolicies", "physicalBlockSizeBytes", "enableConfidentialCompute", "provisionedIops");

    /**
     * What the disk is made from.
     *
     * @param settings the disk's settings
     * @param found    what Google has under the disk's name
     * @param labels   labels that tell a person in the console, and this program, whose disk it is
     * @param deleted  whether {@code pulumi destroy} deletes the disk
     */
    record Args(Settings.Disk settings, DiskLookup.Found found, Map<String, String> labels, boolean deleted) {
    }

    private static final String DRIVER = "pd.csi.storage.gke.io";

    private final Settings.Disk settings;
    private final Disk disk;
    private final Output<String> handle;

    StateDisk(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:StateDisk", name, options);
        this.settings = args.settings();
        this.disk = settings.source() == DiskSource.REFERENCE
                ? Disk.get(name, Output.of(settings.id()), null, CustomResourceOptions.builder().parent(this).build())
                : managed(name, args);
        this.handle = Output.tuple(this.disk.project(), this.disk.zone(), this.disk.name())
                .apply(actual -> sameDisk(Settings.Disk.id(actual.t1, actual.t2, actual.t3), settings));
        registerOutputs(Map.of("id", id(), "selfLink", selfLink(), "handle", handle));
    }

    private Disk managed(String name, Args args) {
        var settings = args.settings();
        var disk = DiskArgs.builder()
                .project(settings.project())
                .zone(settings.zone())
                .name(settings.name())
                .size(settings.sizeGib())
                .type(settings.type())
                .description("State of a SkyPilot API server: its users, clusters and jobs. Deleting this disk deletes them.")
                .labels(args.labels());
        settings.snapshot().ifPresent(disk::snapshot);
        var diskOptions = CustomResourceOptions.builder()
                .parent(this)
                .ignoreChanges(FIXED)
                .retainOnDelete(!args.deleted());
        if (args.found().exists()) {
            diskOptions.importId(settings.id());
        }
        return new Disk(name, disk.build(), diskOptions.build());
    }

    /** The disk. */
    Disk resource() {
        return disk;
    }

    /** The disk's id. */
    Output<String> id() {
        return disk.id();
    }

    /** The disk's URL at Google. */
    Output<String> selfLink() {
        return disk.selfLink();
    }

    /** The disk as its CSI driver mounts it. The handle is known in a first preview too, and waits for the disk. */
    StateVolume.Source volumeSource() {
        return new StateVolume.Source(DRIVER, handle, "ext4", settings.topology(), settings.quantity(), Optional.of(disk));
    }

    /**
     * Fixed properties are ignored once the disk exists, so this stack's disk may be another than the config names: of a
     * stack whose first up failed there are no outputs yet that tell so beforehand.
     */
    private static Output<String> sameDisk(String actual, Settings.Disk configured) {
        return actual.equals(configured.id()) ? Output.of(actual) : Refusal.of(DiskLookup.anotherDisk(actual, configured));
    }
}
