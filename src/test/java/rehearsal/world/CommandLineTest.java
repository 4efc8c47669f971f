package rehearsal.world;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
@DisplayName("A command line")
class CommandLineTest {

    @TempDir
    private Path folder;

    @Test
    @DisplayName("A command is killed once something has come about, with all that it has started, and can't tidy up")
    void killed() throws Exception {
        try (var cli = new CommandLine(folder, Map.of())) {
            var result = cli.runUntil(
                    "trap 'touch tidied' EXIT INT TERM; sleep 600 & echo $! > child; echo begun; touch here; wait",
                    () -> Files.exists(folder.resolve("here")));

            assertEquals(128 + 9, result.exitCode());
            assertEquals("begun\n", result.output());
            assertFalse(Files.exists(folder.resolve("tidied")));
            var child = ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("child")).strip()));
            // Until its new parent has seen to it, it may stay as a process without a command.
            assertTrue(child.flatMap(handle -> handle.info().command()).isEmpty());
        }
    }

    @Test
    @DisplayName("A command that ended by itself was not killed, and that is no success")
    void endedBefore() {
        try (var cli = new CommandLine(folder, Map.of())) {
            var failure =
                    assertThrows(IllegalStateException.class, () -> cli.runUntil("echo done; exit 3", () -> false));
            assertTrue(failure.getMessage().startsWith("it ended by itself, with exit code 3"), failure.getMessage());
        }
    }

    @Test
    @DisplayName("A command doesn't outlive what it is watched by")
    void watchBroken() {
        try (var cli = new CommandLine(folder, Map.of())) {
            assertThrows(IllegalStateException.class, () -> cli.runUntil("sleep 600", () -> {
                throw new IllegalStateException("no cluster");
            }));
        }
    }
}
