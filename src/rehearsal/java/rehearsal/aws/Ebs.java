package rehearsal.aws;

import rehearsal.volume.BlockDevice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Amazon's block storage, as far as volumes are made by hand, attached to one machine of their own zone, and made
 * larger.
 */
public final class Ebs {

    /** EC2's refusal of a request, in its words. */
    public static final class Ec2Exception extends Exception {

        private static final long serialVersionUID = 1;

        Ec2Exception(String message) {
            super(message);
        }
    }

    /** @param holder the instance that it is attached to; empty if there is none */
    private record Volume(String id, String zone, long sizeGb, String holder, Path folder) {
    }

    private final Path home;
    private final Map<String, Volume> volumes = new ConcurrentHashMap<>();

    /** @param home a folder for the bytes */
    public Ebs(Path home) {
        this.home = home;
    }

    /** Makes a blank volume, as a person does in the console, and gives its id. */
    public String createVolume(String zone, long sizeGb) throws IOException {
        var id = "vol-%017x".formatted(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE) >>> 4);
        volumes.put(id, new Volume(id, zone, sizeGb, "", Files.createDirectories(home.resolve(id))));
        return id;
    }

    /** The volume as a machine sees it, if there is one. */
    public Optional<BlockDevice> device(String id) {
        return Optional.ofNullable(volumes.get(id))
                .map(volume -> new BlockDevice(id, volume.sizeGb(), volume.folder()));
    }

    /** The instance that has it attached; empty if none has. */
    public String holder(String id) {
        return Optional.ofNullable(volumes.get(id)).map(Volume::holder).orElse("");
    }

    /** Attaches a volume to an instance of a zone. */
    public synchronized void attach(String id, String instance, String zone) throws Ec2Exception {
        var volume = find(id);
        if (!volume.zone().equals(zone)) {
            throw new Ec2Exception("InvalidVolume.ZoneMismatch: The volume '" + id
                    + "' is not in the same availability zone as instance '" + instance + "'");
        }
        if (!volume.holder().isEmpty() && !volume.holder().equals(instance)) {
            throw new Ec2Exception("VolumeInUse: " + id + " is already attached to an instance");
        }
        volumes.put(id, new Volume(id, volume.zone(), volume.sizeGb(), instance, volume.folder()));
    }

    /** Detaches a volume from an instance, if that has it. */
    public synchronized void detach(String id, String instance) {
        volumes.computeIfPresent(id, (key, volume) -> volume.holder().equals(instance)
                ? new Volume(id, volume.zone(), volume.sizeGb(), "", volume.folder()) : volume);
    }

    /** An instance is terminated, which lets go of what it held. */
    public void terminate(String instance) {
        volumes.keySet().forEach(id -> detach(id, instance));
    }

    /** Makes a volume as large as this, unless it is already. */
    public synchronized void modify(String id, long sizeGb) throws Ec2Exception {
        var volume = find(id);
        volumes.put(id,
                new Volume(id, volume.zone(), Math.max(sizeGb, volume.sizeGb()), volume.holder(), volume.folder()));
    }

    /** Deletes a volume, if there is one, unless it is attached. */
    public synchronized void delete(String id) throws Ec2Exception {
        if (!holder(id).isEmpty()) {
            throw new Ec2Exception("VolumeInUse: Volume " + id + " is currently attached to " + holder(id));
        }
        volumes.remove(id);
    }

    private Volume find(String id) throws Ec2Exception {
        return Optional.ofNullable(volumes.get(id))
                .orElseThrow(() -> new Ec2Exception("InvalidVolume.NotFound: The volume '" + id + "' does not exist."));
    }
}
