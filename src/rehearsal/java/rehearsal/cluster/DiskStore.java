package rehearsal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Files on a disk that is mounted in a pod.
 *
 * @param driver the disk's driver
 * @param name   what the driver knows it by
 * @param node   the node that it is mounted on
 * @param sky    the folder on the disk that the pod sees as {@code /root/.sky}, or the one of that name at the disk's
 *               root if the pod mounts it elsewhere
 */
record DiskStore(CsiDriver driver, String name, String node, Path sky) implements StateStore {

    @Override
    public boolean attached() {
        return driver.holds(name, node);
    }

    @Override
    public Optional<String> read(String file) {
        try {
            return Files.exists(held(file)) ? Optional.of(Files.readString(held(file))) : Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException("The server cannot read " + file + " on " + name, failed);
        }
    }

    @Override
    public void append(String file, String text) {
        try {
            Files.createDirectories(sky);
            Files.writeString(held(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException("The server cannot write to " + name, failed);
        }
    }

    private Path held(String file) {
        if (!attached()) {
            throw new IllegalStateException(
                    "Input/output error: disk " + name + " was detached from " + node + " under the running server");
        }
        return sky.resolve(file);
    }
}
