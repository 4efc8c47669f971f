package rehearsal.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

/**
 * Watches what others on this machine could see of a world's secrets: the arguments of its processes, by a look several
 * times a second, and its files.
 */
public final class Exposure implements AutoCloseable {

    private static final long PERIOD_MILLIS = 200;

    private final Supplier<Collection<String>> secrets;
    private final Path folder;
    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final Thread watch = new Thread(this::watch, "exposure");

    private Exposure(Supplier<Collection<String>> secrets, Path folder) {
        this.secrets = secrets;
        this.folder = folder;
    }

    /**
     * Watches the processes that this JVM starts, from now on.
     *
     * @param secrets what nobody else is to see, asked for at each look
     * @param folder  the folder whose files are looked at in the end
     */
    static Exposure of(Supplier<Collection<String>> secrets, Path folder) {
        var exposure = new Exposure(secrets, folder);
        exposure.watch.setDaemon(true);
        exposure.watch.start();
        return exposure;
    }

    /** Where a secret was to be seen so far, without the secret; empty is as it should be. */
    public Set<String> seen() throws IOException {
        var all = new TreeSet<>(seen);
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                return others(directory, PosixFilePermission.OTHERS_EXECUTE) ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && others(file, PosixFilePermission.OTHERS_READ)) {
                    var contents = Files.readString(file, StandardCharsets.ISO_8859_1);
                    secrets.get().stream().filter(contents::contains)
                            .forEach(secret -> all.add("others can read " + folder.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return all;
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                look();
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException closed) {
            // All has been seen.
        }
    }

    /** Looks once. */
    void look() {
        var known = secrets.get();
        ProcessHandle.current().descendants().map(ProcessHandle::info)
                .forEach(process -> process.arguments().ifPresent(arguments -> {
                    var line = String.join(" ", Arrays.asList(arguments));
                    if (known.stream().anyMatch(line::contains)) {
                        seen.add("on the command line of " + process.command().orElse("a process"));
                    }
                }));
    }

    private static boolean others(Path path, PosixFilePermission permission) throws IOException {
        return Files.getPosixFilePermissions(path).contains(permission);
    }
}
