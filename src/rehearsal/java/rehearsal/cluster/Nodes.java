package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriverBuilder;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import rehearsal.google.InstanceName;

import java.util.List;
import java.util.Map;

/** What GKE, or EKS, puts into a new cluster, as far as volumes depend on it. */
final class Nodes {

    /** By it kwok leaves a node and its pods alone. */
    private static final String LOST = "rehearsal/lost";
    private static final String ZONE = "topology.gke.io/zone";
    private static final String EBS_ZONE = "topology.ebs.csi.aws.com/zone";

    private Nodes() {
    }

    /** Makes the node of a machine: its labels, its machine's id, and what the disk driver says of it. */
    static void join(KubernetesClient client, InstanceName machine) {
        var region = machine.zone().substring(0, machine.zone().lastIndexOf('-'));
        join(client, machine.name(), Map.of(
                "node.kubernetes.io/instance-type", "e2-standard-8",
                "cloud.google.com/gke-nodepool", "default-pool",
                "topology.kubernetes.io/region", region,
                "topology.kubernetes.io/zone", machine.zone(),
                ZONE, machine.zone()), "gce://" + machine.project() + "/" + machine.zone() + "/" + machine.name(),
                PersistentDiskDriver.NAME, machine.path(), List.of(ZONE));
    }

    /** Makes the node of an instance at Amazon. */
    static void join(KubernetesClient client, String instance, String zone) {
        join(client, instance, Map.of(
                "node.kubernetes.io/instance-type", "m6i.2xlarge",
                "topology.kubernetes.io/region", zone.substring(0, zone.length() - 1),
                "topology.kubernetes.io/zone", zone,
                EBS_ZONE, zone), "aws:///" + zone + "/" + instance, EbsDriver.NAME, instance,
                List.of(EBS_ZONE, "topology.kubernetes.io/zone"));
    }

    private static void join(KubernetesClient client, String name, Map<String, String> labels, String providerId,
                             String driver, String nodeId, List<String> topologyKeys) {
        var node = client.nodes().resource(new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .addToLabels(Map.of("kubernetes.io/hostname", name, "kubernetes.io/os", "linux", "kubernetes.io/arch",
                        "amd64"))
                // Has kube-controller-manager attach volumes, as on every cluster today.
                .withAnnotations(Map.of("volumes.kubernetes.io/controller-managed-attach-detach", "true"))
                .endMetadata()
                .withNewSpec()
                .withProviderID(providerId)
                .endSpec()
                .build()).create();
        client.storage().v1().csiNodes().resource(new CSINodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addNewOwnerReference()
                .withApiVersion("v1").withKind("Node").withName(name).withUid(node.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .addNewDriver()
                .withName(driver)
                .withNodeID(nodeId)
                .withTopologyKeys(topologyKeys)
                .withNewAllocatable(127)
                .endDriver()
                .endSpec()
                .build()).create();
    }

    /** Has a node be as one whose machine is dead: its kubelet tells nothing any more, and ends no pod. */
    static void lose(KubernetesClient client, String name) {
        client.nodes().withName(name).edit(
                node -> new NodeBuilder(node).editMetadata().addToAnnotations(LOST, "true").endMetadata().build());
        client.pods().inAnyNamespace().withField("spec.nodeName", name).list().getItems()
                .forEach(pod -> client.resource(pod).edit(found -> new PodBuilder(found).editMetadata()
                        .addToAnnotations(LOST, "true").endMetadata().build()));
        client.nodes().withName(name).editStatus(node -> new NodeBuilder(node).editStatus()
                .editMatchingCondition(condition -> condition.getType().equals("Ready"))
                .withStatus("Unknown").withReason("NodeStatusUnknown")
                .withMessage("Kubelet stopped posting node status.").endCondition().endStatus().build());
    }

    /** The disk driver, and the classes that GKE makes for it. Nothing provisions for them here. */
    static void addStorage(KubernetesClient client) {
        addDriver(client, PersistentDiskDriver.NAME);
        addClass(client, "standard-rwo", "pd-balanced", Map.of("storageclass.kubernetes.io/is-default-class", "true"));
        addClass(client, "premium-rwo", "pd-ssd", Map.of());
    }

    /** A disk driver that attaches. */
    static void addDriver(KubernetesClient client, String name) {
        client.storage().v1().csiDrivers().resource(new CSIDriverBuilder()
                .withNewMetadata().withName(name).endMetadata()
                .withNewSpec().withAttachRequired(true).withPodInfoOnMount(false).endSpec()
                .build()).create();
    }

    private static void addClass(KubernetesClient client, String name, String type, Map<String, String> annotations) {
        client.storage().v1().storageClasses().resource(new StorageClassBuilder()
                .withNewMetadata().withName(name).withAnnotations(annotations).endMetadata()
                .withProvisioner(PersistentDiskDriver.NAME)
                .withParameters(Map.of("type", type))
                .withReclaimPolicy("Delete")
                .withVolumeBindingMode("WaitForFirstConsumer")
                .withAllowVolumeExpansion(true)
                .build()).create();
    }
}
