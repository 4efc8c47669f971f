package rehearsal.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A server process that never outlives its owner: neither {@link #close()}, nor the JVM's end, nor the JVM being killed
 * outright. A watching shell holds the other end of a pipe of this JVM, and kills the server when the pipe closes. The
 * server runs in a process group of its own, so that a Ctrl-C in the terminal reaches only the owner, and all that it
 * has started goes with it, whether it is killed or ends by itself.
 */
public final class Supervised implements AutoCloseable {

    private static final String WATCH = """
            exec 3<&0
            set -m
            "$@" </dev/null 3<&- &
            server=$!
            { read -r -u 3; kill -%s %s$server; } </dev/null >/dev/null 2>&1 &
            watcher=$!
            # With job control, a wait would also end once the server stands still.
            set +m
            exec 3<&-
            wait $server
            code=$?
            kill -KILL $watcher 2>/dev/null
            kill -KILL -- -$server 2>/dev/null
            exit $code
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Process shell;
    private final Path log;
    private final boolean cleansUp;
    private final Thread atExit = new Thread(this::kill);

    private Supervised(String name, Process shell, Path log, boolean cleansUp) {
        this.name = name;
        this.shell = shell;
        this.log = log;
        this.cleansUp = cleansUp;
    }

    /**
     * Starts it with both its outputs in the log.
     *
     * @param name    for messages
     * @param command executable and arguments
     * @param log     the file, made anew
     */
    public static Supervised start(String name, List<String> command, Path log) throws IOException {
        return start(name, command, log, "KILL");
    }

    /**
     * The same for one that would leave something behind if it were killed: it is ended by this signal, and killed only
     * if it doesn't end.
     */
    public static Supervised start(String name, List<String> command, Path log, String signal) throws IOException {
        return start(name, command, log, signal, builder -> {
        });
    }

    /** The first for one in an environment or a folder of its own. @param prepare sets these */
    public static Supervised start(String name, List<String> command, Path log, Consumer<ProcessBuilder> prepare)
            throws IOException {
        return start(name, command, log, "KILL", prepare);
    }

    private static Supervised start(String name, List<String> command, Path log, String signal,
                                    Consumer<ProcessBuilder> prepare)
            throws IOException {
        // One that ends by itself ends its own children first.
        var all = new ArrayList<>(
                List.of("bash", "-c", WATCH.formatted(signal, signal.equals("KILL") ? "-- -" : ""), name));
        all.addAll(command);
        var builder = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
        prepare.accept(builder);
        var shell = builder.start();
        var supervised = new Supervised(name, shell, log, !signal.equals("KILL"));
        Runtime.getRuntime().addShutdownHook(supervised.atExit);
        return supervised;
    }

    /** @throws IllegalStateException with the end of its log, if it has ended by itself */
    public void checkAlive() {
        if (!shell.isAlive()) {
            throw new IllegalStateException("%s ended with code %d. The end of its log:%n%s"
                    .formatted(name, shell.exitValue(), tail()));
        }
    }

    /** The last lines of its log. */
    public String tail() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException unreadable) {
            return "(" + unreadable + ")";
        }
    }

    /** Whether it has not ended by itself. */
    public boolean isAlive() {
        return shell.isAlive();
    }

    /** Ends it and returns once it is gone. What it served is thrown away, so it is not asked to finish. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook does no harm.
        }
    }

    /** Has it stand still: what is connected to it stays so, and gets no answer. */
    public void pause() {
        signal("STOP");
    }

    /** Has it go on after {@link #pause}. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        // The shell's own children are one more shell and the server.
        var server = shell.descendants()
                .filter(process -> process.info().command().filter(command -> !command.endsWith("bash")).isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " does not run"));
        try {
            var sent = new ProcessBuilder("kill", "-" + signal, String.valueOf(server.pid())).inheritIO().start()
                    .waitFor();
            if (sent != 0) {
                throw new IllegalStateException(name + " could not be sent " + signal);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The shell ends once the server has; the closed pipe also covers a server that the shell is only about to start.
     */
    private void kill() {
        try {
            shell.getOutputStream().close();
            if (cleansUp) {
                shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            if (!shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " cannot be killed: it still runs under process " + shell.pid());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException unclosable) {
            throw new UncheckedIOException(unclosable);
        }
    }
}
