package rehearsal.kubernetes;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("A release's inputs on Helm's command line (facts 12)")
class ReleaseInputsTest {

    @Test
    @DisplayName("version set means devel is ignored; devel alone is passed on")
    void versionOverDevel() {
        assertEquals(List.of("skypilot", "--repo=https://charts.example", "--version=1.0.0"), release(Map.of(
                "chart", "skypilot", "repositoryOpts", Map.of("repo", "https://charts.example"),
                "version", "1.0.0", "devel", true)).chart());
        assertEquals(List.of("skypilot", "--devel"), release(Map.of("chart", "skypilot", "devel", true)).chart());
    }

    @Test
    @DisplayName("Waiting is the default, for 300 s; skipAwait waits for nothing, and atomic for the deletion at least")
    void waiting() {
        assertTrue(release(Map.of("chart", "c")).install().containsAll(List.of("--wait", "--timeout", "300s")));
        assertTrue(release(Map.of("chart", "c", "timeout", 0L)).install().contains("300s"));
        assertEquals(List.of("--wait", "--timeout", "600s"),
                release(Map.of("chart", "c", "timeout", 600L)).uninstall());
        assertFalse(release(Map.of("chart", "c", "skipAwait", true)).install().contains("--wait"));
        assertEquals(List.of(), release(Map.of("chart", "c", "skipAwait", true)).uninstall());
        assertTrue(release(Map.of("chart", "c", "skipAwait", true, "atomic", true)).uninstall().contains("--wait"));
    }

    @Test
    @DisplayName("The provider fills in its namespace, and the timeout unless nothing is waited for")
    void defaults() {
        assertEquals(Map.of("namespace", "here", "timeout", 300L), filled(Map.of()));
        assertEquals(Map.of("namespace", "there", "timeout", 5L), filled(Map.of("namespace", "there", "timeout", 5L)));
        assertEquals(Map.of("namespace", "here", "skipAwait", true), filled(Map.of("skipAwait", true)));
    }

    @Test
    @DisplayName("Objects of a manifest are listed by kind, group and version")
    void resourceNames() {
        assertEquals(Map.of("Secret/v1", List.of("a", "ns/b"), "Deployment.apps/apps/v1", List.of("d")),
                ReleaseInputs.resourceNames("""
                        ---
                        # Source: c/templates/secret.yaml
                        {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: ns}}
                        ---
                        {apiVersion: v1, kind: Secret, metadata: {name: a}}
                        ---
                        ---
                        {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}
                        """));
    }

    private static ReleaseInputs release(Map<String, Object> properties) {
        return new ReleaseInputs(properties);
    }

    private static Map<String, Object> filled(Map<String, Object> given) {
        var properties = new HashMap<>(given);
        ReleaseInputs.setDefaults(properties, "here");
        return properties;
    }
}
