package rehearsal.postgres;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PostgresIT {

    @Test
    @DisplayName("a real PostgreSQL keeps what a user writes, lets nobody in without the password, and leaves nothing "
            + "behind")
    void lives() throws Exception {
        Assumptions.assumeTrue(Postgres.isHere(), "no PostgreSQL for this platform");
        var home = Files.createTempDirectory("postgres-it-");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        var segments = segments();
        try (var postgres = Postgres.start(home.resolve("postgres"))) {
            postgres.user("sky", "one");
            postgres.user("sky", "right's");
            postgres.database("state");
            var url = "jdbc:" + postgres.connection("", "", "state").replace(":@", "");
            try (var connection = DriverManager.getConnection(url, "sky", "right's");
                    var statement = connection.createStatement()) {
                statement.execute("CREATE TABLE kept (line text)");
            }
            assertTrue(assertThrows(SQLException.class, () -> DriverManager.getConnection(url, "sky", "one"))
                    .getMessage().contains("password authentication failed"));
        } finally {
            try (var files = Files.walk(home)) {
                for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        assertEquals(segments, segments());
    }

    private static long segments() throws Exception {
        return Files.exists(java.nio.file.Path.of("/proc/sysvipc/shm"))
                ? Files.readAllLines(java.nio.file.Path.of("/proc/sysvipc/shm")).size() : 0;
    }
}
