package skystate.volume;

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
import com.pulumi.resources.Resource;
import skystate.config.Volume;
import skystate.engine.AbortUpdate;
import skystate.server.ApiServer;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The PersistentVolume, as SkyPilot's guide writes it, and reserved for the chart's claim: no other claim can bind to
 * it, and the claim binds to no other volume. Its class lets it grow in place.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #volumeName}, {@link #place}.
 */
public final class StateVolume extends ComponentResource {

    public static final String NAME = "sky-api-server-pv";
    /** In the guide the class is only a name. Here it is an object that allows expansion and provisions nothing. */
    public static final String CLASS = "sky-api-server-pv-class";

    /**
     * What the volume is made from.
     *
     * @param source            what the driver mounts
     * @param namespace         namespace of the claim
     * @param claim             name of the claim
     * @param labels            labels of class and volume, which name the stack
     * @param rebuildGeneration a number; changing it replaces class and volume, and the server with them
     * @param bound             whether the cluster has the volume and this claim is bound to it
     * @param cluster           the cluster's provider
     */
    public record Args(Source source, String namespace, String claim, Map<String, String> labels, int rebuildGeneration,
                       boolean bound,
                       Provider cluster) {
    }

    /**
     * What a CSI driver mounts.
     *
     * @param driver     name of the driver
     * @param handle     its volumeHandle
     * @param fsType     the filesystem on it, as in ext4
     * @param attributes its volumeAttributes
     * @param topology   values of a node label, by its key: a node needs one of them for each key
     * @param size       its size, as Kubernetes writes it
     * @param made       the resource that makes it, if this stack does
     */
    public record Source(String driver, Output<String> handle, String fsType, Map<String, String> attributes,
                         Map<String, List<String>> topology, String size, Optional<Resource> made) {

        /** A volume that exists already. */
        public static Source of(Volume volume) {
            return new Source(volume.driver(), Output.of(volume.handle()), volume.fsType(), Map.of(), volume.topology(),
                    volume.quantity(), Optional.empty());
        }
    }

    private final StorageClass storageClass;
    private final PersistentVolume volume;
    private final String size;
    private final Output<String> name;

    public StateVolume(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:StateVolume", name, options);
        this.storageClass = new StorageClass(name + "-class", StorageClassArgs.builder()
                .metadata(ObjectMetaArgs.builder().name(CLASS).labels(args.labels()).build())
                .provisioner("kubernetes.io/no-provisioner")
                .volumeBindingMode("WaitForFirstConsumer")
                .reclaimPolicy("Retain")
                .allowVolumeExpansion(true)
                .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .provider(args.cluster())
                        .replacementTrigger(Output.of(args.rebuildGeneration()))
                        .deleteBeforeReplace(true)
                        .build());
        var source = args.source();
        this.size = source.size();
        var spec = PersistentVolumeSpecArgs.builder()
                .storageClassName(CLASS)
                .capacity(Map.of("storage", size))
                .accessModes("ReadWriteOnce")
                .persistentVolumeReclaimPolicy("Retain")
                .csi(csi(source))
                .claimRef(ObjectReferenceArgs.builder().namespace(args.namespace()).name(args.claim()).build());
        if (!source.topology().isEmpty()) {
            spec.nodeAffinity(affinity(source.topology()));
        }
        this.volume = new PersistentVolume(name, PersistentVolumeArgs.builder()
                // Without the guide's annotation pv.kubernetes.io/provisioned-by the driver deletes no disk, even if
                // somebody changes the reclaim policy: `pulumi destroy` doesn't run this program, which would look.
                .metadata(ObjectMetaArgs.builder().name(NAME).labels(args.labels()).build())
                .spec(spec.build())
                .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .provider(args.cluster())
                        .dependsOn(source.made().stream().toList())
                        // A volume can't change its claim in place (facts: 6), nor its nodes.
                        .replaceOnChanges("spec.claimRef", "spec.nodeAffinity")
                        .replacementTrigger(Output.of(args.rebuildGeneration()))
                        // The driver's resizer sets the size of a bound volume after its claim has grown. It skips a
                        // volume that has the size already.
                        .ignoreChanges(args.bound() ? List.of("spec.capacity") : List.of())
                        .deleteBeforeReplace(true)
                        .build());
        // At a preview the status may be unknown, and an unknown name would hide all of the chart's values.
        var status = Output.of(Internal.of(volume.status()).getValueOrDefault(Optional.empty()));
        this.name = Output.tuple(volume.metadata(), status, volume.urn())
                .apply(known -> usable(known.t1, known.t2, known.t3));
        registerOutputs(Map.of("name", volumeName()));
    }

    private static CSIPersistentVolumeSourceArgs csi(Source source) {
        var csi = CSIPersistentVolumeSourceArgs.builder().driver(source.driver()).volumeHandle(source.handle())
                .fsType(source.fsType());
        return source.attributes().isEmpty() ? csi.build() : csi.volumeAttributes(source.attributes()).build();
    }

    private static VolumeNodeAffinityArgs affinity(Map<String, List<String>> topology) {
        var expressions = topology.entrySet().stream().map(label -> NodeSelectorRequirementArgs.builder()
                .key(label.getKey()).operator("In").values(label.getValue()).build()).toList();
        return VolumeNodeAffinityArgs.builder()
                .required(NodeSelectorArgs.builder()
                        .nodeSelectorTerms(NodeSelectorTermArgs.builder().matchExpressions(expressions).build())
                        .build())
                .build();
    }

    /**
     * The chart's values that put the server's state on the volume. @param size the volume's, as Kubernetes writes it
     */
    public static Map<String, Object> values(String size) {
        return Map.of("storage", Map.of(
                "enabled", true,
                "storageClassName", CLASS,
                "accessMode", "ReadWriteOnce",
                "size", size,
                "volumeName", NAME));
    }

    /** What the server needs to keep its state on the volume, which has to be ready. */
    public ApiServer.StatePlace place() {
        return new ApiServer.StatePlace(volume.urn().applyValue(registered -> values(size)),
                name.applyValue(ready -> List.of(storageClass, volume)), Optional.of(volume), Optional.empty());
    }

    /** The volume's name, once it is ready to be claimed. */
    public Output<String> volumeName() {
        return name;
    }

    /**
     * A volume whose claim is gone keeps the claim's uid, so that no claim binds to it again; a volume that is being
     * deleted waits for its claim. Either has to be replaced (facts: 3). The disk stays as it is.
     */
    private static Output<String> usable(ObjectMeta metadata, Optional<PersistentVolumeStatus> status, String urn) {
        // A preview that replaces the volume shows the old one's deletion, but not its status.
        var phase = status.flatMap(PersistentVolumeStatus::phase)
                .map(known -> metadata.deletionTimestamp().isPresent() ? "being deleted" : known).orElse("");
        return switch (phase) {
            case "being deleted", "Released", "Failed" -> AbortUpdate.of("""
                    The PersistentVolume %s is %s: it, its claim or the release was deleted by hand.
                    This replaces volume, claim and release on the same disk:
                      pulumi up --replace '%s'
                    """.formatted(NAME, phase, urn));
            default -> Output.of(metadata.name().orElse(NAME));
        };
    }
}
