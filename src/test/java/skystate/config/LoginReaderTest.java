package skystate.config;

import com.pulumi.core.internal.Internal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.config.Login.Mode;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How users log in, as the chart's values choose it. */
class LoginReaderTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{}                                                       | INGRESS",
            "{'apiService': {'enableUserManagement': true}}           | USERS",
            "{'apiService': {'enableUserManagement': 'true'}}         | USERS",
            "{'apiService': {'enableUserManagement': false}}          | INGRESS",
            "{'apiService': {'enableUserManagement': null}}           | INGRESS",
            "{'apiService': {'enableUserManagement': true}, 'ingress': {'enabled': false}} | USERS"})
    void loginIsTheOneThatTheChartsSwitchesAskFor(String values, Mode mode) {
        assertEquals(mode,
                GivenConfig.complete().with("values", values.replace('\'', '"')).read().server().login().mode());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {
            "{'auth': {'oauth': {'enabled': true, 'oidc-issuer-url': 'https://id.example.com', "
                    + "'client-details-from-secret': 'oauth'}}}",
            "{'auth': {'externalProxy': {'enabled': true}}, 'ingress': {'enabled': false}}",
            "{'ingress': {'oauth2-proxy': {'enabled': true, 'oidc-issuer-url': 'https://id.example.com', "
                    + "'client-details-from-secret': 'oauth'}}}"})
    void behindAProxyThereIsNoPassword(String values) {
        var given = GivenConfig.complete().with("values", values.replace('\'', '"'));
        var refusal = given.refusal();
        assertTrue(refusal.contains("authPassword: the chart's values make a proxy ask for the login"), refusal);
        assertTrue(refusal.contains("pulumi config rm authPassword"), refusal);
        assertEquals(Mode.PROXY, given.without("authPassword").read().server().login().mode());
    }

    /** With the chart's own user management switched on beside a proxy, its public user would be the first one. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{'auth': {'oauth': OAUTH, 'externalProxy': {'enabled': true}}}        | values.auth.externalProxy.enabled",
            "{'auth': {'oauth': OAUTH}, 'ingress': {'oauth2-proxy': OAUTH}}        | "
                    + "values.ingress.oauth2-proxy.enabled",
            "{'auth': {'oauth': OAUTH}, 'apiService': {'enableUserManagement': true}}   | "
                    + "values.apiService.enableUserManagement",
            "{'auth': {'externalProxy': {'enabled': true}}, 'apiService': {'enableUserManagement': true}} | "
                    + "values.apiService.enableUserManagement"})
    void loginsThatDontGoTogetherAreRefused(String values, String path) {
        var refusal = GivenConfig.complete().without("authPassword").with("values", values.replace('\'', '"')
                .replace("OAUTH",
                        "{\"enabled\": true, \"oidc-issuer-url\": \"https://id\", \"client-details-from-secret\": "
                                + "\"oauth\"}"))
                .refusal();
        assertTrue(refusal.startsWith("The stack's config has a problem"), refusal);
        assertTrue(refusal.contains(path + ": values.auth.") && refusal.contains(" is on too"), refusal);
        assertTrue(refusal.contains("pulumi config rm --path '" + path + "'"), refusal);
    }

    @ParameterizedTest
    @CsvSource({"auth, oauth", "ingress, oauth2-proxy"})
    void oauthSaysAllThatItLacksAndWhatTheChartTakesNotTogether(String outer, String inner) {
        var refusal = GivenConfig.complete().without("authPassword").with("values", """
                {"%s": {"%s": {"enabled": true, "redis-url": "redis://hidden", "redis-secret": "redis"}}}"""
                .formatted(outer, inner)).refusal();
        assertTrue(refusal.startsWith("The stack's config has 3 problems"), refusal);
        for (var key : List.of("oidc-issuer-url", "client-details-from-secret", "redis-url")) {
            assertTrue(refusal.contains("values." + outer + "." + inner + "." + key + ": "), refusal);
        }
        assertFalse(refusal.contains("hidden"), refusal);
    }

    @Test
    void oauthsOwnSecretIsNeverInPlainText() {
        var given = GivenConfig.complete().without("authPassword");
        var values = """
                {"auth": {"oauth": {"enabled": true, "oidc-issuer-url": "https://id", "client-id": "sky", \
                "client-secret": "hidden"}}}
                """;
        var refusal = given.with("values", values).refusal();
        assertTrue(refusal.contains("pulumi config set --path --secret values.auth.oauth.client-secret"), refusal);
        assertFalse(refusal.contains("hidden"), refusal);
        given.withSecret("values", values).read();
    }

    @Test
    void withoutAnIngressNobodyWouldAsk() {
        var refusal = GivenConfig.complete().with("values", "{\"ingress\": {\"enabled\": false}}").refusal();
        assertTrue(refusal.contains("values.ingress.enabled: only the ingress asks for a login"), refusal);
        refusal = GivenConfig.complete()
                .with("values", "{\"ingress\": {\"enabled\": \"false\", \"oauth2-proxy\": {\"enabled\": true}}}")
                .refusal();
        assertTrue(refusal.contains("values.ingress.enabled: only the ingress asks for a login"), refusal);
    }

    /** As {@code htpasswd} takes it; a line break at its end is of the file that it was read from. */
    @Test
    void spacesArePartOfAPasswordAndALineBreakAtItsEndIsNot() {
        assertNotEquals(hash("secret"), hash(" secret "));
        assertEquals(hash("secret"), hash("secret\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qu\txyz", "qu\nxyz", "qu\0xyz"})
    void passwordThatNoLoginCanSendIsRefusedAndNotQuoted(String password) {
        var refusal = GivenConfig.complete().withSecret("authPassword", password).refusal();
        assertTrue(refusal.contains("authPassword: it has a control character, such as"), refusal);
        assertFalse(refusal.contains("xyz"), refusal);
    }

    private static String hash(String password) {
        return Internal.of(GivenConfig.complete().withSecret("authPassword", password).read().server().login()
                .htpasswd().orElseThrow()).getValueNullable().join();
    }
}
