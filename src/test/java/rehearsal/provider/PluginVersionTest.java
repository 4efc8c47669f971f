package rehearsal.provider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import rehearsal.gcp.GcpProvider;
import rehearsal.kubernetes.KubernetesProvider;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The engine installs the plugin that an SDK asks for, so that pom.xml pins plugins too; what is rehearsed is to be the same. */
class PluginVersionTest {

    @Test
    @DisplayName("The gcp plugin's stand-in is of the version that the SDK asks for")
    void gcp() {
        assertEquals(com.pulumi.gcp.Utilities.getVersion(), GcpProvider.VERSION);
    }

    @Test
    @DisplayName("The kubernetes plugin's stand-in is of the version that the SDK asks for")
    void kubernetes() {
        assertEquals(com.pulumi.kubernetes.Utilities.getVersion(), KubernetesProvider.VERSION);
    }
}
