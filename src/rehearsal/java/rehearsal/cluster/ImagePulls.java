package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pulls images, in that none is really pulled: a pod doesn't start if one of its images is of a registry that can't
 * exist, as RFC 2606 has it of names that end in {@code .invalid}. It then waits with the reasons and the events that a
 * kubelet gives, once each: where that one goes on trying, this one stays at its back-off.
 */
final class ImagePulls {

    private static final String FAILED = "ErrImagePull";
    private static final String BACKED_OFF = "ImagePullBackOff";

    private final KubernetesClient client;
    private final PodEvents events;

    ImagePulls(KubernetesClient client, PodEvents events) {
        this.client = client;
        this.events = events;
    }

    /**
     * Lets a pod pass whose images can be pulled.
     *
     * @throws NotYet if one can't be; the pod then says so itself
     */
    void check(Pod pod) throws NotYet {
        var spec = pod.getSpec();
        var missing = Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .filter(container -> host(container.getImage()).endsWith(".invalid")).findFirst();
        if (missing.isEmpty()) {
            return;
        }
        var image = missing.get().getImage();
        var why =
                ("failed to pull and unpack image \"%1$s\": failed to resolve reference \"%1$s\": dial tcp: lookup "
                        + "%2$s: no such host")
                                .formatted(image, host(image));
        switch (waitingFor(pod).orElse("")) {
            case "" -> {
                await(pod, missing.get(), FAILED, why);
                events.warn(pod, "Failed", "Failed to pull image \"" + image + "\": " + why);
                events.warn(pod, "Failed", "Error: " + FAILED);
            }
            case FAILED -> {
                await(pod, missing.get(), BACKED_OFF,
                        "Back-off pulling image \"" + image + "\": " + FAILED + ": " + why);
                events.normal(pod, "BackOff", "Back-off pulling image \"" + image + "\"");
                events.warn(pod, "Failed", "Error: " + BACKED_OFF);
            }
            default -> {
                // It has all been said.
            }
        }
        throw new NotYet();
    }

    /** The registry's host, empty for Docker Hub, which an image doesn't name. */
    private static String host(String image) {
        var first = image.contains("/") ? image.substring(0, image.indexOf('/')) : "";
        return first.contains(".") || first.contains(":") ? first.replaceFirst(":.*", "") : "";
    }

    private Optional<String> waitingFor(Pod pod) {
        var status = Optional.ofNullable(client.resource(pod).get()).orElse(pod).getStatus();
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .map(container -> container.getState().getWaiting()).filter(waiting -> waiting != null)
                .map(ContainerStateWaiting::getReason)
                .filter(reason -> reason.equals(FAILED) || reason.equals(BACKED_OFF)).findFirst();
    }

    /** The container whose image is missing waits for it; the others wait as if for their turn. */
    private void await(Pod pod, Container missing, String reason, String message) {
        var initial = !pod.getSpec().getContainers().contains(missing);
        client.resource(pod).editStatus(current -> {
            var edited = Serialization.clone(current);
            edited.getStatus().setInitContainerStatuses(
                    waiting(pod.getSpec().getInitContainers(), missing, reason, message, "PodInitializing"));
            edited.getStatus().setContainerStatuses(waiting(pod.getSpec().getContainers(), missing, reason, message,
                    initial ? "PodInitializing" : "ContainerCreating"));
            return edited;
        });
    }

    private static List<ContainerStatus> waiting(List<Container> containers, Container missing, String reason,
                                                 String message, String others) {
        return containers.stream().map(container -> new ContainerStatusBuilder()
                .withName(container.getName()).withImage(container.getImage()).withImageID("")
                .withReady(false).withStarted(false).withRestartCount(0)
                .withNewState().withNewWaiting()
                .withReason(container.equals(missing) ? reason : others)
                .withMessage(container.equals(missing) ? message : null)
                .endWaiting().endState()
                .build()).toList();
    }
}
