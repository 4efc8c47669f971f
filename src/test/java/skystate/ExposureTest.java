package skystate;

import com.google.gson.Gson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import skystate.cluster.ClusterState;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Who could use the server without logging in, judged by what the chart renders. */
class ExposureTest {

    private static final String SERVER = """
            kind: Deployment
            metadata: {name: skypilot-api-server}
            spec:
              template:
                metadata: {labels: {app: skypilot-api, ready: "true"}}
                spec: {containers: [{args: [/bin/sh, -c, "exec sky api start --deploy%s --foreground"], env: [%s]}]}
            """;
    private static final String SERVICE = """
            kind: Service
            metadata: {name: skypilot-api-service}
            spec: {type: %s, selector: {app: skypilot-api}}
            """;
    private static final String INGRESS = """
            kind: Ingress
            metadata: {name: skypilot-ingress, annotations: {%s}}
            spec:
              ingressClassName: %s
              rules: [{http: {paths: [{backend: {service: {name: skypilot-api-service}}}]}}]
            """;
    private static final String CLASS =
            "{kind: IngressClass, metadata: {name: nginx}, spec: {controller: k8s.io/ingress-nginx}}";
    private static final String BASIC =
            "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: skypilot-login";
    private static final String OPEN = "Anybody could use the server without logging in: ";

    @Test
    void chartsOwnIngressAsksForThePassword() {
        assertEquals(List.of(), errors(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"),
                INGRESS.formatted(BASIC, "nginx"), CLASS));
    }

    /** Basic auth there is annotations, which no other controller heeds. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            gce     | its class gce is neither the chart's nor the cluster's
            traefik | its class traefik belongs to traefik.io/ingress-controller
            """)
    void ingressOfAnotherClassAsksNobody(String name, String said) {
        var given =
                given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"), INGRESS.formatted(BASIC, name), CLASS)
                        .cluster(classes(Map.of("traefik", "traefik.io/ingress-controller")));
        refusal(given, OPEN + "the Ingress skypilot-ingress leads to it, and " + said,
                "pulumi config set --path values.apiService.enableUserManagement true",
                "pulumi config set allowUnauthenticated true");
        assertEquals(List.of(), given.with("allowUnauthenticated", "true").run().result().errors());
    }

    @Test
    void clustersOwnIngressNginxAsksAsWell() {
        assertEquals(List.of(),
                given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"), INGRESS.formatted(BASIC, "nginx"))
                        .cluster(classes(Map.of("nginx", "k8s.io/ingress-nginx"))).run().result().errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx.ingress.kubernetes.io/auth-type: ''", "nginx.ingress.kubernetes.io/auth-type: basic",
            "'a': b",
            "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: ''",
            "nginx.ingress.kubernetes.io/auth-url: ''"})
    void ingressWithoutTheAnnotationsAsksNobody(String annotations) {
        refusal(given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"), INGRESS.formatted(annotations, "nginx"),
                CLASS), OPEN, "has no annotation by which ingress-nginx would ask");
    }

    @Test
    void ingressThatAsksByAProxyAsks() {
        assertEquals(List.of(), errors(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"),
                INGRESS.formatted("nginx.ingress.kubernetes.io/auth-url: http://x/oauth2/auth", "nginx"), CLASS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LoadBalancer", "NodePort"})
    void serviceThatIsReachedFromOutsideIsOpenUnlessTheServerAsks(String type) {
        refusal(given(SERVER.formatted("", ""), SERVICE.formatted(type), INGRESS.formatted(BASIC, "nginx"), CLASS),
                OPEN + "the Service skypilot-api-service of type " + type);
        assertEquals(List.of(), errors(SERVER.formatted(" --enable-basic-auth", ""), SERVICE.formatted(type)));
        var ofAnother =
                "{kind: Service, metadata: {name: grafana}, spec: {type: " + type + ", selector: {app: grafana}}}";
        assertEquals(List.of(), errors(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"),
                INGRESS.formatted(BASIC, "nginx"), CLASS, ofAnother));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --enable-basic-auth | ''                                                                     | true
            ''                  | {name: ENABLE_BASIC_AUTH, value: 'true'}                               | true
            ''                  | {name: SKYPILOT_AUTH_OAUTH2_PROXY_ENABLED, value: 'true'}              | true
            --enable-basic-auth | {name: SKYPILOT_DISABLE_BASIC_AUTH_MIDDLEWARE, value: 'true'}          | false
            ''                  | {name: ENABLE_BASIC_AUTH, value: 'true'}, {name: ENABLE_BASIC_AUTH, value: 'false'} \
            | false
            ''                  | {name: SKYPILOT_INITIAL_BASIC_AUTH, value: 'me:hash'}                  | false
            """)
    void serverAsksByItselfOrNot(String argument, String environment, boolean asks) {
        var run = given(SERVER.formatted(" " + argument, environment), SERVICE.formatted("LoadBalancer")).run();
        assertEquals(asks, run.result().errors().isEmpty(), run.result().errors()::toString);
    }

    @Test
    void proxyOfOnesOwnIsNotPassedByTheChartsIngress() {
        var proxy =
                given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"), INGRESS.formatted("", "nginx"), CLASS);
        proxy = proxy.config(proxy.config().without("authPassword").with("values",
                "{\"auth\": {\"externalProxy\": {\"enabled\": true}}}"));
        refusal(proxy, OPEN, "pulumi config set --path values.ingress.enabled false");
        var inside = given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP"));
        assertEquals(List.of(), inside.config(proxy.config()).run().result().errors());
    }

    @Test
    void passwordThatNobodyAsksForIsRefused() {
        refusal(given(SERVER.formatted("", ""), SERVICE.formatted("ClusterIP")), "Nobody would ask for authPassword");
    }

    @Test
    void chartThatIsNotSkyPilotsCanNotBeJudged() {
        refusal(given(SERVICE.formatted("ClusterIP")), "renders no Deployment skypilot-api-server");
    }

    @Test
    void chartThatRefusesItsValuesIsToldBeforeAnythingIsRegistered() {
        var failing = StackRun.given(true)
                .rendered(StackRun.failing("failed to create chart from template: needs at least 4 CPU"));
        refusal(failing, "The chart skypilot-nightly could not be rendered, so nothing was changed: ",
                "needs at least 4 CPU");
        var secret = failing.config(failing.config().withSecret("values", "{\"a\": \"needs at least\"}"));
        var said = refusal(secret, "its words are not shown");
        assertFalse(said.contains("4 CPU"), said);
    }

    private static StackRun.Given given(String... objects) {
        var parsed = new ArrayList<Object>();
        for (var object : objects) {
            parsed.add(new Gson().fromJson(
                    new Gson().toJson(new Load(LoadSettings.builder().build()).loadFromString(object)), Map.class));
        }
        return StackRun.given(true).rendered(CompletableFuture.completedFuture(Map.of("result", parsed)));
    }

    private static ClusterState classes(Map<String, String> controllers) {
        var none = ClusterState.EMPTY;
        return new ClusterState(none.version(), none.nodes(), none.volumes(), none.claim(), none.storageClass(),
                none.namespace(), none.pendingReleases(), none.releasesWithWorkload(), controllers, Optional.empty());
    }

    private static List<String> errors(String... objects) {
        return given(objects).run().result().errors();
    }

    private static String refusal(StackRun.Given given, String... words) {
        var run = given.run();
        var refusal = run.refusal();
        for (var word : words) {
            assertTrue(refusal.contains(word), () -> "\"" + word + "\" in:\n" + refusal);
        }
        assertEquals(Set.of(), Set.copyOf(run.types()), "nothing is registered");
        return refusal;
    }
}
