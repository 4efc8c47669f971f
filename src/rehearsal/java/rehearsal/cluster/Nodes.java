package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriverBuilder;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import rehearsal.google.InstanceName;

import java.util.Map;

/** What GKE puts into a new cluster, as far as volumes depend on it. */
final class Nodes {

    /** The name of Google's CSI driver for persistent disks. */
    static final String DRIVER = "pd.csi.storage.gke.io";

    private static final String ZONE = "topology.gke.io/zone";

    private Nodes() {
    }

    /** Makes the node of a machine: its labels, its machine's id, and what the disk driver says of it. */
    static void join(KubernetesClient client, InstanceName machine) {
        var region = machine.zone().substring(0, machine.zone().lastIndexOf('-'));
        var node = client.nodes().resource(new NodeBuilder()
                .withNewMetadata()
                .withName(machine.name())
                .withLabels(Map.of(
                        "kubernetes.io/hostname", machine.name(),
                        "kubernetes.io/os", "linux",
                        "kubernetes.io/arch", "amd64",
                        "node.kubernetes.io/instance-type", "e2-standard-8",
                        "cloud.google.com/gke-nodepool", "default-pool",
                        "topology.kubernetes.io/region", region,
                        "topology.kubernetes.io/zone", machine.zone(),
                        ZONE, machine.zone()))
                // Has kube-controller-manager attach volumes, as on every cluster today.
                .withAnnotations(Map.of("volumes.kubernetes.io/controller-managed-attach-detach", "true"))
                .endMetadata()
                .withNewSpec()
                .withProviderID("gce://" + machine.project() + "/" + machine.zone() + "/" + machine.name())
                .endSpec()
                .build()).create();
        client.storage().v1().csiNodes().resource(new CSINodeBuilder()
                .withNewMetadata()
                .withName(machine.name())
                .addNewOwnerReference()
                .withApiVersion("v1").withKind("Node").withName(machine.name()).withUid(node.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .addNewDriver()
                .withName(DRIVER)
                .withNodeID(machine.path())
                .withTopologyKeys(ZONE)
                .withNewAllocatable(127)
                .endDriver()
                .endSpec()
                .build()).create();
    }

    /** The disk driver, and the classes that GKE makes for it. Nothing provisions for them here. */
    static void addStorage(KubernetesClient client) {
        client.storage().v1().csiDrivers().resource(new CSIDriverBuilder()
                .withNewMetadata().withName(DRIVER).endMetadata()
                .withNewSpec().withAttachRequired(true).withPodInfoOnMount(false).endSpec()
                .build()).create();
        addClass(client, "standard-rwo", "pd-balanced", Map.of("storageclass.kubernetes.io/is-default-class", "true"));
        addClass(client, "premium-rwo", "pd-ssd", Map.of());
    }

    private static void addClass(KubernetesClient client, String name, String type, Map<String, String> annotations) {
        client.storage().v1().storageClasses().resource(new StorageClassBuilder()
                .withNewMetadata().withName(name).withAnnotations(annotations).endMetadata()
                .withProvisioner(DRIVER)
                .withParameters(Map.of("type", type))
                .withReclaimPolicy("Delete")
                .withVolumeBindingMode("WaitForFirstConsumer")
                .withAllowVolumeExpansion(true)
                .build()).create();
    }
}
