package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentStatus;
import io.fabric8.kubernetes.api.model.storage.VolumeError;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.google.ComputeClient;
import rehearsal.google.ComputeException;
import rehearsal.google.DiskName;
import rehearsal.google.InstanceName;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * Answers VolumeAttachments as the external-attacher and Google's disk driver do: attaches the disk to the node's
 * machine through Compute Engine's API, writes what went wrong into the attachment's status and tries again, and
 * detaches when the attachment is deleted. kube-controller-manager makes and deletes the attachments and writes the
 * pods' events.
 */
final class Attacher {

    private static final String FINALIZER = "external-attacher/pd-csi-storage-gke-io";

    private final KubernetesClient client;
    private final View view;
    private final ComputeClient compute;
    private final Map<String, InstanceName> machines;

    /** @param machines the machine of each node */
    Attacher(KubernetesClient client, View view, ComputeClient compute, Map<String, InstanceName> machines) {
        this.client = client;
        this.view = view;
        this.compute = compute;
        this.machines = machines;
    }

    /** Brings every attachment of the driver forward. */
    void pass() {
        for (var attachment : view.attachments()) {
            if (Nodes.DRIVER.equals(attachment.getSpec().getAttacher())) {
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
            publish(volume, attachment.getSpec().getNodeName());
        } catch (Refused refused) {
            fail(attachment, refused.getMessage());
            return;
        }
        var attached = new VolumeAttachmentStatus();
        attached.setAttached(true);
        attachment.setStatus(attached);
        client.resource(attachment).lockResourceVersion().updateStatus();
    }

    private void publish(PersistentVolume volume, String node) throws Refused {
        var handle = volume.getSpec().getCsi().getVolumeHandle();
        var disk = DiskName.parse(handle).orElseThrow(() -> new Refused(
                "rpc error: code = InvalidArgument desc = ControllerPublishVolume volume ID is invalid: failed to get id components."
                        + " Expected projects/{project}/zones/{zone}/disks/{name}. Got: " + handle));
        var machine = machines.get(node);
        if (machine == null) {
            throw new Refused("rpc error: code = NotFound desc = could not find instance of node " + node);
        }
        try {
            if (holds(machine, disk)) {
                return;
            }
            if (compute.findDisk(disk).isEmpty()) {
                throw new Refused("rpc error: code = NotFound desc = ControllerPublishVolume could not find volume with ID "
                        + handle + ": googleapi: Error 404: The resource '" + handle + "' was not found, notFound");
            }
            var attributes = Optional.ofNullable(volume.getSpec().getCsi().getVolumeAttributes()).orElse(Map.of());
            compute.attachDisk(machine, disk, device(disk), Boolean.TRUE.equals(volume.getSpec().getCsi().getReadOnly()),
                    "true".equals(attributes.get("force-attach")));
        } catch (ComputeException refused) {
            throw new Refused("rpc error: code = Internal desc = Failed to Attach: failed cloud service attach disk call: "
                    + refused.getMessage());
        }
    }

    private void detach(VolumeAttachment attachment) {
        var machine = machines.get(attachment.getSpec().getNodeName());
        var disk = volume(attachment).flatMap(volume -> DiskName.parse(volume.getSpec().getCsi().getVolumeHandle()));
        try {
            if (machine != null && disk.isPresent() && holds(machine, disk.get())) {
                compute.detachDisk(machine, device(disk.get()));
            }
        } catch (ComputeException refused) {
            var status = Optional.ofNullable(attachment.getStatus()).orElseGet(VolumeAttachmentStatus::new);
            status.setDetachError(error("rpc error: code = Internal desc = Failed to Detach: " + refused.getMessage()));
            attachment.setStatus(status);
            client.resource(attachment).lockResourceVersion().updateStatus();
            return;
        }
        removeFinalizer(attachment);
    }

    /** Under which name a machine has it, by the driver's rule. */
    private static String device(DiskName disk) {
        return disk.name() + (disk.regional() ? "_regional" : "");
    }

    private boolean holds(InstanceName machine, DiskName disk) {
        return compute.findInstance(machine)
                .filter(instance -> instance.has("disks"))
                .stream()
                .flatMap(instance -> instance.getAsJsonArray("disks").asList().stream())
                .anyMatch(held -> held.getAsJsonObject().get("source").getAsString().endsWith("/" + disk.path()));
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
        return view.attachments().stream().anyMatch(attachment ->
                volume.getMetadata().getName().equals(attachment.getSpec().getSource().getPersistentVolumeName()));
    }

    private static boolean has(HasMetadata object) {
        return object.getMetadata().getFinalizers().contains(FINALIZER);
    }

    private void addFinalizer(HasMetadata object) {
        var finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
        finalizers.add(FINALIZER);
        object.getMetadata().setFinalizers(finalizers);
        client.resource(object).lockResourceVersion().update();
    }

    private void removeFinalizer(HasMetadata object) {
        object.getMetadata().setFinalizers(object.getMetadata().getFinalizers().stream()
                .filter(finalizer -> !finalizer.equals(FINALIZER)).toList());
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

    /** The driver's own words for why a volume is not attached. */
    private static final class Refused extends Exception {

        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }
}
