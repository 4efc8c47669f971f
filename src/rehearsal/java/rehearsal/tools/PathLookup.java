package rehearsal.tools;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Finds tools of the right version among the folders of a PATH. Each candidate is asked for its version, for a name
 * alone says little: a {@code kubectl} may be a dispatcher, and a build without linker flags calls itself v0.0.0.
 */
final class PathLookup {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Path> folders;

    /** @param path folders as in the PATH variable */
    PathLookup(String path) {
        this.folders =
                Arrays.stream(path.split(File.pathSeparator)).filter(entry -> !entry.isBlank()).map(Path::of).toList();
    }

    /**
     * The first executable on the PATH that stands for the tool. The Java language host tells no version: it counts
     * where it lies beside a {@code pulumi} of the right version, for the two are released together.
     */
    Optional<Path> find(Tool tool) {
        return switch (tool) {
            case PULUMI_LANGUAGE_JAVA -> find(Tool.PULUMI)
                    .map(pulumi -> pulumi.resolveSibling(tool.binary()))
                    .filter(Files::isExecutable);
            case PULUMI_RESIDENT, PULUMI_KUBERNETES -> Optional.empty();
            default -> candidates(tool).filter(candidate -> version(candidate, tool.versionArguments())
                    .filter(tool.version()::accepts).isPresent()).findFirst();
        };
    }

    /** The first executable of that name, of whatever version. */
    Optional<Path> any(String name) {
        return folders.stream().map(folder -> folder.resolve(name)).filter(PathLookup::executable).findFirst();
    }

    private Stream<Path> candidates(Tool tool) {
        return folders.stream().map(folder -> folder.resolve(tool.binary())).filter(PathLookup::executable);
    }

    private static boolean executable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    /** What the executable says its version is; nothing if it fails, hangs or says something else. */
    static Optional<Version> version(Path executable, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(executable.toString());
        command.addAll(arguments);
        Path output = null;
        try {
            output = Files.createTempFile("tool-version", ".txt");
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("PULUMI_SKIP_UPDATE_CHECK", "1");
            var process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                return Optional.empty();
            }
            return process.exitValue() == 0 ? Version.in(Files.readString(output)) : Optional.empty();
        } catch (IOException notRunnable) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            delete(output);
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            file.toFile().deleteOnExit();
        }
    }
}
