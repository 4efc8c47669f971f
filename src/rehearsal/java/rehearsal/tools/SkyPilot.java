package rehearsal.tools;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * SkyPilot as PyPI has it, server and client: pinned with all that it needs by hashes, and installed once per user
 * beside the other tools.
 *
 * @param version which one
 * @param python  the interpreter that it runs with
 * @param modules the folders that its modules are in, besides the interpreter's own, the first of them first
 */
public record SkyPilot(String version, Path python, List<Path> modules) {

    private static final Path PINS = Path.of("src/rehearsal/python");
    private static final String NEWEST = "skypilot";
    private static final String OLDER = "older";
    private static final String PLUGINS = "plugins.yaml";
    private static final String FITS = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))";

    /** It can't be had; the message is one line and says why. */
    public static final class Missing extends Exception {

        private static final long serialVersionUID = 1;

        Missing(String message) {
            super(message);
        }
    }

    /**
     * The newest, installed first if need be. The working directory is the checkout.
     *
     * @param progress is told what takes long
     */
    public static SkyPilot get(Consumer<String> progress) throws Missing {
        return get(progress, System.getenv("PATH"), Tools.cacheFolder(), PINS.toAbsolutePath());
    }

    static SkyPilot get(Consumer<String> progress, String path, Path cache, Path pins) throws Missing {
        var python = python(new PathLookup(path == null ? "" : path));
        var folder = install(cache, pins, NEWEST, progress, "up to 3 min on 2 cores, 320 MB",
                List.of(List.of(python.toString(), "-m", "venv", "venv"), pip(Path.of("venv/bin/python"), NEWEST)));
        return new SkyPilot(version(pins, NEWEST), folder.resolve("venv/bin/python"), List.of(folder));
    }

    /** An older one, which shares what both need with the newest: that has to be here. */
    public SkyPilot older(Consumer<String> progress) throws Missing {
        var pins = PINS.toAbsolutePath();
        var newest = modules.get(0);
        var pip = Stream.concat(pip(python, OLDER).stream(), Stream.of("--target", "modules")).toList();
        var folder = install(newest.getParent(), pins, OLDER, progress, "some seconds, 15 MB", List.of(pip));
        return new SkyPilot(version(pins, OLDER), python, List.of(folder.resolve("modules"), newest));
    }

    /** The command that runs a server at a port of loopback, in the foreground. */
    public List<String> server(int port) {
        return List.of(python.toString(), "-m", "sky.server.server", "--host", "127.0.0.1", "--port",
                String.valueOf(port));
    }

    /**
     * What a server of its own has in its environment, so that it meets no other on this machine, and tells nobody of
     * itself.
     */
    public Map<String, String> environment() {
        return Map.of("IS_SKYPILOT_SERVER", "true", "SKYPILOT_DISABLE_USAGE_COLLECTION", "1",
                "PYTHONPATH", String.join(File.pathSeparator, modules.stream().map(Path::toString).toList()),
                "SKYPILOT_SERVER_PLUGINS_CONFIG", modules.get(modules.size() - 1).resolve(PLUGINS).toString());
    }

    /** The folder of its {@code sky}. */
    public Path bin() {
        return python.getParent();
    }

    private static Path python(PathLookup path) throws Missing {
        return Stream.of("python3", "python3.13", "python3.12", "python3.11", "python3.10").map(path::any)
                .flatMap(Optional::stream)
                .filter(SkyPilot::fits).findFirst()
                .orElseThrow(() -> new Missing(
                        "SkyPilot's server takes Python 3.10 or later with its module venv, and there is none on the "
                                + "PATH"));
    }

    private static boolean fits(Path python) {
        try {
            return new ProcessBuilder(python.toString(), "-c", FITS).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException notRunnable) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * What a hash doesn't name isn't installed, and what would have to be built isn't either. What is never run is not
     * compiled.
     */
    private static List<String> pip(Path python, String pins) {
        return List.of(python.toString(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--no-input", "--no-compile",
                "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", pins + ".txt");
    }

    private static Path install(Path cache, Path pins, String name, Consumer<String> progress, String takes,
                                List<List<String>> commands)
            throws Missing {
        var version = version(pins, name);
        try {
            return PinnedInstall.install(cache, "skypilot-" + version, pins,
                    List.of(name + ".txt", "one_process.py", PLUGINS),
                    "SkyPilot " + version + " from PyPI by pinned hashes: " + takes, progress, commands);
        } catch (IOException failed) {
            throw new Missing("SkyPilot could not be installed: " + failed.getMessage());
        }
    }

    private static String version(Path pins, String name) throws Missing {
        try (var lines = Files.lines(pins.resolve(name + ".in"))) {
            return lines.filter(line -> line.startsWith("skypilot==")).findFirst().orElseThrow()
                    .substring("skypilot==".length()).strip();
        } catch (IOException unreadable) {
            throw new Missing("SkyPilot's version is pinned nowhere: " + unreadable);
        }
    }
}
