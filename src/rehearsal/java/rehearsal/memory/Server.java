package rehearsal.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The API server in a running pod, as far as its state is concerned: a file on its disk.
 *
 * @param cluster   name of its cluster
 * @param namespace its pod's namespace
 * @param pod       its pod's uid
 * @param node      its pod's node
 * @param handle    the disk, as its volume names it
 * @param state     the file
 */
public record Server(String cluster, String namespace, String pod, String node, String handle, Path state) {

    /** All that was ever written to it. */
    public String read() {
        try {
            return Files.exists(state) ? Files.readString(state) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Adds a line. */
    public void write(String line) {
        try {
            Files.createDirectories(state.getParent());
            Files.writeString(state, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
