package rehearsal.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The real tools that a rehearsal runs, of pinned versions: the one on the user's PATH if it is of the right version,
 * else one built from pinned Go modules and cached per user.
 *
 * @param bin a folder with exactly these tools under their plain names, to be put first on a PATH. It is shared, so
 *            nothing may be written to it
 */
public record Tools(Path bin) {

    /** Those that run in a rehearsal's world. */
    public static final Set<Tool> OF_A_WORLD = Set.copyOf(EnumSet.complementOf(EnumSet.of(Tool.PULUMI_RESIDENT)));

    /** Every tool of a rehearsal's world, with what takes long told to {@code progress}. */
    public static Tools get(Consumer<String> progress) {
        return get(OF_A_WORLD, progress);
    }

    /**
     * These tools only. The working directory is the checkout, as under Maven and {@code ./rehearse}.
     *
     * @throws MissingToolsException if any is not here and cannot be built
     */
    public static Tools get(Set<Tool> wanted, Consumer<String> progress) {
        return get(wanted, progress, System.getenv("PATH"), cacheFolder(),
                Path.of("src/rehearsal/go").toAbsolutePath());
    }

    static Tools get(Set<Tool> wanted, Consumer<String> progress, String path, Path cache, Path modules) {
        var lookup = new PathLookup(path == null ? "" : path);
        var build = new GoBuild(modules, cache, lookup, progress);
        var found = new EnumMap<Tool, Path>(Tool.class);
        var missing = new ArrayList<MissingToolsException.Missing>();
        try {
            for (var tool : EnumSet.copyOf(wanted)) {
                try {
                    var onPath = lookup.find(tool);
                    found.put(tool, onPath.isPresent() ? onPath.get().toAbsolutePath() : build.get(tool));
                } catch (GoBuild.Failed failed) {
                    missing.add(new MissingToolsException.Missing(tool, failed.getMessage(), failed.refused));
                }
            }
            if (!missing.isEmpty()) {
                throw new MissingToolsException(missing);
            }
            return new Tools(bin(cache, found));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Cannot find or build the rehearsal's tools: " + unreadable.getMessage(),
                    unreadable);
        }
    }

    /** The tool's executable. */
    public Path path(Tool tool) {
        return bin.resolve(tool.binary());
    }

    /** The folder in which what takes long to build or to install is kept, once per user. */
    public static Path cacheFolder() {
        var base = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(value -> !value.isBlank())
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        return base.resolve("sky-api-server-rehearsal");
    }

    /**
     * A folder of links whose name follows from what they point at, so that it never changes under a running rehearsal.
     * The links to our own builds are hard: the engine looks for its language host beside itself.
     */
    private static synchronized Path bin(Path cache, Map<Tool, Path> found) throws IOException {
        var name =
                UUID.nameUUIDFromBytes(found.toString().getBytes(StandardCharsets.UTF_8)).toString().substring(0, 13);
        var bin = cache.resolve("bin-" + name);
        Files.createDirectories(cache);
        try (var lock =
                FileChannel.open(cache.resolve("bin.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!found.keySet().stream().allMatch(tool -> Files.isExecutable(bin.resolve(tool.binary())))) {
                deleteLinks(bin);
                Files.createDirectory(bin);
                for (var tool : found.entrySet()) {
                    link(bin.resolve(tool.getKey().binary()), tool.getValue(), tool.getValue().startsWith(cache));
                }
            }
        }
        return bin;
    }

    private static void link(Path link, Path target, boolean hard) throws IOException {
        if (hard) {
            Files.createLink(link, target);
        } else {
            Files.createSymbolicLink(link, target);
        }
    }

    private static void deleteLinks(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var links = Files.list(folder)) {
            for (var link : links.toList()) {
                Files.deleteIfExists(link);
            }
        }
        Files.deleteIfExists(folder);
    }
}
