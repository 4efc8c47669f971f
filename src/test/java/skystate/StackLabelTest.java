package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.engine.StackLabel;

import java.util.Map;
import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StackLabelTest {

    /** A label spelled otherwise in a later version would make every stack refuse its own disk. */
    @Test
    void spellingNeverChanges() {
        assertEquals(Map.of("sky-api-server-stack", "dev-adedc355"),
                owner("organization", "sky-api-server", "dev").label());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "Prod.EU_1",
            "a-stack-whose-name-is-longer-than-what-a-label-of-compute-engine-can-hold", "ünï"})
    void labelsAreWhatComputeEngineTakes(String stack) {
        owner("organization", "sky-api-server", stack).diskLabels().forEach((key, value) -> {
            assertTrue(key.matches("[a-z][a-z0-9_-]{0,62}"), key);
            assertTrue(value.matches("[a-z0-9_-]{0,63}"), value);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "_dev", "--", "-Dev."})
    void labelIsWhatKubernetesTakes(String stack) {
        var label = owner("organization", "sky-api-server", stack).stack();
        assertTrue(label.matches("[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"), label);
    }

    @Test
    void renamedStackStillKnowsItsOwn() {
        var renamed = StackLabel.of("organization", "sky-api-server", "prod", Optional.of("dev-adedc355"));
        assertTrue(renamed.is("dev-adedc355"));
        assertTrue(renamed.is(renamed.stack()));
        assertFalse(renamed.is(""));
        assertFalse(owner("organization", "sky-api-server", "prod").is("dev-adedc355"));
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
        return owner(organization, project, stack).stack();
    }

    private static StackLabel owner(String organization, String project, String stack) {
        return StackLabel.of(organization, project, stack, Optional.empty());
    }
}
