package rehearsal.google;

import rehearsal.volume.BlockDevice;
import rehearsal.volume.BlockDevice.Filesystem;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk as a machine that has it attached sees it, and as the cloud console shows it: a picture of one moment, but for
 * the bytes, which are real.
 *
 * @param sizeGb GiB, which the API calls GB
 * @param type   the short name, as in {@code pd-balanced}
 * @param labels all of them, whoever set them
 * @param users  the machines that hold it, at most one of them read-write
 * @param folder where the rehearsal keeps it
 */
public record DiskFolder(DiskName name, long sizeGb, String type, Map<String, String> labels, List<InstanceName> users,
                         Path folder) {

    /** As a machine sees it. */
    public BlockDevice device() {
        return new BlockDevice(name.path(), sizeGb, folder);
    }

    /** Where the files are, once there is a filesystem. */
    public Path files() {
        return device().files();
    }

    /** What the disk is formatted with; empty for a blank disk. */
    public Optional<Filesystem> filesystem() {
        return device().filesystem();
    }

    /** Makes a filesystem as large as the disk on a blank disk. Refuses a disk that has one: nothing is ever erased. */
    public void format(String fsType) {
        device().format(fsType);
    }
}
