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

    /** The shell starts it a moment after it was started itself. */
    private static ProcessHandle sleeping() {
        while (true) {
            var found = ProcessHandle.current().descendants().filter(process -> process.info().command().orElse("").endsWith("/sleep")).findFirst();
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
        var ps = new ProcessBuilder("ps", "-o", "stat=", "-p", String.valueOf(process.pid())).redirectErrorStream(true).start();
        return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().substring(0, 1);
    }
}
