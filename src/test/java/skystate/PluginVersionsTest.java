package skystate;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.gcp.GcpProvider;
import rehearsal.kubernetes.KubernetesProvider;
import skystate.engine.PluginVersions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static skystate.StackRun.given;

/** Every run of {@link StackRun} asserts as well that all it asks for has these versions. */
class PluginVersionsTest {

    @Test
    @DisplayName("The rehearsal's plugins answer to the versions that the program asks for")
    void rehearsed() {
        assertEquals(PluginVersions.GCP, GcpProvider.VERSION);
        assertEquals(PluginVersions.KUBERNETES, KubernetesProvider.VERSION);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("Every resource, provider, read and invoke asks for these versions, and not for its SDK's")
    void everywhere(boolean preview) {
        var versions = given(preview).run().versions();
        assertEquals(PluginVersions.GCP, versions.get(StackRun.DISK));
        assertEquals(PluginVersions.GCP, versions.get("gcp:compute/getDisk:getDisk"));
        assertEquals(PluginVersions.KUBERNETES, versions.get("pulumi:providers:kubernetes"));
        assertEquals(PluginVersions.KUBERNETES, versions.get(StackRun.RELEASE));
        assertEquals(PluginVersions.KUBERNETES, versions.get("kubernetes:helm:template"));
    }
}
