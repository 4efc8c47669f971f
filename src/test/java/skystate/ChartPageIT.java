package skystate;

import com.google.gson.Gson;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rehearsal.NeedsTools;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;
import skystate.config.CredentialsReaderTest;
import skystate.config.GivenConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.RELEASE;

/**
 * What docs/chart.md and docs/state.md have for the usual cases: each block of commands gives a config that is in
 * order, and values that the chart takes.
 */
class ChartPageIT {

    /** Verb, whether it is a secret, whether it is text in any case, key, value. */
    private static final Pattern COMMAND = Pattern.compile(
            "(?m)^pulumi config (set|rm)(?: --path)?( --secret)?( --type string)? '?([^'\\s]+)'?(?: "
                    + "(?:'([^']+)'|(\\S+)))?$");
    private static final Pattern STEP = Pattern.compile("\\[\"([^\"]+)\"]|\\[(\\d+)]|([^.\\[]+)");

    private static Tools tools;
    private static List<String> blocks;

    @BeforeAll
    static void findThem() throws IOException {
        tools = NeedsTools.get();
        blocks = Pattern.compile("(?ms)^```\n(.*?)^```")
                .matcher(Files.readString(Path.of("docs/chart.md")) + Files.readString(Path.of("docs/state.md")))
                .results()
                .map(result -> result.group(1)).filter(block -> block.startsWith("pulumi config ")).toList();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', value = {
            "0 | secretName: skypilot-gcp-credentials | mountPath: /root/gcp-cred.json | name: "
                    + "skypilot-runpod-credentials, key: api_key",
            "1 | iam.gke.io/gcp-service-account: sky@PROJECT_ID.iam.gserviceaccount.com | auth-secret: skypilot-login "
                    + "| PersistentVolumeClaim",
            "2 | name: MY-SECRET, key: api_key | auth-secret: skypilot-login | PersistentVolumeClaim",
            "3 | SKYPILOT_INITIAL_BASIC_AUTH | name: skypilot-login | ENABLE_SERVICE_ACCOUNTS",
            "4 | {name: sky-oauth, key: client-id} | --oidc-issuer-url=https://ISSUER | "
                    + "SKYPILOT_AUTH_OAUTH2_PROXY_ENABLED",
            "5 | SKYPILOT_API_SERVER_STORAGE_ENABLED | type: ClusterIP | PersistentVolumeClaim",
            "6 | secretName: skypilot-tls-secrets | cert-manager.io/cluster-issuer: letsencrypt | host: "
                    + "sky.example.com",
            "7 | host: sky.example.com | auth-secret: skypilot-login | PersistentVolumeClaim",
            "8 | bucket: gs://BUCKET | auth-secret: skypilot-login | PersistentVolumeClaim",
            "9 | cloud.google.com/gke-nodepool: POOL | key: dedicated | memory: 16Gi",
            "10 | storage: 20Gi | volumeName: sky-api-server-pv | auth-secret: skypilot-login",
            "11 | storage: 32Gi | volumeName: sky-api-server-pv | auth-secret: skypilot-login",
            "12 | name: skypilot-database | key: connection_string | emptyDir: {}",
            "13 | name: sky-db | key: connection_string | emptyDir: {}",
            "14 | name: skypilot-database | type: RollingUpdate | replicas: 2",
            "15 | name: skypilot-database | SKYPILOT_DB_CONNECTION_URI | emptyDir: {}"})
    void chartTakesWhatTheCommandsSet(int block, String first, String second, String third, @TempDir Path folder)
            throws Exception {
        Files.writeString(folder.resolve("gcp-key.json"), CredentialsReaderTest.GCP_KEY);
        var config = typed(blocks.get(block).replaceAll("(?m)^pulumi up\n", ""), folder);
        var given = StackRun.given(false).config(config)
                .getDisk(StackRun.failing(StackRun.DISK_ID + " not found, sky-api-server not found"));
        var run = given.run();
        assertEquals(List.of(), run.result().errors());
        var rendered = render(
                Files.writeString(folder.resolve("values.json"), new Gson().toJson(run.inputs(RELEASE).get("values"))));
        for (var words : List.of(first, second, third)) {
            assertTrue(rendered.contains(words), () -> words + " in:\n" + rendered);
        }
        assertFalse(rendered.contains("initial-basic-auth"), "the chart's public user is not there");
    }

    @Test
    void eachBlockIsTried() {
        assertEquals(16, blocks.size());
    }

    /** The complete config, and what the commands make of it. */
    private static GivenConfig typed(String block, Path folder) {
        var given = GivenConfig.complete();
        var secret = false;
        var structured = new LinkedHashMap<String, Object>();
        for (var command : COMMAND.matcher(block).results().toList()) {
            var key = command.group(4);
            var value = command.group(5) != null ? command.group(5) : command.group(6);
            if (command.group(1).equals("rm")) {
                given = given.without(key);
            } else if (key.contains(".")) {
                secret |= command.group(2) != null;
                put(structured, key, command.group(3) != null ? value
                        : key.equals("database.connection") ? "postgresql://sky:typed@db/sky" : engines(value, folder));
            } else {
                given = command.group(2) != null ? given.withSecret(key, "typed-by-the-user") : given.with(key, value);
            }
        }
        assertEquals(block.lines().count(), COMMAND.matcher(block).results().count(), block);
        for (var entry : structured.entrySet()) {
            var json = new Gson().toJson(entry.getValue());
            given = secret ? given.withSecret(entry.getKey(), json) : given.with(entry.getKey(), json);
        }
        return given;
    }

    /** What the engine makes of a value on the command line; what is asked for when there is none is typed here. */
    private static Object engines(String value, Path folder) {
        if (value == null) {
            return "a-key-of-the-user";
        }
        return switch (value) {
            case "true", "false" -> Boolean.valueOf(value);
            case "gcp-key.json" -> folder.resolve(value).toString();
            default -> value;
        };
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> root, String path, Object value) {
        Object at = root;
        var steps = new ArrayList<Object>();
        STEP.matcher(path).results().forEach(step -> steps.add(step.group(2) != null ? Integer.valueOf(step.group(2))
                : step.group(1) != null ? step.group(1) : step.group(3)));
        for (var i = 0; i < steps.size(); i++) {
            var last = i == steps.size() - 1;
            Object next = last ? value
                    : steps.get(i + 1) instanceof Integer ? new ArrayList<>() : new LinkedHashMap<String, Object>();
            if (at instanceof List<?> list) {
                if (list.isEmpty()) {
                    ((List<Object>) list).add(next);
                }
                at = list.get(0);
            } else {
                at = last ? ((Map<String, Object>) at).put((String) steps.get(i), next)
                        : ((Map<String, Object>) at).computeIfAbsent((String) steps.get(i), key -> next);
            }
        }
    }

    private static String render(Path values) throws IOException, InterruptedException {
        var helm = new ProcessBuilder(
                Arrays.asList(tools.path(Tool.HELM).toString(), "template", "skypilot", "src/rehearsal/chart",
                        "-n", "skypilot", "-f", values.toString()))
                .redirectErrorStream(true).start();
        var text = new String(helm.getInputStream().readAllBytes());
        assertEquals(0, helm.waitFor(), text);
        return text;
    }
}
