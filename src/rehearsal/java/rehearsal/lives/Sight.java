package rehearsal.lives;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import rehearsal.google.DiskFolder;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.world.World;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What there is at one moment, as disk, cluster and files have it, whatever was printed.
 *
 * @param disks    every disk of the project
 * @param servers  every server that runs, in whichever cluster
 * @param volumes  every PersistentVolume, in whichever cluster
 * @param readable what somebody could read: the state's and the config's files and all that was printed, by where it is
 */
public record Sight(List<Disk> disks, List<Running> servers, List<Volume> volumes, Map<String, String> readable) {

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

        /** Every disk that Google has in a life's zones. */
        public static List<Disk> all(Google google) {
            return Stream.of(Model.ZONE, Model.OTHER_ZONE)
                    .flatMap(zone -> google.console().disks(World.PROJECT, zone, "").stream().map(disk -> {
                        var name = new DiskName(World.PROJECT, zone, disk.get("name").getAsString());
                        return new Disk(name.path(), disk.get("id").getAsString(), disk.get("sizeGb").getAsLong(),
                                users(disk),
                                google.disk(name).map(DiskFolder::files).filter(Files::exists).map(Disk::text)
                                        .orElse(""));
                    })).toList();
        }

        private static List<String> users(JsonObject disk) {
            return disk.has("users")
                    ? disk.getAsJsonArray("users").asList().stream().map(JsonElement::getAsString).toList() : List.of();
        }

        private static String text(Path folder) {
            try (var files = Files.walk(folder)) {
                return files.filter(Files::isRegularFile).map(Sight::read).collect(Collectors.joining("\n"));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
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

    /**
     * A PersistentVolume.
     *
     * @param cluster name of its cluster
     * @param name    its own
     * @param disk    path of its disk
     * @param policy  its reclaim policy
     * @param claim   the claim that holds it, {@code NAMESPACE/NAME}; empty if none does
     */
    public record Volume(String cluster, String name, String disk, String policy, String claim) {
    }

    /** What a file holds, byte for byte; nothing if it is gone meanwhile. */
    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException goneMeanwhile) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
