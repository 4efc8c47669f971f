package rehearsal.tools;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertFalse;

@DisplayName("A supervised server")
class SupervisedTest {

    /** A process that has one more, which it doesn't end. Nobody else sleeps for so long. */
    private static final String LONG = "%d.%d".formatted(600, ProcessHandle.current().pid());
    private static final List<String> FAMILY = family(LONG);

    @TempDir
    Path home;

    @Test
    @Timeout(60)
    @DisplayName("that stands still has not ended, goes on, and is gone once it is closed, standing still or not")
    void pause() throws Exception {
        ProcessHandle process;
        try (var server = Supervised.start("sleep", List.of("sleep", "600"), home.resolve("log"))) {
            process = sleeping();
            server.pause();
            await(process, "T");
            server.resume();
            await(process, "S");
            server.pause();
            server.checkAlive();
        }
        assertFalse(process.isAlive());
    }

    @Test
    @Timeout(60)
    @DisplayName("that is closed, or whose owner is killed outright, takes all that it has started with it")
    void family() throws Exception {
        try (var server = Supervised.start("family", FAMILY, home.resolve("log"))) {
            awaitFamily(2);
        }
        awaitFamily(0);
        var owner = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(), home.resolve("owner.log").toString()).inheritIO().start();
        awaitFamily(2);
        owner.destroyForcibly();
        awaitFamily(0);
    }

    private static List<String> family(String seconds) {
        return List.of("bash", "-c", "sleep " + seconds + " & sleep " + seconds + "; true");
    }

    /** Owns one until it is killed. */
    static final class Owner {

        public static void main(String[] args) throws Exception {
            Supervised.start("family", family("600." + ProcessHandle.current().parent().orElseThrow().pid()),
                    Path.of(args[0]));
            Thread.sleep(60_000);
        }
    }

    private static void awaitFamily(int members) throws InterruptedException {
        while (ProcessHandle.allProcesses()
                .filter(process -> List.of(process.info().arguments().orElse(new String[0])).equals(List.of(LONG)))
                .count() != members) {
            Thread.sleep(20);
        }
    }

    /** The shell starts it a moment after it was started itself. */
    private static ProcessHandle sleeping() {
        while (true) {
            var found = ProcessHandle.current().descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("/sleep")).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.onSpinWait();
        }
    }

    /** A signal takes a moment to arrive. */
    private static void await(ProcessHandle process, String state) throws IOException {
        while (!state(process).equals(state)) {
            Thread.onSpinWait();
        }
    }

    private static String state(ProcessHandle process) throws IOException {
        var ps = new ProcessBuilder("ps", "-o", "stat=", "-p", String.valueOf(process.pid())).redirectErrorStream(true)
                .start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().substring(0, 1);
    }
}
