package rehearsal.kubernetes;

import java.io.IOException;
import java.util.Set;

/**
 * The cluster that a provider instance was configured for, which may be out of reach: then some operations go on
 * without it and others refuse (facts: 2).
 *
 * @param api         null if it is out of reach
 * @param unreachable why it is out of reach, empty if it is not
 * @param namespace   of objects that name none
 */
record Cluster(Api api, String unreachable, String namespace) {

    private static final Set<String> CLUSTER_SCOPED = Set.of("Namespace", "Node", "PersistentVolume", "StorageClass",
            "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "CSIDriver", "CSINode", "VolumeAttachment",
            "PriorityClass", "IngressClass", "RuntimeClass");

    boolean reachable() {
        return api != null;
    }

    boolean serves(String apiVersion, String kind) throws IOException {
        return reachable() && api.serves(apiVersion, kind);
    }

    /** Whether objects of the kind live in namespaces; a kind that no one knows is taken to. */
    boolean namespaced(String apiVersion, String kind) throws IOException {
        return serves(apiVersion, kind) ? api.namespaced(apiVersion, kind) : !CLUSTER_SCOPED.contains(kind);
    }
}
