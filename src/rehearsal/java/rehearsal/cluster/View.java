package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import java.util.List;
import java.util.Optional;

/**
 * A watched picture of what the stand-ins act on. It may lag behind by moments, so whoever acts on it must bear that.
 */
final class View {

    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<PersistentVolumeClaim> claims;
    private final SharedIndexInformer<PersistentVolume> volumes;
    private final SharedIndexInformer<VolumeAttachment> attachments;

    /**
     * Watches for as long as the client is open.
     *
     * @param changed is told of each change
     */
    View(KubernetesClient client, Runnable changed) {
        this.pods = client.pods().inAnyNamespace().inform(new Changed<>(changed));
        this.claims = client.persistentVolumeClaims().inAnyNamespace().inform(new Changed<>(changed));
        this.volumes = client.persistentVolumes().inform(new Changed<>(changed));
        this.attachments = client.storage().v1().volumeAttachments().inform(new Changed<>(changed));
    }

    List<Pod> pods() {
        return pods.getStore().list();
    }

    List<PersistentVolumeClaim> claims() {
        return claims.getStore().list();
    }

    List<PersistentVolume> volumes() {
        return volumes.getStore().list();
    }

    List<VolumeAttachment> attachments() {
        return attachments.getStore().list();
    }

    Optional<PersistentVolume> volume(String name) {
        return Optional.ofNullable(volumes.getStore().getByKey(name));
    }

    Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return Optional.ofNullable(claims.getStore().getByKey(namespace + "/" + name));
    }

    /**
     * Whether a node has a disk attached, by what its VolumeAttachment says; and why not. Kubernetes keeps one for a
     * disk, of whose volumes it names the first: the kubelet finds it by the disk, not by the volume.
     */
    Optional<VolumeAttachment> attachment(CSIPersistentVolumeSource disk, String node) {
        return attachments().stream()
                .filter(attachment -> volume(attachment.getSpec().getSource().getPersistentVolumeName())
                        .map(volume -> volume.getSpec().getCsi())
                        .filter(csi -> csi.getDriver().equals(disk.getDriver())
                                && csi.getVolumeHandle().equals(disk.getVolumeHandle()))
                        .isPresent()
                        && node.equals(attachment.getSpec().getNodeName())
                        && attachment.getMetadata().getDeletionTimestamp() == null)
                .findFirst();
    }

    private record Changed<T extends HasMetadata>(Runnable changed) implements ResourceEventHandler<T> {

        @Override
        public void onAdd(T added) {
            changed.run();
        }

        @Override
        public void onUpdate(T before, T after) {
            changed.run();
        }

        @Override
        public void onDelete(T deleted, boolean stateUnknown) {
            changed.run();
        }
    }
}
