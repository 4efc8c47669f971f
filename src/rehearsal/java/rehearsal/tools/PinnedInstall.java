package rehearsal.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Installs what a package manager's pinned files name, once per user, into a folder whose name follows from them. */
public final class PinnedInstall {

    private static final Object IN_THIS_PROCESS = new Object();

    private PinnedInstall() {
    }

    /**
     * The folder, with all installed.
     *
     * @param cache    where the folder is kept
     * @param name     what its name begins with
     * @param pins     the folder of the pinned files
     * @param files    those files, which are copied, for what runs them may leave something beside them
     * @param what     what it is, as in SkyPilot 0.14.1 from PyPI, and how long it takes
     * @param progress is told when it begins and ends
     * @param commands what installs it, run in the folder
     * @throws IOException if a command fails; its message is one line and says why
     */
    public static Path install(Path cache, String name, Path pins, List<String> files, String what,
                               Consumer<String> progress,
                               List<List<String>> commands)
            throws IOException {
        var text = new StringBuilder();
        for (var file : files) {
            text.append(Files.readString(pins.resolve(file)));
        }
        var folder = cache.resolve(name + "-"
                + UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8)).toString().replace("-", "")
                        .substring(0, 12));
        var done = folder.resolve("done");
        if (Files.exists(done)) {
            return folder;
        }
        Files.createDirectories(folder);
        synchronized (IN_THIS_PROCESS) {
            try (var channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                if (!Files.exists(done)) {
                    var began = System.nanoTime();
                    progress.accept("installing " + what + ", once per user");
                    for (var file : files) {
                        Files.copy(pins.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                    }
                    for (var command : commands) {
                        run(command, folder);
                    }
                    Files.createFile(done);
                    progress.accept("installed it in %d s".formatted((System.nanoTime() - began) / 1_000_000_000));
                }
            }
        }
        return folder;
    }

    private static void run(List<String> command, Path folder) throws IOException {
        var log = folder.resolve("install.log");
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        try {
            process.getOutputStream().close();
            if (process.waitFor() != 0) {
                var lines = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
                var why = Stream.concat(lines.stream(), lines.stream().filter(line -> line.startsWith("ERROR")))
                        .reduce((first, second) -> second);
                throw new IOException("see " + log + ": " + why.orElse("no output").strip());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
