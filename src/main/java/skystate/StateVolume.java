package skystate;

import com.pulumi.core.Output;
import com.pulumi.core.internal.Internal;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.core.v1.PersistentVolume;
import com.pulumi.kubernetes.core.v1.PersistentVolumeArgs;
import com.pulumi.kubernetes.core.v1.inputs.CSIPersistentVolumeSourceArgs;
import com.pulumi.kubernetes.core.v1.inputs.NodeSelectorArgs;
import com.pulumi.kubernetes.core.v1.inputs.NodeSelectorRequirementArgs;
import com.pulumi.kubernetes.core.v1.inputs.NodeSelectorTermArgs;
import com.pulumi.kubernetes.core.v1.inputs.ObjectReferenceArgs;
import com.pulumi.kubernetes.core.v1.inputs.PersistentVolumeSpecArgs;
import com.pulumi.kubernetes.core.v1.inputs.VolumeNodeAffinityArgs;
import com.pulumi.kubernetes.core.v1.outputs.PersistentVolumeStatus;
import com.pulumi.kubernetes.meta.v1.inputs.ObjectMetaArgs;
import com.pulumi.kubernetes.meta.v1.outputs.ObjectMeta;
import com.pulumi.kubernetes.storage.v1.StorageClass;
import com.pulumi.kubernetes.storage.v1.StorageClassArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import skystate.config.Settings;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The PersistentVolume on the disk, as SkyPilot's guide writes it, and bound beforehand to the chart's claim: no other
 * claim can take it, and the claim takes no other volume. Its class lets it grow in place.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #volumeName}.
 */
final class StateVolume extends ComponentResource {

    static final String NAME = "sky-api-server-pv";
    /** The guide's class, where it is a mere name. Here it is an object, which lets the claim grow and provisions nothing. */
    static final String CLASS = "sky-api-server-pv-class";
    private static final String DRIVER = "pd.csi.storage.gke.io";

    /**
     * What the volume is made from.
     *
     * @param disk      the disk
     * @param settings  the disk's settings: its zone and size
     * @param namespace namespace of the claim
     * @param claim     name of the claim
     * @param labels    labels that tell whose the volume is
     * @param bound     whether the cluster has the volume and this claim holds it
     * @param cluster   the cluster's provider
     */
    record Args(StateDisk disk, Settings.Disk settings, String namespace, String claim, Map<String, String> labels,
                boolean bound, Provider cluster) {
    }

    private final StorageClass storageClass;
    private final PersistentVolume volume;
    private final Output<String> name;

    StateVolume(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:StateVolume", name, options);
        this.storageClass = new StorageClass(name + "-class", StorageClassArgs.builder()
                .metadata(ObjectMetaArgs.builder().name(CLASS).labels(args.labels()).build())
                .provisioner("kubernetes.io/no-provisioner")
                .volumeBindingMode("WaitForFirstConsumer")
                .reclaimPolicy("Retain")
                .allowVolumeExpansion(true)
                .build(), CustomResourceOptions.builder().parent(this).provider(args.cluster()).deleteBeforeReplace(true).build());
        var spec = PersistentVolumeSpecArgs.builder()
                .storageClassName(CLASS)
                .capacity(Map.of("storage", args.settings().quantity()))
                .accessModes("ReadWriteOnce")
                .persistentVolumeReclaimPolicy("Retain")
                .csi(CSIPersistentVolumeSourceArgs.builder()
                        .driver(DRIVER).volumeHandle(args.disk().handle()).fsType("ext4").build())
                .claimRef(ObjectReferenceArgs.builder().namespace(args.namespace()).name(args.claim()).build())
                .nodeAffinity(VolumeNodeAffinityArgs.builder()
                        .required(NodeSelectorArgs.builder()
                                .nodeSelectorTerms(NodeSelectorTermArgs.builder()
                                        .matchExpressions(NodeSelectorRequirementArgs.builder()
                                                .key("topology.gke.io/zone").operator("In").values(args.settings().zone()).build())
                                        .build())
                                .build())
                        .build())
                .build();
        this.volume = new PersistentVolume(name, PersistentVolumeArgs.builder()
                .metadata(ObjectMetaArgs.builder()
                        .name(NAME)
                        .labels(args.labels())
                        .annotations(Map.of("pv.kubernetes.io/provisioned-by", DRIVER))
                        .build())
                .spec(spec)
                .build(), CustomResourceOptions.builder()
                .parent(this)
                .provider(args.cluster())
                .dependsOn(args.disk().resource())
                // A volume never goes from one claim to another in place: the claim's controller holds on to it (facts: 6).
                .replaceOnChanges("spec.claimRef")
                // A bound volume grows after its claim, by the disk driver's resizer, which passes over one that has the size already.
                .ignoreChanges(args.bound() ? List.of("spec.capacity") : List.of())
                .deleteBeforeReplace(true)
                .build());
        // At a preview the cluster may not tell the status, and an unknown name would hide all of the chart's values.
        var status = Output.of(Internal.of(volume.status()).getValueOrDefault(Optional.empty()));
        this.name = Output.tuple(volume.metadata(), status, volume.urn())
                .apply(known -> usable(known.t1, known.t2, known.t3));
        registerOutputs(Map.of("name", volumeName()));
    }

    /** The class by which the claim may grow. */
    StorageClass storageClass() {
        return storageClass;
    }

    /** The PersistentVolume. */
    PersistentVolume resource() {
        return volume;
    }

    /** The volume's name, once it is ready to be claimed. */
    Output<String> volumeName() {
        return name;
    }

    /**
     * A volume whose claim is gone keeps the dead claim's uid, so that no claim binds to it again, and one that is being
     * deleted waits for its claim: either has to be made anew (facts: 3). The disk has no part in it.
     */
    private static Output<String> usable(ObjectMeta metadata, Optional<PersistentVolumeStatus> status, String urn) {
        var phase = metadata.deletionTimestamp().isPresent() ? "being deleted"
                : status.flatMap(PersistentVolumeStatus::phase).orElse("");
        return switch (phase) {
            case "being deleted", "Released", "Failed" -> Refusal.of("""
                    The PersistentVolume %s is %s: it, its claim or the release was deleted by hand. The disk and the state on it are safe.
                    This makes volume, claim and release anew on the same disk:
                      pulumi up --replace '%s'
                    """.formatted(NAME, phase, urn));
            default -> Output.of(metadata.name().orElse(NAME));
        };
    }
}
