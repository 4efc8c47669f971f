package rehearsal.tools;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("SkyPilot that can't be had")
class SkyPilotTest {

    private static final String PYTHON = """
            #!/bin/sh
            [ "$1" = -c ] && exit %d
            [ "$2" = venv ] && mkdir -p venv/bin && cp "$0" venv/bin/python && exit
            echo "ERROR: No matching distribution found for skypilot"
            echo "a hint"
            exit 1
            """;

    @TempDir
    Path home;

    private final List<String> progress = new ArrayList<>();

    @Test
    @DisplayName("for want of a Python that is new enough is missing in one line")
    void noPython() throws IOException {
        python(1);

        assertEquals("SkyPilot's server takes Python 3.10 or later with its module venv, and there is none on the PATH",
                missing());
        assertEquals(List.of(), progress);
    }

    @Test
    @DisplayName("because PyPI refuses is missing in one line, and is tried again the next time")
    void refused() throws IOException {
        python(0);

        var message = missing();

        assertTrue(message.endsWith("ERROR: No matching distribution found for skypilot"), message);
        assertFalse(message.contains("\n"));
        assertEquals(message, missing());
        assertEquals(2, progress.size());
    }

    private String missing() {
        return assertThrows(SkyPilot.Missing.class,
                () -> SkyPilot.get(progress::add, home.toString(), home.resolve("cache"),
                        Path.of("src/rehearsal/python").toAbsolutePath()))
                .getMessage();
    }

    private void python(int fits) throws IOException {
        var script = Files.writeString(home.resolve("python3"), PYTHON.formatted(fits));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
