package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.provider.Wire;
import skystate.cluster.ClusterState;
import skystate.config.GivenConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.CLUSTER;
import static skystate.StackRun.NAMESPACE;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.SECRET;
import static skystate.StackRun.VOLUME;

/** What becomes of the settings of the server. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class ApiServerTest {

    private static final Map<String, Object> ON_THE_DISK =
            Map.of("enabled", true, "storageClassName", "sky-api-server-pv-class",
                    "accessMode", "ReadWriteOnce", "size", "10Gi", "volumeName", "sky-api-server-pv");

    @Parameter
    private boolean preview;

    @Test
    void pinnedVersionIsTheOneOfTheConfig() {
        assertEquals("1.0.0-dev20260101",
                given().with("chartVersion", "1.0.0-dev20260101").run().inputs(RELEASE).get("version"));
    }

    @Test
    void versionOfTheLastUpStaysWhereTheConfigNamesNone() {
        var last =
                Map.of("chart", "skypilot-nightly from https://helm.skypilot.co", "chartVersion", "1.0.0-dev20260101");
        var kept = given().lastUp(last).run();
        assertEquals("1.0.0-dev20260101", kept.inputs(RELEASE).get("version"));
        assertTrue(kept.calls().stream().filter(call -> call.token.equals("kubernetes:helm:template"))
                .allMatch(call -> call.args.get("jsonOpts").toString().contains("\"version\":\"1.0.0-dev20260101\"")),
                "and is the one that is judged");
        assertEquals("1.0.0-dev20260202",
                given().lastUp(last).with("chartVersion", "1.0.0-dev20260202").run().inputs(RELEASE).get("version"));
        assertFalse(given().lastUp(last).with("chart", "skypilot").run().inputs(RELEASE).containsKey("version"),
                "it is another chart's");
    }

    @Test
    void stableChartIsNoDevelopmentVersion() {
        var release = given().with("chart", "skypilot").run().inputs(RELEASE);
        assertEquals("skypilot", release.get("chart"));
        assertFalse(release.containsKey("devel"));
        assertFalse(release.containsKey("version"));
    }

    @Test
    void folderIsNotLookedUpInARepository(@TempDir Path chart) throws IOException {
        Files.writeString(chart.resolve("Chart.yaml"), "name: skypilot");
        var release = given().with("chart", chart.toString()).run().inputs(RELEASE);
        assertEquals(chart.toString(), release.get("chart"));
        assertFalse(release.containsKey("repositoryOpts"));
        assertFalse(release.containsKey("devel"));
    }

    @Test
    void installIsWaitedForAsLongAsTheConfigSays() {
        assertEquals(1200L, given().with("installTimeout", "1200").run().inputs(RELEASE).get("timeout"));
    }

    /** The provider sees no difference in such a release, and an up would succeed with no server. */
    @ParameterizedTest
    @ValueSource(strings = {"failed", "pending-install", "pending-upgrade", "uninstalling", "unknown"})
    void releaseThatIsNotDeployedIsNotTakenForAServer(String status) {
        var run = given().actual(RELEASE, Map.of("status", Map.of("status", status))).run();
        var said = run.refusal();
        assertTrue(said.contains("The release skypilot is " + status + ": "), said);
        assertTrue(said.contains("pulumi up --replace 'urn:pulumi:dev::" + GivenConfig.PROJECT), said);
        assertTrue(said.contains("kubernetes:core/v1:PersistentVolume::volume'"), said);
        assertEquals(1, run.result().errors().size(), () -> "told once:\n" + said);
    }

    @Test
    void repositoryCanBeAnother() {
        assertEquals(Map.of("repo", "https://charts.example.com"),
                given().with("chartRepository", "https://charts.example.com").run().inputs(RELEASE)
                        .get("repositoryOpts"));
    }

    @Test
    void valuesPassThroughAndTheStateStaysOnTheDisk() {
        var values = given().with("values", """
                {"apiService": {"replicas": 1, "config": "a: b"}, "ingress": {"host": "sky.example.com"}, "list": [1, \
                "two", true]}
                """).run().inputs(RELEASE).get("values");
        assertEquals(Map.of(
                "apiService", Map.of("replicas", 1L, "config", "a: b", "configAuthoritative", true),
                "ingress", Map.of("host", "sky.example.com", "authSecret", "skypilot-login"),
                "list", List.of(1L, "two", true),
                "storage", ON_THE_DISK), values);
    }

    /** The server goes on with the config.yaml on its volume, which it also writes to the ConfigMap. */
    @Test
    void configThatTheServerDoesNotRunWithIsWarnedOfWhereAVolumeMayHaveOneAlready() {
        var values = given().with("values", "{\"apiService\": {\"config\": \"jobs: {bucket: a}\"}}");
        var used = values.getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL));
        var warning = "A config.yaml that is on the server's volume already takes precedence over it";
        assertFalse(String.join("\n", values.run().warned()).contains(warning), "the disk is new");
        assertTrue(String.join("\n", used.run().warned()).contains(warning), "nobody knows what is on it");
        assertTrue(String.join("\n", used.cluster(runningWith("jobs: {bucket: b}")).run().warned()).contains(warning));
        assertFalse(
                String.join("\n", used.cluster(runningWith("jobs:\n  bucket: 'a'\n")).run().warned()).contains(warning),
                "it says the same");
    }

    private static ClusterState runningWith(String config) {
        var none = ClusterState.EMPTY;
        return new ClusterState(none.version(), none.nodes(), none.volumes(), none.claim(), none.storageClass(),
                none.namespace(), none.pendingReleases(), none.releasesWithWorkload(),
                none.ingressClasses(), Optional.of(config));
    }

    @Test
    void userManagementTakesTheLoginInItsOwnValue() {
        var values = given().with("values", "{\"apiService\": {\"enableUserManagement\": true}}").run().inputs(RELEASE)
                .get("values");
        assertEquals(Map.of(
                "apiService", Map.of("enableUserManagement", true, "initialBasicAuthSecret", "skypilot-login"),
                "storage", ON_THE_DISK), values);
    }

    @Test
    void behindAProxyThereIsNoLoginSecretAndNoPasswordInTheLoginLine() {
        var start = given();
        var run = start.config(start.config().without("authPassword")
                .with("values",
                        "{\"auth\": {\"externalProxy\": {\"enabled\": true}}, \"ingress\": {\"host\": "
                                + "\"sky.example.com\", \"tls\": {\"enabled\": true}}}"))
                .run();
        assertEquals(List.of(), run.result().errors());
        assertFalse(run.types().contains(SECRET));
        assertEquals(Map.of("host", "sky.example.com", "tls", Map.of("enabled", true)),
                ((Map<?, ?>) run.inputs(RELEASE).get("values")).get("ingress"));
        assertEquals("sky api login -e https://sky.example.com", run.output("login"));
    }

    @Test
    void credentialsThatTheChartIgnoresAreRefusedBeforeAnythingIsRegistered() {
        var start = given();
        var run =
                start.config(start.config().withSecret("credentials", "{\"nosuchcloud\": {\"apiKey\": \"hush-hush\"}}"))
                        .run();
        assertTrue(run.refusal().contains("The chart does not use credentials.nosuchcloud"), run::refusal);
        assertEquals(List.of(), run.types());
    }

    @Test
    void loginNamesTheHostOfTheIngress() {
        assertEquals("sky api login -e http://skypilot:PASSWORD@sky.example.com",
                given().with("values", "{\"ingress\": {\"host\": \"sky.example.com\"}}").run().output("login"));
    }

    @Test
    void keysOfACloudAreASecretThatTheChartIsTold() {
        var start = given();
        var run =
                start.config(start.config().withSecret("credentials", "{\"lambda\": {\"apiKey\": \"a-key-of-lambda\"}}")
                        .with("values", "{\"apiService\": {\"annotations\": {\"mine\": \"kept\"}}}")).run();
        assertEquals(List.of(), run.result().errors());
        var secret = run.requests().stream().filter(request -> request.getName().equals("server-lambda")).findFirst()
                .orElseThrow();
        var inputs = Wire.reveal(Wire.read(secret.getObject()));
        assertEquals(Map.of("name", "skypilot-lambda-credentials", "namespace", "skypilot"), inputs.get("metadata"));
        assertEquals(Map.of("api_key", "a-key-of-lambda"), StackRun.decoded(inputs.get("data")));
        var values = (Map<?, ?>) run.inputs(RELEASE).get("values");
        assertEquals(Map.of("enabled", true, "lambdaSecretName", "skypilot-lambda-credentials"),
                values.get("lambdaCredentials"));
        var annotations = (Map<?, ?>) ((Map<?, ?>) values.get("apiService")).get("annotations");
        assertEquals(Set.of("mine", "sky-api-server/credentials"), annotations.keySet());
        assertTrue(run.request(RELEASE).getDependenciesList().stream().anyMatch(urn -> urn.endsWith("::server-lambda")),
                "the server starts with its keys");
    }

    @Test
    void namespaceThatIsThereAlreadyIsNotTheStacks() {
        var run = given().with("namespace", "team").cluster(StackRun.withNamespace()).run();
        assertEquals(List.of(), run.result().errors());
        assertFalse(run.types().contains(NAMESPACE));
        assertEquals("team", run.inputs(RELEASE).get("namespace"));
    }

    @Test
    void releaseAndNamespaceNameTheClaimTheLoginAndTheVolumesReference() {
        var run = given().with("release", "sky").with("namespace", "team").run();
        assertEquals("sky", run.inputs(RELEASE).get("name"));
        assertEquals(Map.of("name", "sky-login", "namespace", "team"), run.inputs(SECRET).get("metadata"));
        assertEquals(Map.of("name", "sky-state", "namespace", "team"),
                ((Map<?, ?>) run.inputs(VOLUME).get("spec")).get("claimRef"));
        assertEquals("sky-state", run.output("claim"));
        assertTrue(run.output("login").contains("--namespace team get service sky-ingress-nginx-controller"),
                run.output("login"));
    }

    @Test
    void kubeconfigFileGoesToTheProviderWithItsContext(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("kubeconfig"), "apiVersion: v1").toString();
        assertEquals(Map.of("kubeconfig", file, "context", "my-context"),
                given().with("kubeconfig", file).run().inputs(CLUSTER));
    }

    @Test
    void readyHashIsTakenAsItIsAndItsUserNotShown() {
        var hash = "alice:$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.";
        var start = given();
        var run = start.config(start.config().without("authPassword").withSecret("authHash", hash)).run();
        assertEquals(Map.of("auth", hash), StackRun.decoded(run.inputs(SECRET).get("data")));
        assertTrue(run.output("login").contains("http://USER:PASSWORD@"), run.output("login"));
    }

    private StackRun.Given given() {
        return StackRun.given(preview);
    }
}
