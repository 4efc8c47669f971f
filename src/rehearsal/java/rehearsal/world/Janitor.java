package rehearsal.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Clears a world away however this JVM ends, killed outright included: a shell that waits at the other end of a pipe,
 * and then kills what still runs with the world's PULUMI_HOME and deletes the world's folder. The process tree alone
 * would not tell whom to kill: an engine that was interrupted leaves its language host behind, without a parent.
 */
public final class Janitor implements AutoCloseable {

    /** The folder comes by the pipe, so that nobody's arguments but those of what is looked for have it. */
    private static final String WAIT_AND_CLEAR = """
            trap '' INT TERM HUP
            read -r home && read -r
            marked() { ps axeww -o pid=,args= | awk -v home="$home" 'index($0, "PULUMI_HOME=" home "/") { print $1 }'; }
            for try in 1 2 3 4 5 6 7 8 9 10; do
                for pid in $(marked); do kill -KILL "$pid"; done
                rm -rf "$home" && [ -z "$(marked)" ] && exit 0
                sleep 0.2
            done
            exit 1
            """;

    private static final int PATIENCE_SECONDS = 30;

    private final Path home;
    private final Process shell;

    private Janitor(Path home, Process shell) {
        this.home = home;
        this.shell = shell;
    }

    /** @param home the world's folder, which holds its PULUMI_HOME */
    public static Janitor start(Path home) throws IOException {
        var shell = new ProcessBuilder("bash", "-c", WAIT_AND_CLEAR)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        shell.getOutputStream().write((home + "\n").getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().flush();
        return new Janitor(home, shell);
    }

    /** Clears away now, and returns once it is done. */
    @Override
    public void close() throws IOException, InterruptedException {
        shell.getOutputStream().close();
        if (!shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || shell.exitValue() != 0) {
            throw new IOException(
                    "not all of " + home + " could be cleared away: delete it, and end what still runs in it");
        }
    }
}
