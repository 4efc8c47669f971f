package rehearsal.cluster;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rehearsal.NeedsTools;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The rehearsal's own chart keeps SkyPilot's value contract, where the stack depends on it (facts: the SkyPilot chart).
 */
class ChartIT {

    private static Tools tools;

    private record Rendered(int code, String text) {

        boolean has(String words) {
            return text.contains(words);
        }
    }

    @BeforeAll
    static void findTools() {
        tools = NeedsTools.get();
    }

    @Test
    void withoutStorageEnabledTheStateSilentlyLivesInAnEmptyDir() {
        var rendered = render();

        assertEquals(0, rendered.code(), rendered.text());
        assertFalse(rendered.has("PersistentVolumeClaim"));
        assertTrue(rendered.has("name: state-volume\n        emptyDir: {}"));
    }

    @Test
    void withStorageEnabledTheClaimIsNamedAfterTheReleaseAndTakesTheVolume() {
        var rendered = render("storage.enabled=true", "storage.volumeName=pv", "storage.storageClassName=class",
                "storage.size=20Gi");

        for (var words : List.of("name: sky-state", "volumeName: pv", "storageClassName: class", "storage: 20Gi",
                "accessModes: [ReadWriteOnce]", "claimName: sky-state", "name: sky-api-server", "type: Recreate",
                "mountPath: /root/.sky, subPath: .sky")) {
            assertTrue(rendered.has(words), words);
        }
    }

    @Test
    void theLoginAtTheIngressIsANamedSecretOrOneMadeFromCredentials() {
        var named = render("ingress.authSecret=login");
        assertTrue(named.has("auth-secret: login"));
        assertFalse(named.has("kind: Secret"));

        var made = render("ingress.authCredentials=user:hash");
        assertTrue(made.has("auth-secret: sky-basic-auth") && made.has("auth: \"user:hash\""));
        assertFalse(made.has("ENABLE_SERVICE_ACCOUNTS"),
                "basic auth at the ingress switches service-account tokens off");
    }

    @Test
    void userManagementWithoutASecretOfOnesOwnHasAPublicPassword() {
        assertTrue(render("apiService.enableUserManagement=true").has("auth: \"skypilot:$apr1$"));
        assertFalse(render("apiService.enableUserManagement=true", "apiService.initialBasicAuthSecret=login")
                .has("kind: Secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            apiService.upgradeStrategy=RollingUpdate                                                                  \
                  | external database
            apiService.upgradeStrategy=RollingUpdate,apiService.dbConnectionSecretName=db,storage.enabled=true        \
                  | ReadWriteOnce
            apiService.dbConnectionSecretName=db,apiService.config=a                                                  \
                  | config must be null
            auth.oauth.enabled=true,ingress.authSecret=login                                                          \
                  | basic authentication
            auth.oauth.enabled=true,ingress.oauth2-proxy.enabled=true                                                 \
                  | used together with ingress.oauth2-proxy
            auth.oauth.enabled=true,auth.externalProxy.enabled=true                                                   \
                  | auth.externalProxy.enabled cannot
            ingress.oauth2-proxy.enabled=true,auth.externalProxy.enabled=true                                         \
                  | auth.externalProxy.enabled cannot
            auth.oauth.enabled=true,auth.oauth.client-details-from-secret=oauth                                       \
                  | oidc-issuer-url is required
            auth.oauth.enabled=true,auth.oauth.oidc-issuer-url=https://id                                             \
                  | client-details-from-secret is not set
            apiService.resources.requests.cpu=3900m                                                                   \
                  | at least 4 CPU
            apiService.resources.requests.memory=4096Mi                                                               \
                  | 8 GiB
            """)
    void refusesWhatSkyPilotsChartRefuses(String values, String words) {
        var rendered = render(values);

        assertNotEquals(0, rendered.code());
        assertTrue(rendered.has(words), rendered.text());
    }

    @Test
    void oauthsProxyTakesItsClientFromTheSecretThatIsNamed() {
        var named = render("auth.oauth.enabled=true", "auth.oauth.oidc-issuer-url=https://id",
                "auth.oauth.client-details-from-secret=oauth");
        assertTrue(named.has("name: sky-oauth2-proxy") && named.has("{name: oauth, key: client-secret}"), named.text());
    }

    @Test
    void whoAsksForALoginIsWhatSkyPilotsChartHasAsk() {
        assertTrue(render("ingress.authSecret=login").has("sky api start --deploy --foreground"));

        var users = render("apiService.enableUserManagement=true", "ingress.authSecret=login",
                "auth.disableBasicAuthMiddleware=true");
        assertTrue(users.has("sky api start --deploy --enable-basic-auth"), users.text());
        assertTrue(users.has("SKYPILOT_DISABLE_BASIC_AUTH_MIDDLEWARE"), users.text());
        assertFalse(users.has("auth-type"), "the server asks in place of the ingress");

        var proxy = render("apiService.enableUserManagement=true", "ingress.oauth2-proxy.enabled=true",
                "ingress.oauth2-proxy.oidc-issuer-url=https://id",
                "ingress.oauth2-proxy.client-details-from-secret=oauth");
        assertTrue(proxy.has("auth-url: http://$host/oauth2/auth"), proxy.text());
        assertTrue(proxy.has("auth-signin: http://$host/oauth2/start"), proxy.text());
        assertFalse(proxy.has("--enable-basic-auth"), proxy.text());

        assertTrue(render("auth.oauth.enabled=true", "auth.oauth.oidc-issuer-url=https://id",
                "auth.oauth.client-details-from-secret=oauth").has("SKYPILOT_AUTH_OAUTH2_PROXY_ENABLED"));
    }

    @Test
    void annotationsOfOnesOwnComeLastAndMayGiveAKeyTwice() {
        var rendered = render("ingress.authSecret=login",
                "ingress.annotations.nginx\\.ingress\\.kubernetes\\.io/auth-type=");
        assertTrue(rendered.text().matches("(?s).*auth-type: basic\n.*auth-type: \"\"\n.*"), rendered.text());
    }

    @Test
    void skipResourceCheckAllowsASmallServer() {
        assertEquals(0, render("apiService.resources.requests.cpu=1", "apiService.skipResourceCheck=true").code());
    }

    private static Rendered render(String... values) {
        var command = new ArrayList<>(
                List.of(tools.path(Tool.HELM).toString(), "template", "sky", "src/rehearsal/chart", "-n", "ns"));
        for (var value : values) {
            command.addAll(List.of("--set", value));
        }
        try {
            var helm = new ProcessBuilder(command).redirectErrorStream(true).start();
            var text = new String(helm.getInputStream().readAllBytes());
            return new Rendered(helm.waitFor(), text);
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
