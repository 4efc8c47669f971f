package rehearsal.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs commands as a user types them: through a shell, in the world's project folder and with its environment. */
public final class CommandLine implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    /**
     * What a command did.
     *
     * @param command  as it was typed
     * @param exitCode its exit code
     * @param output   all it printed, standard error included
     */
    public record Result(String command, int exitCode, String output) {
    }

    private final Path folder;
    private final Map<String, String> environment;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    CommandLine(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** Runs a command to its end. Its input is empty. */
    public Result run(String command) {
        return run(command, "");
    }

    /** Runs a command to its end, with this input. */
    public Result run(String command, String input) {
        return finish(start(command), command, input);
    }

    private Process start(String command) {
        return start(builder("bash", "-c", command).redirectErrorStream(true));
    }

    private Result finish(Process process, String command, String input) {
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            var watch = new Thread(() -> endAfterLimit(process), "limit");
            watch.setDaemon(true);
            watch.start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var exitCode = process.waitFor();
            watch.interrupt();
            return new Result(command, exitCode, output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(command, unreadable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + command, interrupted);
        } finally {
            end(process);
        }
    }

    /**
     * Runs a command and kills it, with all that it has started, once something has come about: as an out-of-memory
     * kill does, so that it can neither finish nor tidy up.
     *
     * @param when whether it has come about; if it throws, the command is killed as well
     * @return what it did until then
     * @throws IllegalStateException if it ended by itself before, or {@code when} threw
     */
    public Result runUntil(String command, BooleanSupplier when) {
        var came = new CompletableFuture<Boolean>();
        var result = runUntil(command, when, came);
        try {
            if (came.getNow(false) && result.exitCode() != 0) {
                return result;
            }
        } catch (CompletionException failed) {
            throw new IllegalStateException("what was waited for could not be told: " + command, failed);
        }
        throw new IllegalStateException(
                "it ended by itself, with exit code " + result.exitCode() + ": " + command + "\n" + result.output());
    }

    /**
     * The same for a command that may end by itself before.
     *
     * @param came completed with true once it has come about
     */
    public Result runUntil(String command, BooleanSupplier when, CompletableFuture<Boolean> came) {
        var process = start(command);
        var watch = new Thread(() -> {
            try {
                while (!when.getAsBoolean()) {
                    Thread.sleep(20);
                }
                came.complete(true);
                kill(process);
            } catch (InterruptedException endedBefore) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error failed) {
                came.completeExceptionally(failed);
                kill(process);
            }
        }, "kill");
        watch.setDaemon(true);
        watch.start();
        var result = finish(process, command, "");
        watch.interrupt();
        return result;
    }

    /** A process in this place, not started yet. */
    ProcessBuilder builder(String... command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    /** Starts a process; it is ended, with all it started, when this is closed. */
    Process start(ProcessBuilder builder) {
        try {
            var process = builder.start();
            running.add(process);
            return process;
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
    }

    @Override
    public void close() {
        running.forEach(this::end);
    }

    private void end(Process process) {
        kill(process);
        running.remove(process);
    }

    /** From the top, so that no process is left to see its children go. */
    private static void kill(Process process) {
        var started = process.descendants().toList();
        // Not the Process itself, which would close its streams before all is read.
        process.toHandle().destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private void endAfterLimit(Process process) {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                end(process);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
