package rehearsal.lives;

import java.util.List;
import java.util.Map;

/**
 * What there is at one moment, as disk, cluster and files have it, whatever was printed.
 *
 * @param disks    every disk of the project
 * @param servers  every server that runs, in whichever cluster
 * @param readable what somebody could read: the state's and the config's files and all that was printed, by where it is
 */
public record Sight(List<Disk> disks, List<Running> servers, Map<String, String> readable) {

    /**
     * A disk.
     *
     * @param path    {@code projects/P/zones/Z/disks/D}
     * @param born    what tells it from another of its name
     * @param sizeGib GiB
     * @param holders the machines that have it attached to write
     * @param bytes   what its files hold; empty for a blank one
     */
    public record Disk(String path, String born, long sizeGib, List<String> holders, String bytes) {
    }

    /**
     * A server that runs.
     *
     * @param cluster   name of its cluster
     * @param namespace its pod's
     * @param disk      path of the disk that it writes to
     * @param state     what it reads there
     */
    public record Running(String cluster, String namespace, String disk, String state) {
    }
}
