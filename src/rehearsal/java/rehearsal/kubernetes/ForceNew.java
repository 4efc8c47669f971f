package rehearsal.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which properties of a kind the provider cannot change in place, so that a change replaces the object (provider's
 * diff.go; facts: 6).
 */
final class ForceNew {

    private static final List<String> SOURCES = List.of("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs",
            "cinder",
            "csi", "fc", "flexVolume", "flocker", "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs",
            "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume");

    private static final Map<String, List<String>> RULES = Map.of(
            "v1/PersistentVolume", SOURCES.stream().map(source -> "spec." + source).toList(),
            "v1/PersistentVolumeClaim",
            List.of("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
            "v1/Service", List.of("spec.clusterIP"),
            "apps/v1/DaemonSet", List.of("spec.selector"),
            "apps/v1/Deployment", List.of("spec.selector"),
            "apps/v1/StatefulSet", List.of("spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector",
                    "spec.serviceName", "spec.volumeClaimTemplates"),
            "batch/v1/Job", List.of("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
            "rbac.authorization.k8s.io/v1/ClusterRoleBinding", List.of("roleRef"),
            "rbac.authorization.k8s.io/v1/RoleBinding", List.of("roleRef"),
            "storage.k8s.io/v1/StorageClass", List.of("parameters", "provisioner"));

    private ForceNew() {
    }

    /** The properties of this object, each as keys joined by dots. */
    static List<String> of(Map<String, Object> object, Settings settings) {
        var kind = Tree.text(object, "apiVersion") + "/" + Tree.text(object, "kind");
        var immutable = Boolean.TRUE.equals(object.get("immutable"));
        var rules = new ArrayList<>(List.of("metadata.name", "metadata.namespace"));
        rules.addAll(RULES.getOrDefault(kind, List.of()));
        if (kind.equals("v1/Secret")) {
            rules.add("type");
            if (immutable || !settings.secretMutable()) {
                rules.addAll(List.of("data", "stringData"));
            }
        }
        if (kind.equals("v1/ConfigMap") && (immutable || !settings.configMapMutable())) {
            rules.addAll(List.of("data", "binaryData"));
        }
        return rules;
    }
}
