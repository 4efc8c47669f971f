package skystate.config;

import com.google.gson.Gson;
import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The keys of clouds, as the config gives them and the chart expects them. */
public class CredentialsReaderTest {

    public static final String GCP_KEY = """
            {"type": "service_account", "project_id": "work-project", "client_email": \
            "sky@work-project.iam.gserviceaccount.com",
             "private_key": "-----BEGIN PRIVATE KEY-----\\nhush-hush-gcp\\n-----END PRIVATE KEY-----\\n"}""";
    private static final String NEBIUS_KEY = """
            {"subject-credentials": {"type": "JWT", "private-key": "-----BEGIN PRIVATE KEY-----hush-hush"}}""";
    private static final String INI =
            "[profile]\naws_access_key_id = AKIAXXXXXXXXXXXXXXXX\naws_secret_access_key = hush-hush";
    private static final String KUBECONFIG =
            "apiVersion: v1\nclusters: []\ncontexts: []\nusers: [{user: {token: hush-hush}}]";
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";

    @Test
    void eachCloudsKeysAreTheSecretThatTheChartExpectsAndSwitchedOn() {
        assertKey(Map.of("gcp", Map.of("key", GCP_KEY)), Map.of("gcp-cred.json", GCP_KEY),
                "gcpCredentials",
                Map.of("enabled", true, "gcpSecretName", "sky-gcp-credentials", "projectId", "work-project"));
        assertKey(Map.of("aws", Map.of("accessKeyId", "AKIAXXXXXXXXXXXXXXXX", "secretAccessKey", "hush-hush-aws")),
                Map.of("aws_access_key_id", "AKIAXXXXXXXXXXXXXXXX", "aws_secret_access_key", "hush-hush-aws"),
                "awsCredentials",
                Map.of("enabled", true, "awsSecretName", "sky-aws-credentials", "useCredentialsFile", false,
                        "accessKeyIdKeyName", "aws_access_key_id", "secretAccessKeyKeyName", "aws_secret_access_key"));
        assertKey(Map.of("aws", Map.of("credentials", INI, "config", INI)), Map.of("credentials", INI, "config", INI),
                "awsCredentials",
                Map.of("enabled", true, "awsSecretName", "sky-aws-credentials", "useCredentialsFile", true));
        assertKey(Map.of("kubernetes", Map.of("kubeconfig", KUBECONFIG)), Map.of("config", KUBECONFIG),
                "kubernetesCredentials",
                Map.of("useKubeconfig", true, "kubeconfigSecretName", "sky-kubernetes-credentials"));
        for (var cloud : new String[]{"runpod", "lambda", "vast", "digitalocean", "cloudofthefuture"}) {
            assertKey(Map.of(cloud, Map.of("apiKey", "hush-hush")), Map.of("api_key", "hush-hush"),
                    cloud + "Credentials",
                    Map.of("enabled", true, cloud + "SecretName", "sky-" + cloud + "-credentials"));
        }
        assertKey(Map.of("nebius", Map.of("key", NEBIUS_KEY)), Map.of("credentials.json", NEBIUS_KEY),
                "nebiusCredentials", Map.of("enabled", true, "nebiusSecretName", "sky-nebius-credentials"));
        assertKey(Map.of("r2", Map.of("credentials", INI, "accountId", ACCOUNT)),
                Map.of("r2.credentials", INI, "accountid", ACCOUNT),
                "r2Credentials", Map.of("enabled", true, "r2SecretName", "sky-r2-credentials"));
        assertKey(Map.of("coreweave", Map.of("config", INI, "credentials", INI)),
                Map.of("cw.config", INI, "cw.credentials", INI),
                "coreweaveCredentials", Map.of("enabled", true, "coreweaveSecretName", "sky-coreweave-credentials"));
    }

    @Test
    void everyPartMayBeAFileInstead(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("key.json"), GCP_KEY + "\n");
        var given = GivenConfig.complete().with("credentials", json(Map.of("gcp", Map.of("keyFile", file.toString()))));
        assertEquals(Map.of("gcp-cred.json", GCP_KEY), given.read().server().credentials().keys().get(0).data());
    }

    @Test
    void secretsAreNotShown() {
        var credentials = read(Map.of("runpod", Map.of("apiKey", "hush-hush")));
        assertEquals("Credentials[runpod]", credentials.toString());
    }

    @Test
    void projectOfGcpMayBeAnother() {
        var given = GivenConfig.complete().withSecret("credentials", json(Map.of("gcp", Map.of("key", GCP_KEY))))
                .with("values", "{\"gcpCredentials\": {\"projectId\": \"other-project\"}}");
        assertFalse(given.read().server().credentials().keys().get(0).values().containsKey("projectId"));
    }

    @Test
    void otherKeysMakeOtherPods() {
        var first = read(Map.of("runpod", Map.of("apiKey", "hush-hush"))).chartValues("sky").get("apiService");
        assertEquals(first, read(Map.of("runpod", Map.of("apiKey", "hush-hush"))).chartValues("sky").get("apiService"));
        assertNotEquals(first,
                read(Map.of("runpod", Map.of("apiKey", "another-key"))).chartValues("sky").get("apiService"));
        assertFalse(first.toString().contains("hush-hush"), first::toString);
        assertEquals(Map.of(), new Credentials(List.of()).chartValues("sky"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{'azure': {'key': 'hush-hush'}}                       | credentials.azure.key             | it is not "
                    + "one of apiKey, apiKeyFile",
            "{'My cloud': {'apiKey': 'hush-hush'}}                 | credentials.My cloud              | it must be "
                    + "the name of a cloud",
            "{'runpod': 'hush-hush'}                               | credentials.runpod                | it must be "
                    + "structured, with the keys apiKey, apiKeyFile",
            "{'runpod': {'secretName': 'hush-hush'}}               | credentials.runpod.secretName     | it is not "
                    + "one of apiKey, apiKeyFile",
            "{'runpod': {}}                                        | credentials.runpod.apiKey         | it is missing",
            "{'runpod': {'apiKey': 'two hush-hush'}}               | credentials.runpod.apiKey         | it must be "
                    + "at least eight characters without spaces",
            "{'runpod': {'apiKey': 'k1'}}                            | credentials.runpod.apiKey         | it must be "
                    + "at least eight characters without spaces",
            "{'runpod': {'apiKey': 123456789}}                     | credentials.runpod.apiKey         | it must be "
                    + "text",
            "{'runpod': {'apiKey': 'hush-hush', 'apiKeyFile': 'f'}}| credentials.runpod.apiKey         | both apiKey "
                    + "and apiKeyFile are set",
            "{'gcp': {'key': '{hush-hush'}}                        | credentials.gcp.key               | JSON key "
                    + "with type, project_id, client_email",
            "{'gcp': {'key': '[]'}}                                | credentials.gcp.key               | JSON key "
                    + "with type, project_id",
            "{'aws': {'accessKeyId': 'AKIAXXXXXXXXXXXXXXXX'}}      | credentials.aws.secretAccessKey   | it is missing",
            "{'aws': {'config': '[a] b=hush-hush'}}                | credentials.aws.credentials       | it is missing",
            "{'aws': {'accessKeyId': 'hush-hush', 'secretAccessKey': 'hush-hush'}} | credentials.aws.accessKeyId | 16 "
                    + "to 128 capital letters",
            "{'aws': {'credentials': 'hush-hush'}}                 | credentials.aws.credentials       | it must be "
                    + "settings under a [profile]",
            "{'aws': {'accessKeyId': 'AKIAXXXXXXXXXXXXXXXX', 'secretAccessKey': 'hush-hush', 'credentialsFile': 'f'}} "
                    + "| credentials.aws.accessKeyId | it is not one of config, configFile, credentials",
            "{'kubernetes': {'kubeconfig': 'hush-hush'}}           | credentials.kubernetes.kubeconfig | a kubeconfig "
                    + "with clusters, contexts",
            "{'r2': {'accountId': 'hush-hush'}}                    | credentials.r2.accountId          | 32 "
                    + "hexadecimal digits",
            "{'nebius': {'key': '{}'}}                             | credentials.nebius.key            | JSON key "
                    + "with subject-credentials",
            "{'nebius': {'key': '{}'}}                             | values.nebiusCredentials.tenantId | the tenant "
                    + "of credentials.nebius",
            "{'runpod': {'apiKeyFile': 'hush-hush'}}               | credentials.runpod.apiKeyFile     | no such text "
                    + "file to read"})
    void badKeyIsRefusedByItsPathAndNeverShown(String credentials, String path, String why) {
        var refusal = GivenConfig.complete().withSecret("credentials", credentials.replace('\'', '"')).refusal();
        assertTrue(refusal.contains("\n  " + path + ": ") && refusal.contains(why), refusal);
        assertFalse(refusal.contains("hush-hush"), refusal);
    }

    @Test
    void cloudThatTheChartDoesNotKnowIsRefused() {
        var credentials = read(Map.of("nosuchcloud", Map.of("apiKey", "hush-hush")));
        credentials.refuseIgnored("sky", "{\"name\": \"sky-nosuchcloud-credentials\"}");
        var refusal = assertThrows(RunException.class, () -> credentials.refuseIgnored("sky", "{}")).getMessage();
        assertTrue(refusal.contains("The chart does not use credentials.nosuchcloud"), refusal);
        assertTrue(refusal.contains("pulumi config rm --path 'credentials.nosuchcloud'"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "project_id", "client_email", "private_key"})
    void gcpKeyHasAllThatItNeeds(String field) {
        var refusal = GivenConfig.complete()
                .withSecret("credentials", json(Map.of("gcp", Map.of("key", GCP_KEY.replace(field, "other")))))
                .refusal();
        assertTrue(refusal.contains("credentials.gcp.key: it must be a service account's JSON key"), refusal);
        assertTrue(refusal.contains(
                "pulumi config set --path --secret credentials.gcp.key    # or pulumi config set --path "
                        + "credentials.gcp.keyFile PATH"),
                refusal);
        assertFalse(refusal.contains("hush-hush"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "[1]", "{\"open\": "})
    void credentialsAreAnObject(String credentials) {
        var refusal = GivenConfig.complete().withSecret("credentials", credentials).refusal();
        assertTrue(refusal.contains("credentials: it must be structured"), refusal);
    }

    @Test
    void keyInPlainTextIsRefused() {
        var refusal = GivenConfig.complete().with("credentials", json(Map.of("runpod", Map.of("apiKey", "hush-hush"))))
                .refusal();
        assertTrue(refusal.contains("credentials.runpod.apiKey: it is in plain text in the stack's config file"),
                refusal);
        assertTrue(refusal.contains("pulumi config set --path --secret credentials.runpod.apiKey"), refusal);
        assertFalse(refusal.contains("hush-hush"), refusal);
    }

    /** The engine tells only that something in the object is a secret. */
    @Test
    void keyInPlainTextBesideASecretOneIsRefusedToo(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Pulumi.dev.yaml"),
                "config:\n  credentials:\n    runpod:\n      apiKey: hush-hush\n    lambda:\n      apiKey:\n        "
                        + "secure: v1:x\n");
        var source = GivenConfig.complete().withSecret("credentials",
                json(Map.of("runpod", Map.of("apiKey", "hush-hush"), "lambda", Map.of("apiKey", "hush-too-hush"))))
                .source();
        var refusal = assertThrows(RuntimeException.class, () -> SettingsReader.read(source, folder)).getMessage();
        assertTrue(refusal.contains("credentials.runpod.apiKey: it is in plain text"), refusal);
        assertFalse(refusal.contains("credentials.lambda.apiKey") || refusal.contains("hush-hush"), refusal);
    }

    @Test
    void whatSwitchesThemOnIsRefusedAmongTheValues() {
        var refusal = GivenConfig.complete()
                .withSecret("credentials", json(Map.of("runpod", Map.of("apiKey", "hush-hush"))))
                .with("values",
                        "{\"runpodCredentials\": {\"enabled\": false, \"runpodSecretName\": \"mine\"}, "
                                + "\"lambdaCredentials\": {\"enabled\": true}}")
                .refusal();
        assertTrue(refusal.startsWith("The stack's config has 2 problems"), refusal);
        assertTrue(refusal.contains("values.runpodCredentials.enabled: the stack sets it from credentials.runpod"),
                refusal);
        assertTrue(refusal.contains("values.runpodCredentials.runpodSecretName: "), refusal);
    }

    private static void assertKey(Map<String, Object> config, Map<String, String> data, String section,
                                  Map<String, Object> values) {
        var credentials = read(config);
        assertEquals(data, credentials.keys().get(0).data());
        assertEquals(values, credentials.chartValues("sky").get(section));
    }

    private static Credentials read(Map<String, Object> config) {
        return GivenConfig.complete().withSecret("credentials", json(config))
                .with("values", "{\"nebiusCredentials\": {\"tenantId\": \"tenant\"}}").read().server().credentials();
    }

    private static String json(Object config) {
        return new Gson().toJson(config);
    }
}
