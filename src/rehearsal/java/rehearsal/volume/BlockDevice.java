package rehearsal.volume;

import com.google.gson.Gson;
import com.google.gson.JsonObject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A disk of any cloud as a machine that has it attached sees it. A blank one has no filesystem; a formatted one has a
 * folder.
 *
 * @param name   what messages call it
 * @param sizeGb GiB
 * @param folder where the rehearsal keeps it
 */
public record BlockDevice(String name, long sizeGb, Path folder) {

    private static final Gson GSON = new Gson();

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
            return Files.exists(header()) ? Optional.of(GSON.fromJson(Files.readString(header()), JsonObject.class))
                    .map(header -> new Filesystem(header.get("type").getAsString(), header.get("sizeGb").getAsLong()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the filesystem of " + name, e);
        }
    }

    /** Makes a filesystem as large as the disk on a blank disk. Refuses a disk that has one: nothing is ever erased. */
    public void format(String fsType) {
        filesystem().ifPresent(old -> {
            throw new IllegalStateException("disk " + name + " already holds a filesystem of type " + old.type());
        });
        try {
            Files.createDirectories(files());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot format " + name, e);
        }
        write(fsType);
    }

    /** Makes the filesystem as large as the disk. */
    public void grow() {
        write(filesystem().orElseThrow(() -> new IllegalStateException("disk " + name + " is blank")).type());
    }

    private void write(String fsType) {
        var header = new JsonObject();
        header.addProperty("type", fsType);
        header.addProperty("sizeGb", sizeGb);
        try {
            // In one move: another thread may read it at the same time.
            var written = Files.writeString(folder.resolve("filesystem.json.new"), GSON.toJson(header));
            Files.move(written, header(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the filesystem of " + name, e);
        }
    }

    private Path header() {
        return folder.resolve("filesystem.json");
    }
}
