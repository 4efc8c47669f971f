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
                    {"gcp:project": "my-project", "sky-api-server:zone": "us-east5-b", "sky-api-server:authPassword": "hidden",
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
    void textsOfSecretsAreThoseThatStandNowhereElse() {
        var config = GivenConfig.complete().withSecret("authPassword", "correct-horse-battery").withSecret("authHash", "short")
                .withSecret("kubeconfig", "sky-api-server-state").with("diskName", "sky-api-server-state")
                .withSecret("values", "{\"a\": [{\"b\": \"a-key-of-the-user\", \"c\": true}]}")
                .withSecret("credentials", "{\"nebius\": {\"tenantId\": \"tenant-0123456789\"}}");
        assertEquals(Set.of("correct-horse-battery", "a-key-of-the-user"), config.source().secretTexts());
    }

    /** One secret makes the whole key one. */
    @Test
    void textsBesideASecretAreNoneWhereTheyCantBe() {
        var config = GivenConfig.complete().withSecret("values", "{\"persistence\": {\"accessModes\": [\"ReadWriteOnce\", \"ReadWriteOncePod\"]}, \"password\": \"correct-horse-battery\"}");
        assertEquals(Set.of("correct-horse-battery"), config.withSecret("database", "{\"connectionSecret\": \"a-secret-in-the-cluster\"}").source().secretTexts());
        assertEquals(Set.of("correct-horse-battery", "postgresql://sky:hidden@db/sky"),
                config.withSecret("database", "{\"connection\": \"postgresql://sky:hidden@db/sky\"}").source().secretTexts());
    }

    @Test
    void toStringTellsNoValue() {
        assertFalse(source.toString().contains("hidden"));
    }
}
