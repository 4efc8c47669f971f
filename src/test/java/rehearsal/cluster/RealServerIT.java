package rehearsal.cluster;

import org.apache.commons.codec.digest.Md5Crypt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.tools.SkyPilot;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("SkyPilot's own server")
class RealServerIT {

    private static final Map<String,
            String> ENVIRONMENT = Map.of("ENABLE_BASIC_AUTH", "true", "ENABLE_SERVICE_ACCOUNTS", "true",
                    "SKYPILOT_INITIAL_BASIC_AUTH",
                    "skypilot:" + Md5Crypt.apr1Crypt("secret".getBytes(StandardCharsets.UTF_8)));

    private static SkyPilot sky;

    @TempDir
    Path home;

    private final Map<String, String> tokens = new HashMap<>();

    @BeforeAll
    static void install() {
        sky = NeedsTools.skyPilot();
    }

    /** A disk that is always there. */
    private record Folder(Path files) implements StateStore {

        @Override
        public String name() {
            return files.toString();
        }

        @Override
        public boolean attached() {
            return true;
        }

        @Override
        public Optional<String> read(String file) {
            return Optional.empty();
        }

        @Override
        public void append(String file, String text) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    @Timeout(300)
    @DisplayName("killed at work, its folder moved and started again, has user, token and workspace; asks strangers "
            + "for the password; meets no other; leaves no process")
    void recovers() throws Exception {
        var disk = home.resolve("disk");
        Set<ProcessHandle> processes;
        try (var server = start(disk, "one"); var other = start(home.resolve("other disk"), "other")) {
            healthy(server);
            server.write("ada lovelace");
            assertTrue(server.has("ada lovelace"));
            assertTrue(server.admits("skypilot", "secret"));
            assertFalse(server.admits("skypilot", "guess"));
            healthy(other);
            assertFalse(other.has("ada lovelace"), "two servers on a machine have met");
            processes = Set.copyOf(python());
            server.close();
            assertThrows(IllegalStateException.class, server::read);
        }
        for (var process : processes) {
            process.onExit().get();
        }
        assertTrue(processes.size() > 2);

        var moved = Files.move(disk, home.resolve("disk elsewhere"));
        try (var server = start(moved, "two")) {
            healthy(server);
            assertTrue(server.has("ada lovelace"));
            assertFalse(server.has("grace hopper"));
            assertTrue(server.admits("skypilot", "secret"));
            tokens.put("ada lovelace", tokens.get("ada lovelace") + "x");
            assertThrows(IllegalStateException.class, () -> server.has("ada lovelace"),
                    "a token that it never gave gets in");
        }
        assertEquals(List.of(), python());
    }

    private RealServer start(Path disk, String name) {
        return RealServer.start(sky,
                new Mount("sky", name, name, "node", new Folder(disk), Map.of("/root/.sky", disk.resolve(".sky"))),
                Optional::empty,
                Set.of(), ENVIRONMENT, tokens, home.resolve(name));
    }

    private static void healthy(RealServer server) throws InterruptedException {
        while (!server.isHealthy()) {
            assertTrue(server.isAlive(), server::lastWords);
            Thread.sleep(100);
        }
    }

    private static List<ProcessHandle> python() {
        return ProcessHandle.current().descendants()
                .filter(process -> process.info().command().orElse("").contains("python")).toList();
    }
}
