package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentStatus;
import io.fabric8.kubernetes.api.model.storage.VolumeError;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.cluster.CsiDriver.Refused;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Answers VolumeAttachments as the external-attacher beside a disk driver does: has the driver attach the disk to the
 * node's machine, writes what went wrong into the attachment's status and tries again, and has it detached when the
 * attachment is deleted. kube-controller-manager makes and deletes the attachments and writes the pods' events.
 */
final class Attacher {

    private final KubernetesClient client;
    private final View view;
    private final CsiDriver driver;

    Attacher(KubernetesClient client, View view, CsiDriver driver) {
        this.client = client;
        this.view = view;
        this.driver = driver;
    }

    /** Brings every attachment of the driver forward. */
    void pass() {
        for (var attachment : view.attachments()) {
            if (driver.name().equals(attachment.getSpec().getAttacher())) {
                tolerateStale(() -> handle(Serialization.clone(attachment)));
            }
        }
        for (var volume : view.volumes()) {
            if (volume.getMetadata().getDeletionTimestamp() != null && has(volume) && !used(volume)) {
                tolerateStale(() -> removeFinalizer(Serialization.clone(volume)));
            }
        }
    }

    private void handle(VolumeAttachment attachment) {
        if (attachment.getMetadata().getDeletionTimestamp() != null) {
            if (has(attachment)) {
                detach(attachment);
            }
        } else if (attachment.getStatus() == null || !Boolean.TRUE.equals(attachment.getStatus().getAttached())) {
            if (!has(attachment)) {
                addFinalizer(attachment);
            } else {
                attach(attachment);
            }
        }
    }

    private void attach(VolumeAttachment attachment) {
        try {
            var volume = volume(attachment).orElseThrow(() -> new Refused("could not find PersistentVolume \""
                    + attachment.getSpec().getSource().getPersistentVolumeName() + "\""));
            if (volume.getMetadata().getDeletionTimestamp() == null && !has(volume)) {
                addFinalizer(volume);
            }
            driver.publish(volume, attachment.getSpec().getNodeName());
        } catch (Refused refused) {
            fail(attachment, refused.getMessage());
            return;
        }
        var attached = new VolumeAttachmentStatus();
        attached.setAttached(true);
        attachment.setStatus(attached);
        client.resource(attachment).lockResourceVersion().updateStatus();
    }

    private void detach(VolumeAttachment attachment) {
        var volume = volume(attachment);
        try {
            if (volume.isPresent()) {
                driver.unpublish(volume.get().getSpec().getCsi().getVolumeHandle(), attachment.getSpec().getNodeName());
            }
        } catch (Refused refused) {
            var status = Optional.ofNullable(attachment.getStatus()).orElseGet(VolumeAttachmentStatus::new);
            status.setDetachError(error(refused.getMessage()));
            attachment.setStatus(status);
            client.resource(attachment).lockResourceVersion().updateStatus();
            return;
        }
        removeFinalizer(attachment);
    }

    private void fail(VolumeAttachment attachment, String message) {
        var status = Optional.ofNullable(attachment.getStatus()).orElseGet(VolumeAttachmentStatus::new);
        if (status.getAttachError() != null && message.equals(status.getAttachError().getMessage())) {
            return;
        }
        status.setAttached(false);
        status.setAttachError(error(message));
        attachment.setStatus(status);
        client.resource(attachment).lockResourceVersion().updateStatus();
    }

    private static VolumeError error(String message) {
        var error = new VolumeError();
        error.setMessage(message);
        error.setTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return error;
    }

    private Optional<PersistentVolume> volume(VolumeAttachment attachment) {
        return view.volume(attachment.getSpec().getSource().getPersistentVolumeName())
                .filter(volume -> volume.getSpec().getCsi() != null)
                .map(Serialization::clone);
    }

    private boolean used(PersistentVolume volume) {
        return view.attachments().stream().anyMatch(attachment -> volume.getMetadata().getName()
                .equals(attachment.getSpec().getSource().getPersistentVolumeName()));
    }

    private boolean has(HasMetadata object) {
        return object.getMetadata().getFinalizers().contains(driver.finalizer());
    }

    private void addFinalizer(HasMetadata object) {
        var finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
        finalizers.add(driver.finalizer());
        object.getMetadata().setFinalizers(finalizers);
        client.resource(object).lockResourceVersion().update();
    }

    private void removeFinalizer(HasMetadata object) {
        object.getMetadata().setFinalizers(object.getMetadata().getFinalizers().stream()
                .filter(finalizer -> !finalizer.equals(driver.finalizer())).toList());
        client.resource(object).lockResourceVersion().update();
    }

    /** A conflict, or an object that is gone, means that the view lags behind: the next pass sees it as it is. */
    private static void tolerateStale(Runnable work) {
        try {
            work.run();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != 409 && refused.getCode() != 404) {
                throw refused;
            }
        }
    }
}
