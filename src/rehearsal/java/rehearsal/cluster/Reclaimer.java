package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import rehearsal.cluster.CsiDriver.Refused;

/**
 * Deletes what a released volume is on, as the external-provisioner beside a disk driver does where the reclaim policy
 * is Delete, and then the PersistentVolume; also one that was made by hand, if its annotation says that the driver
 * provisioned it.
 */
final class Reclaimer {

    private static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

    private final KubernetesClient client;
    private final View view;
    private final CsiDriver driver;

    Reclaimer(KubernetesClient client, View view, CsiDriver driver) {
        this.client = client;
        this.view = view;
        this.driver = driver;
    }

    /** Deletes every volume that nobody claims any more and that isn't to be retained. */
    void pass() {
        view.volumes().stream().filter(this::forsaken).forEach(volume -> {
            try {
                driver.delete(volume.getSpec().getCsi().getVolumeHandle());
                client.persistentVolumes().withName(volume.getMetadata().getName()).delete();
            } catch (Refused stillInUse) {
                // The next pass tries again.
            }
        });
    }

    private boolean forsaken(PersistentVolume volume) {
        return "Released".equals(volume.getStatus().getPhase())
                && "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
                && volume.getMetadata().getAnnotations() != null
                && driver.name().equals(volume.getMetadata().getAnnotations().get(PROVISIONED_BY))
                && volume.getSpec().getCsi() != null && driver.name().equals(volume.getSpec().getCsi().getDriver());
    }
}
