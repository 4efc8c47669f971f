package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/** Says on a pod why it doesn't start, where `kubectl describe pod` shows it; the same thing of the same pod once. */
final class PodEvents {

    private final KubernetesClient client;
    private final Map<String, String> said = new HashMap<>();

    PodEvents(KubernetesClient client) {
        this.client = client;
    }

    /** A warning as the kubelet gives it. */
    void warn(Pod pod, String reason, String message) {
        say(pod, "Warning", reason, message);
    }

    /** What is no warning of itself. */
    void normal(Pod pod, String reason, String message) {
        say(pod, "Normal", reason, message);
    }

    private void say(Pod pod, String type, String reason, String message) {
        var uid = pod.getMetadata().getUid();
        if (message.equals(said.get(uid))) {
            return;
        }
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1().events().inNamespace(pod.getMetadata().getNamespace()).resource(new EventBuilder()
                    .withNewMetadata()
                    .withGenerateName(pod.getMetadata().getName() + ".")
                    .withNamespace(pod.getMetadata().getNamespace())
                    .endMetadata()
                    .withNewInvolvedObject()
                    .withApiVersion("v1").withKind("Pod").withUid(uid)
                    .withName(pod.getMetadata().getName()).withNamespace(pod.getMetadata().getNamespace())
                    .endInvolvedObject()
                    .withType(type).withReason(reason).withMessage(message)
                    .withFirstTimestamp(now).withLastTimestamp(now).withCount(1)
                    .withNewSource("kubelet", pod.getSpec().getNodeName())
                    .build()).create();
            said.put(uid, message);
        } catch (KubernetesClientException refused) {
            // The namespace is being deleted, and the pod with it.
            if (refused.getCode() != 403 && refused.getCode() != 404) {
                throw refused;
            }
        }
    }
}
