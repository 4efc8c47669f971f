package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.Objects;

/**
 * What SkyPilot's server does with its config.yaml as it starts: the one on its volume goes before the one of the
 * chart's values, for ever after, and is written to the ConfigMap that the chart made.
 */
final class ServerConfig {

    private static final String FILE = "config.yaml";

    private final KubernetesClient client;

    ServerConfig(KubernetesClient client) {
        this.client = client;
    }

    void settle(Mount mount) {
        var pod = client.pods().inNamespace(mount.namespace()).withName(mount.pod()).get();
        if (pod == null || !(mount.store() instanceof DiskStore)) {
            return;
        }
        pod.getSpec().getVolumes().stream().map(Volume::getConfigMap).filter(Objects::nonNull)
                .map(ConfigMapVolumeSource::getName)
                .map(name -> client.configMaps().inNamespace(mount.namespace()).withName(name).get())
                .filter(map -> map != null && map.getData().containsKey(FILE)).findFirst()
                .ifPresent(map -> mount.store().read(FILE).filter(text -> !text.isEmpty()).ifPresentOrElse(
                        text -> client.configMaps().resource(map).edit(its -> its.edit().addToData(FILE, text).build()),
                        () -> mount.store().append(FILE, map.getData().get(FILE))));
    }
}
