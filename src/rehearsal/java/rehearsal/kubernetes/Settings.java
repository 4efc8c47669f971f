package rehearsal.kubernetes;

import java.util.Map;

/**
 * The provider's own settings that matter here, each with the environment variable that stands in where it is not set.
 *
 * @param kubeconfig            path or content; empty for what kubectl would use
 * @param context               context of the kubeconfig; empty for its current one
 * @param cluster               cluster of the kubeconfig; empty for the context's
 * @param namespace             namespace of objects that name none; empty for the context's
 * @param deleteUnreachable     a refresh drops from the state what an unreachable cluster held (facts: 2)
 * @param skipUpdateUnreachable objects of an unreachable cluster keep their state
 * @param secretMutable         a change of a Secret's data is an update, not a replacement
 * @param configMapMutable      the same for a ConfigMap
 * @param upsert                a create takes over what already exists (facts: 13)
 * @param patchForce            an object's fields are taken from whoever owns them; the environment says so, and
 *                              nothing else does
 */
record Settings(String kubeconfig, String context, String cluster, String namespace, boolean deleteUnreachable,
                boolean skipUpdateUnreachable, boolean secretMutable, boolean configMapMutable, boolean upsert,
                boolean patchForce) {

    static Settings of(Map<String, String> variables, Map<String, String> environment) {
        var given = new Object() {
            String text(String key) {
                return variables.getOrDefault("kubernetes:config:" + key, "");
            }

            boolean flag(String key, String variable) {
                return "true".equals(variables.getOrDefault("kubernetes:config:" + key, environment.get(variable)));
            }
        };
        return new Settings(given.text("kubeconfig"), given.text("context"), given.text("cluster"),
                given.text("namespace"),
                given.flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
                given.flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
                given.flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
                given.flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
                given.flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
                "true".equals(environment.get("PULUMI_K8S_ENABLE_PATCH_FORCE")));
    }
}
