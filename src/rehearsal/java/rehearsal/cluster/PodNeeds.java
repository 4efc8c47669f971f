package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Refuses to start a pod whose Secrets or ConfigMaps are not there, in the kubelet's words. */
final class PodNeeds {

    private final KubernetesClient client;

    PodNeeds(KubernetesClient client) {
        this.client = client;
    }

    void check(Pod pod) throws NotYet {
        var namespace = pod.getMetadata().getNamespace();
        for (var volume : pod.getSpec().getVolumes()) {
            if (volume.getSecret() != null && !Boolean.TRUE.equals(volume.getSecret().getOptional())
                    && secret(namespace, volume.getSecret().getSecretName()).isEmpty()) {
                throw missing(volume.getName(), "secret", volume.getSecret().getSecretName());
            }
            if (volume.getConfigMap() != null && !Boolean.TRUE.equals(volume.getConfigMap().getOptional())
                    && configMap(namespace, volume.getConfigMap().getName()).isEmpty()) {
                throw missing(volume.getName(), "configmap", volume.getConfigMap().getName());
            }
        }
        var sources = Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .map(Container::getEnv).filter(Objects::nonNull).flatMap(env -> env.stream())
                .map(variable -> variable.getValueFrom()).filter(Objects::nonNull).toList();
        for (var source : sources) {
            checkVariable(namespace, source);
        }
    }

    private void checkVariable(String namespace, EnvVarSource source) throws NotYet {
        var fromSecret = source.getSecretKeyRef();
        if (fromSecret != null && !Boolean.TRUE.equals(fromSecret.getOptional())) {
            require("secret", namespace, fromSecret.getName(), fromSecret.getKey(),
                    secret(namespace, fromSecret.getName()));
        }
        var fromMap = source.getConfigMapKeyRef();
        if (fromMap != null && !Boolean.TRUE.equals(fromMap.getOptional())) {
            require("configmap", namespace, fromMap.getName(), fromMap.getKey(),
                    configMap(namespace, fromMap.getName()));
        }
    }

    private static void require(String kind, String namespace, String name, String key,
                                Optional<Map<String, String>> data)
            throws NotYet {
        if (data.isEmpty()) {
            throw new NotYet("Failed", "Error: %s \"%s\" not found".formatted(kind, name));
        }
        if (!data.get().containsKey(key)) {
            throw new NotYet("Failed", "Error: couldn't find key %s in %s %s/%s".formatted(
                    key, kind.equals("secret") ? "Secret" : "ConfigMap", namespace, name));
        }
    }

    private static NotYet missing(String volume, String kind, String name) {
        return new NotYet("FailedMount",
                "MountVolume.SetUp failed for volume \"%s\" : %s \"%s\" not found".formatted(volume, kind, name));
    }

    private Optional<Map<String, String>> secret(String namespace, String name) {
        return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get())
                .map(found -> Optional.ofNullable(found.getData()).orElse(Map.of()));
    }

    private Optional<Map<String, String>> configMap(String namespace, String name) {
        return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get())
                .map(found -> Optional.ofNullable(found.getData()).orElse(Map.of()));
    }
}
