package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DiskLabelsTest {

    /** A label spelled otherwise in a later version would make every stack refuse its own disk. */
    @Test
    void spellingNeverChanges() {
        assertEquals(Map.entry("sky-api-server-stack", "dev-adedc355"), DiskLabels.of("organization", "sky-api-server", "dev").owner());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "Prod.EU_1", "a-stack-whose-name-is-longer-than-what-a-label-of-compute-engine-can-hold", "ünï"})
    void labelsAreWhatComputeEngineTakes(String stack) {
        DiskLabels.of("organization", "sky-api-server", stack).all().forEach((key, value) -> {
            assertTrue(key.matches("[a-z][a-z0-9_-]{0,62}"), key);
            assertTrue(value.matches("[a-z0-9_-]{0,63}"), value);
        });
    }

    @Test
    void twoStacksNeverShareALabel() {
        var prefix = "x".repeat(60);
        assertNotEquals(label("org", "project", prefix + "1"), label("org", "project", prefix + "2"));
        assertNotEquals(label("org", "project", "Dev"), label("org", "project", "dev"));
        assertNotEquals(label("org-1", "project", "dev"), label("org-2", "project", "dev"));
        assertNotEquals(label("org", "project-1", "dev"), label("org", "project-2", "dev"));
    }

    private static String label(String organization, String project, String stack) {
        return DiskLabels.of(organization, project, stack).owner().getValue();
    }
}
