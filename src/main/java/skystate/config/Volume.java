package skystate.config;

import java.util.List;
import java.util.Map;

/**
 * A volume that exists already under any CSI driver, which this stack uses without owning it.
 *
 * @param driver   name of the driver, as in ebs.csi.aws.com
 * @param handle   what the driver knows it by
 * @param fsType   its filesystem; the driver makes it on a blank volume
 * @param topology values of a node label, by its key: a node needs one of them for each key
 * @param sizeGib  its size in GiB, also of the PersistentVolume and of the claim
 */
public record Volume(String driver, String handle, String fsType, Map<String, List<String>> topology, int sizeGib) implements State {

    @Override
    public String id() {
        return driver + "/" + handle;
    }

    @Override
    public String named() {
        return "The volume " + handle;
    }

    @Override
    public String persistence() {
        return "volume";
    }

    @Override
    public String word() {
        return handle;
    }

    /** The size as Kubernetes writes it. */
    public String quantity() {
        return sizeGib + "Gi";
    }
}
