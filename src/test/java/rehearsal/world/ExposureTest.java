package rehearsal.world;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("A secret is exposed")
class ExposureTest {

    private static final String SECRET = "tell nobody";

    @TempDir
    Path folder;

    @Test
    @DisplayName("in a file that others can read, in folders that others can enter")
    void files() throws IOException {
        var inner = Files.createDirectory(folder.resolve("inner"));
        var file = Files.writeString(inner.resolve("file"), "password: " + SECRET);
        try (var exposure = Exposure.of(() -> List.of(SECRET), folder)) {
            permit("rwx--x--x", "rwx--x--x", "rw-r--r--", file);
            assertEquals(Set.of("others can read inner/file"), exposure.seen());
            permit("rwx--x--x", "rwx--x--x", "rw-------", file);
            assertEquals(Set.of(), exposure.seen());
            permit("rwx--x--x", "rwx------", "rw-r--r--", file);
            assertEquals(Set.of(), exposure.seen());
        }
    }

    @Test
    @DisplayName("on the command line of a process, and told without the secret")
    void processes() throws Exception {
        try (var exposure = Exposure.of(() -> List.of(SECRET), folder)) {
            var reader = new ProcessBuilder("sh", "-c", "echo; read line", SECRET).start();
            try {
                reader.getInputStream().read();
                exposure.look();
                assertTrue(exposure.seen().toString().contains("on the command line of"), exposure.seen()::toString);
                assertFalse(exposure.seen().toString().contains(SECRET));
            } finally {
                reader.destroyForcibly().waitFor();
            }
        }
    }

    private void permit(String outer, String inner, String mode, Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString(inner));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(outer));
    }
}
