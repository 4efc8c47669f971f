package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import rehearsal.aws.Ebs;
import rehearsal.aws.Ebs.Ec2Exception;
import rehearsal.volume.BlockDevice;

import java.util.Map;
import java.util.Optional;

/** Amazon's CSI driver for volumes of EBS. */
final class EbsDriver implements CsiDriver {

    static final String NAME = "ebs.csi.aws.com";

    private final Ebs ebs;
    private final Map<String, String> zones;

    /** @param zones the zone of each node. A node's instance is called like the node */
    EbsDriver(Ebs ebs, Map<String, String> zones) {
        this.ebs = ebs;
        this.zones = zones;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void publish(PersistentVolume volume, String node) throws Refused {
        var handle = volume.getSpec().getCsi().getVolumeHandle();
        try {
            ebs.attach(handle, node, zones.get(node));
        } catch (Ec2Exception refused) {
            throw new Refused("rpc error: code = Internal desc = Could not attach volume \"" + handle + "\" to node \""
                    + node + "\": " + refused.getMessage());
        }
    }

    @Override
    public void unpublish(String handle, String node) {
        ebs.detach(handle, node);
    }

    @Override
    public void expand(String handle, long gib) throws Refused {
        try {
            ebs.modify(handle, gib);
        } catch (Ec2Exception refused) {
            throw new Refused("rpc error: code = Internal desc = Could not resize volume \"" + handle + "\": "
                    + refused.getMessage());
        }
    }

    @Override
    public void delete(String handle) throws Refused {
        try {
            ebs.delete(handle);
        } catch (Ec2Exception refused) {
            throw new Refused("rpc error: code = Internal desc = Could not delete volume ID \"" + handle + "\": "
                    + refused.getMessage());
        }
    }

    @Override
    public Optional<BlockDevice> device(String handle) {
        return ebs.device(handle);
    }

    @Override
    public boolean holds(String handle, String node) {
        return ebs.holder(handle).equals(node);
    }
}
