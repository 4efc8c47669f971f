package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import rehearsal.volume.BlockDevice;

import java.util.Optional;

/** A CSI driver: what its controller does with a volume at its cloud, and what it has of the volume on a node. */
interface CsiDriver {

    /** Its name, as PersistentVolumes have it. */
    String name();

    /** Attaches the volume to a node's machine, if it isn't attached there. */
    void publish(PersistentVolume volume, String node) throws Refused;

    /** Detaches a volume from a node's machine, if it is attached there. */
    void unpublish(String handle, String node) throws Refused;

    /** Makes a volume as large as this, unless it is already. */
    void expand(String handle, long gib) throws Refused;

    /** Deletes a volume, if it is there. */
    void delete(String handle) throws Refused;

    /** The volume as a node sees it, if there is one. */
    Optional<BlockDevice> device(String handle);

    /** Whether a node's machine has the volume attached. */
    boolean holds(String handle, String node);

    /** By which it shows that an object is not to go before it has done its part. */
    default String finalizer() {
        return "external-attacher/" + name().replace('.', '-');
    }

    /** The driver's own words for why something can't be done. */
    final class Refused extends Exception {

        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }
}
