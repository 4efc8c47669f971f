package rehearsal.kubernetes;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("What annotations and options say of an object")
class MetadataTest {

    @Test
    @DisplayName("5 and 7: five minutes to get ready and ten to go, unless customTimeouts or, after these, the "
            + "annotation say otherwise")
    void timeouts() {
        assertEquals(Duration.ofMinutes(5), Metadata.timeout(Map.of(), 0, Awaits.READY));
        assertEquals(Duration.ofMinutes(10), Metadata.timeout(Map.of(), 0, Awaits.DELETED));
        var annotated = annotated("pulumi.com/timeoutSeconds", "7");
        assertEquals(Duration.ofSeconds(7), Metadata.timeout(annotated, 0, Awaits.READY));
        assertEquals(Duration.ofMillis(1500), Metadata.timeout(annotated, 1.5, Awaits.READY));
    }

    @Test
    @DisplayName("Dependents are deleted first, unless the annotation says otherwise")
    void propagation() {
        assertEquals("Foreground", Metadata.propagationPolicy(Map.of()));
        assertEquals("Background",
                Metadata.propagationPolicy(annotated("pulumi.com/deletionPropagationPolicy", "background")));
    }

    @Test
    @DisplayName("The field manager is the annotation's, else the state's, else a new one")
    void fieldManager() {
        var state = Map.of("__fieldManager", "pulumi-kubernetes-0123abcd");
        assertEquals("mine", Metadata.fieldManager(annotated("pulumi.com/patchFieldManager", "mine"), state));
        assertEquals("pulumi-kubernetes-0123abcd", Metadata.fieldManager(Map.of(), state));
        assertTrue(Metadata.fieldManager(Map.of(), Map.of()).matches("pulumi-kubernetes-[0-9a-f]{8}"));
    }

    private static Map<String, Object> annotated(String name, String value) {
        return Map.of("metadata", Map.of("annotations", Map.of(name, value)));
    }
}
