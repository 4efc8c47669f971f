package skystate.config;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigSourceTest {

    private final ConfigSource source = ConfigSource.fromEnvironment(Map.of("PULUMI_PROJECT", "sky-api-server",
            "PULUMI_CONFIG", """
                    {"gcp:project": "my-project", "sky-api-server:zone": "us-east5-b", "sky-api-server:authPassword": \
                    "hidden",
                     "sky-api-server:chartVersion": "  ", "sky-api-server:values": "{\\"a\\": 1}"}""",
            "PULUMI_CONFIG_SECRET_KEYS", "[\"sky-api-server:authPassword\"]"));

    @Test
    void engineHandsItOverInTheEnvironment() {
        assertEquals(Optional.of("my-project"), source.get("gcp:project"));
        assertEquals(Optional.of("us-east5-b"), source.get("zone"));
        assertEquals(Optional.of("{\"a\": 1}"), source.get("values"));
    }

    @Test
    void blankIsUnset() {
        assertEquals(Optional.empty(), source.get("chartVersion"));
        assertEquals(Optional.empty(), source.get("chart"));
    }

    @Test
    void secretKeysAreTold() {
        assertTrue(source.isSecret("authPassword"));
        assertFalse(source.isSecret("zone"));
    }

    @Test
    void onlyOurNamespaceIsOurs() {
        assertEquals(Set.of("zone", "authPassword", "chartVersion", "values"), source.ownKeys());
    }

    @Test
    void noEnvironmentIsNoConfig() {
        assertEquals(Set.of(), ConfigSource.fromEnvironment(Map.of()).ownKeys());
    }

    @Test
    void toStringTellsNoValue() {
        assertFalse(source.toString().contains("hidden"));
    }
}
