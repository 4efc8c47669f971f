package rehearsal.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class VersionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            v3.259.0                                            | v3.259.0
            etcd Version: 3.6.16 Git SHA: none                  | v3.6.16
            kwok version v0.7.0 go1.26.8 (linux/amd64)          | v0.7.0
            Kubernetes v1.36.3                                  | v1.36.3
            Client Version: v1.36.3 Kustomize Version: v5.8.1   | v1.36.3
            v3.22.0+g8d2c1f0                                    | v3.22.0
            """)
    void findsTheVersionThatEachToolPrints(String output, String version) {
        assertEquals(version, Version.in(output).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "Client Version: v1.32.4-dispatcher", "Kubernetes v0.0.0-master+$Format:%H$",
            "v3.22", "10.0.0.1:80 v1"})
    void takesADistributionsOwnBuildOrNoVersionForNone(String output) {
        assertEquals(Optional.empty(), Version.in(output));
    }

    @Test
    void anotherPatchWillDoIfItIsLater() {
        var pinned = new Version(1, 36, 3);
        assertTrue(pinned.accepts(new Version(1, 36, 3)));
        assertTrue(pinned.accepts(new Version(1, 36, 4)));
        assertFalse(pinned.accepts(new Version(1, 36, 2)));
        assertFalse(pinned.accepts(new Version(1, 37, 3)));
        assertFalse(pinned.accepts(new Version(2, 36, 3)));
    }
}
