package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import rehearsal.google.ComputeClient;
import rehearsal.google.ComputeException;
import rehearsal.google.DiskFolder;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.volume.BlockDevice;

import java.util.Map;
import java.util.Optional;

/** Google's CSI driver for persistent disks. */
final class PersistentDiskDriver implements CsiDriver {

    static final String NAME = "pd.csi.storage.gke.io";

    private final Google google;
    private final ComputeClient compute;
    private final Map<String, InstanceName> machines;

    /** @param machines the machine of each node */
    PersistentDiskDriver(Google google, ComputeClient compute, Map<String, InstanceName> machines) {
        this.google = google;
        this.compute = compute;
        this.machines = machines;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void publish(PersistentVolume volume, String node) throws Refused {
        var handle = volume.getSpec().getCsi().getVolumeHandle();
        var disk = DiskName.parse(handle).orElseThrow(() -> new Refused(
                "rpc error: code = InvalidArgument desc = ControllerPublishVolume volume ID is invalid: failed to get "
                        + "id components."
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
                throw new Refused(
                        "rpc error: code = NotFound desc = ControllerPublishVolume could not find volume with ID "
                                + handle + ": googleapi: Error 404: The resource '" + handle
                                + "' was not found, notFound");
            }
            var attributes = Optional.ofNullable(volume.getSpec().getCsi().getVolumeAttributes()).orElse(Map.of());
            compute.attachDisk(machine, disk, device(disk),
                    Boolean.TRUE.equals(volume.getSpec().getCsi().getReadOnly()),
                    "true".equals(attributes.get("force-attach")));
        } catch (ComputeException refused) {
            throw new Refused(
                    "rpc error: code = Internal desc = Failed to Attach: failed cloud service attach disk call: "
                            + refused.getMessage());
        }
    }

    @Override
    public void unpublish(String handle, String node) throws Refused {
        var machine = machines.get(node);
        var disk = DiskName.parse(handle);
        try {
            if (machine != null && disk.isPresent() && holds(machine, disk.get())) {
                compute.detachDisk(machine, device(disk.get()));
            }
        } catch (ComputeException refused) {
            throw new Refused("rpc error: code = Internal desc = Failed to Detach: " + refused.getMessage());
        }
    }

    @Override
    public void expand(String handle, long gib) throws Refused {
        try {
            var disk = DiskName.parse(handle).orElseThrow();
            if (compute.findDisk(disk).filter(found -> found.get("sizeGb").getAsLong() >= gib).isEmpty()) {
                compute.resizeDisk(disk, gib);
            }
        } catch (ComputeException refused) {
            throw new Refused("rpc error: code = Internal desc = ControllerExpandVolume failed to resize disk: "
                    + refused.getMessage());
        }
    }

    @Override
    public void delete(String handle) throws Refused {
        try {
            var disk = DiskName.parse(handle).orElseThrow();
            if (compute.findDisk(disk).isPresent()) {
                compute.deleteDisk(disk);
            }
        } catch (ComputeException refused) {
            throw new Refused("rpc error: code = Internal desc = unknown Delete disk error: " + refused.getMessage());
        }
    }

    @Override
    public Optional<BlockDevice> device(String handle) {
        return DiskName.parse(handle).flatMap(google::disk).map(DiskFolder::device);
    }

    @Override
    public boolean holds(String handle, String node) {
        return DiskName.parse(handle).flatMap(google::disk).filter(disk -> disk.users().contains(machines.get(node)))
                .isPresent();
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
}
