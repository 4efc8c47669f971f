package rehearsal.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds tools from their pinned modules, once per user: {@code CACHE/NAME-VERSION-HASH/NAME}, where the hash is of
 * everything that decides the result. A file lock keeps two processes from building the same at once, and a binary
 * appears under its name only when it is whole.
 */
final class GoBuild {

    private static final Object IN_THIS_PROCESS = new Object();
    private static final Pattern MODULE = Pattern.compile("\\b([a-z0-9][\\w.-]*\\.[a-z]+/[\\w./~-]+@v[\\w.+-]+)");

    private final Path modules;
    private final Path cache;
    private final PathLookup path;
    private final Consumer<String> progress;

    /**
     * @param modules  the checkout's {@code src/rehearsal/go}
     * @param cache    the user's cache folder of this project
     * @param path     where {@code go} is looked for
     * @param progress is told what takes long
     */
    GoBuild(Path modules, Path cache, PathLookup path, Consumer<String> progress) {
        this.modules = modules;
        this.cache = cache;
        this.path = path;
        this.progress = progress;
    }

    /** A tool could not be built; the message is one line and says why. */
    static final class Failed extends Exception {

        private static final long serialVersionUID = 1;

        /** Whether the module proxy did not give a module: nothing that this machine could install or mend. */
        final boolean refused;

        Failed(String message, boolean refused) {
            super(message);
            this.refused = refused;
        }
    }

    /** The cached binary, built first if need be. */
    Path get(Tool tool) throws IOException, Failed {
        var folder = cache.resolve(tool.binary() + "-" + tool.version() + "-" + hash(tool));
        var binary = folder.resolve(tool.binary());
        if (Files.isExecutable(binary)) {
            return binary;
        }
        var go = path.any("go").orElseThrow(() -> new Failed(
                "install just Go 1.26 or later (https://go.dev/dl), and all are built from pinned modules", false));
        Files.createDirectories(folder);
        synchronized (IN_THIS_PROCESS) {
            try (var lock = lock(tool, folder.resolve("lock"))) {
                if (!Files.isExecutable(binary)) {
                    build(tool, go, binary);
                }
            }
        }
        return binary;
    }

    private FileChannel lock(Tool tool, Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            progress.accept("waiting for another process that builds " + tool.binary() + " " + tool.version());
            channel.lock();
        }
        return channel;
    }

    private void build(Tool tool, Path go, Path binary) throws IOException, Failed {
        progress.accept("building %s %s from pinned modules: up to %d min on 2 cores, once per user"
                .formatted(tool.binary(), tool.version(), tool.minutes()));
        var began = System.nanoTime();
        var unfinished = binary.resolveSibling(tool.binary() + ".unfinished");
        var log = binary.resolveSibling("build.log");
        var prepared = tool.sources().contains(Tool.PREPARE);
        var folder = prepared ? copy(tool, binary.resolveSibling("source")) : modules.resolve(tool.folder());
        var builder = new ProcessBuilder("bash", "-c", (prepared ? "./" + Tool.PREPARE + " && " : "") + "exec \"$@\"",
                "build", go.toString(), "build", "-mod=readonly", "-gcflags=all=-dwarf=false",
                "-ldflags", tool.linkerFlags(), "-o", unfinished.toString(), tool.goPackage())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("CGO_ENABLED", "0");
        builder.environment().put("GOWORK", "off");
        builder.environment().put("GOFLAGS", "");
        // A quarter of the compiler's time goes into collecting garbage that there is room for.
        builder.environment().put("GOGC", "off");
        builder.environment().put("GOMEMLIMIT", "3GiB");
        var process = builder.start();
        var stop = new Thread(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            process.getOutputStream().close();
            if (process.waitFor() != 0) {
                throw failed(Files.readString(log), log);
            }
        } catch (InterruptedException interrupted) {
            stop.run();
            Thread.currentThread().interrupt();
            throw new Failed("its build was interrupted", false);
        } finally {
            forget(stop);
        }
        delete(binary.resolveSibling("source"));
        Files.move(unfinished, binary, StandardCopyOption.ATOMIC_MOVE);
        progress.accept("built %s in %d s".formatted(tool.binary(), (System.nanoTime() - began) / 1_000_000_000));
    }

    /** A copy of what the tool is built from. What an earlier build left there goes first. */
    private Path copy(Tool tool, Path to) throws IOException {
        delete(to);
        Files.createDirectories(to);
        for (var file : Stream.concat(Stream.of("go.mod", "go.sum"), tool.sources().stream()).toList()) {
            Files.copy(modules.resolve(tool.folder()).resolve(file), to.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        return to;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook has done its work.
        }
    }

    /** Names the modules that could not be had, if that is what went wrong. */
    private static Failed failed(String output, Path log) {
        var refused = new LinkedHashSet<String>();
        output.lines()
                .filter(line -> line.contains("reading ") || line.contains("verifying ") || line.contains("dial tcp")
                        || line.contains("missing go.sum entry") || line.contains("unrecognized import path"))
                .forEach(line -> MODULE.matcher(line).results().forEach(found -> refused.add(found.group(1))));
        if (!refused.isEmpty()) {
            return new Failed("the Go module proxy gave no " + String.join(", ", refused) + " (see " + log
                    + "); set GOPROXY to one that has it, or install the tool", true);
        }
        var last = output.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second).orElse("no output");
        return new Failed("its build failed: " + last.strip() + " (see " + log + ")", false);
    }

    private String hash(Tool tool) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(modules.resolve(tool.folder()).resolve("go.mod")));
            digest.update(Files.readAllBytes(modules.resolve(tool.folder()).resolve("go.sum")));
            for (var source : tool.sources()) {
                digest.update(Files.readAllBytes(modules.resolve(tool.folder()).resolve(source)));
            }
            digest.update((tool.goPackage() + tool.linkerFlags()).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
