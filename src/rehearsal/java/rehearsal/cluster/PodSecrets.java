package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a pod's containers find of Secrets in files and in their environment. */
final class PodSecrets {

    private final KubernetesClient client;

    PodSecrets(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The contents of each entry as it is now. A container keeps what it found as it started: variables, and files that
     * are mounted one by one.
     */
    Set<String> of(Mount mount) {
        var found = new HashSet<String>();
        Optional.ofNullable(client.pods().inNamespace(mount.namespace()).withName(mount.pod()).get()).ifPresent(pod -> {
            pod.getSpec().getVolumes().stream().filter(volume -> volume.getSecret() != null)
                    .forEach(volume -> found
                            .addAll(data(mount.namespace(), volume.getSecret().getSecretName()).values()));
            variables(pod).map(EnvVarSource::getSecretKeyRef).filter(Objects::nonNull)
                    .forEach(entry -> found
                            .add(data(mount.namespace(), entry.getName()).getOrDefault(entry.getKey(), "")));
        });
        return found.stream().map(PodSecrets::decoded)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What a variable of a container has of a Secret; empty if no container has it. */
    Optional<String> variable(Pod pod, String name) {
        return pod.getSpec().getContainers().stream().flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().equals(name) && variable.getValueFrom() != null)
                .map(variable -> variable.getValueFrom().getSecretKeyRef()).filter(Objects::nonNull).findFirst()
                .map(entry -> data(pod.getMetadata().getNamespace(), entry.getName()).getOrDefault(entry.getKey(), ""))
                .map(PodSecrets::decoded);
    }

    /** The environment of a pod's containers, and what their commands add to that of SkyPilot's server. */
    Map<String, String> environment(Pod pod) {
        var environment = new HashMap<String, String>();
        for (var container : pod.getSpec().getContainers()) {
            for (var variable : container.getEnv()) {
                if (variable.getValueFrom() == null) {
                    environment.put(variable.getName(), Optional.ofNullable(variable.getValue()).orElse(""));
                } else {
                    variable(pod, variable.getName())
                            .ifPresent(value -> environment.put(variable.getName(), value.strip()));
                }
            }
            if (String.join(" ", container.getArgs()).contains("--enable-basic-auth")) {
                environment.put("ENABLE_BASIC_AUTH", "true");
            }
        }
        return environment;
    }

    private static String decoded(String data) {
        return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
    }

    private static Stream<EnvVarSource> variables(Pod pod) {
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .map(variable -> variable.getValueFrom()).filter(Objects::nonNull);
    }

    private Map<String, String> data(String namespace, String name) {
        return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get()).map(Secret::getData)
                .orElse(Map.of());
    }
}
