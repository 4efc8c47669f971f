package rehearsal.google;

import com.google.gson.JsonObject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk as a machine that has it attached sees it, and as the cloud console shows it: a picture of one moment, but for
 * the bytes, which are real. A blank disk has no filesystem; a formatted one has a folder.
 *
 * @param sizeGb GiB, which the API calls GB
 * @param type   the short name, as in {@code pd-balanced}
 * @param labels all of them, whoever set them
 * @param users  the machines that hold it, at most one of them read-write
 * @param folder where the rehearsal keeps it
 */
public record DiskFolder(DiskName name, long sizeGb, String type, Map<String, String> labels, List<InstanceName> users, Path folder) {

    /** @param sizeGb GiB that the filesystem fills: less than the disk's after the disk grew */
    public record Filesystem(String type, long sizeGb) {
    }

    /** Where the files are, once there is a filesystem. */
    public Path files() {
        return folder.resolve("filesystem");
    }

    /** What the disk is formatted with; empty for a blank disk. */
    public Optional<Filesystem> filesystem() {
        try {
            return Files.exists(header())
                    ? Optional.of(Json.object(Files.readString(header())))
                            .map(header -> new Filesystem(Json.text(header, "type", ""), header.get("sizeGb").getAsLong()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the filesystem of " + name.path(), e);
        }
    }

    /** Makes a filesystem as large as the disk on a blank disk. Refuses a disk that has one: nothing is ever erased. */
    public void format(String fsType) {
        filesystem().ifPresent(old -> {
            throw new IllegalStateException("disk " + name.path() + " already holds a filesystem of type " + old.type());
        });
        try {
            Files.createDirectory(files());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot format " + name.path(), e);
        }
        write(fsType);
    }

    /** Makes the filesystem as large as the disk. */
    public void grow() {
        write(filesystem().orElseThrow(() -> new IllegalStateException("disk " + name.path() + " is blank")).type());
    }

    private void write(String fsType) {
        var header = new JsonObject();
        header.addProperty("type", fsType);
        header.addProperty("sizeGb", sizeGb);
        try {
            Files.writeString(header(), Json.GSON.toJson(header));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the filesystem of " + name.path(), e);
        }
    }

    private Path header() {
        return folder.resolve("filesystem.json");
    }
}
