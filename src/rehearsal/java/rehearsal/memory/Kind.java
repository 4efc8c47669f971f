package rehearsal.memory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kinds that a cluster in memory serves: those of the stack and of its chart, and those by which a cluster acts on
 * them.
 */
enum Kind {
    NODE("v1", "Node", "nodes", false),
    NAMESPACE("v1", "Namespace", "namespaces", false),
    VOLUME("v1", "PersistentVolume", "persistentvolumes", false),
    CLAIM("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
    POD("v1", "Pod", "pods", true),
    SECRET("v1", "Secret", "secrets", true),
    CONFIG_MAP("v1", "ConfigMap", "configmaps", true),
    SERVICE("v1", "Service", "services", true),
    SERVICE_ACCOUNT("v1", "ServiceAccount", "serviceaccounts", true),
    DEPLOYMENT("apps/v1", "Deployment", "deployments", true),
    STORAGE_CLASS("storage.k8s.io/v1", "StorageClass", "storageclasses", false),
    INGRESS("networking.k8s.io/v1", "Ingress", "ingresses", true),
    INGRESS_CLASS("networking.k8s.io/v1", "IngressClass", "ingressclasses", false),
    WEBHOOK("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations",
            false),
    ROLE("rbac.authorization.k8s.io/v1", "Role", "roles", true),
    ROLE_BINDING("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true),
    CLUSTER_ROLE("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", false),
    CLUSTER_ROLE_BINDING("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", false);

    final String apiVersion;
    final String kind;
    final String plural;
    final boolean namespaced;

    Kind(String apiVersion, String kind, String plural, boolean namespaced) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.plural = plural;
        this.namespaced = namespaced;
    }

    static Optional<Kind> of(String apiVersion, String plural) {
        return in(apiVersion).stream().filter(kind -> kind.plural.equals(plural)).findFirst();
    }

    static List<Kind> in(String apiVersion) {
        return Arrays.stream(values()).filter(kind -> kind.apiVersion.equals(apiVersion)).toList();
    }

    /** The API group, empty for the core one. */
    String group() {
        return apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    }
}
