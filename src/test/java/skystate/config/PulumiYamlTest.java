package skystate.config;

import com.google.gson.Gson;
import com.pulumi.core.internal.Internal;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Pulumi.yaml tells users, and the CLI, what {@link SettingsReader} reads: the two may not drift apart. */
class PulumiYamlTest {

    private final Map<String, Map<String, Object>> described = described();

    @Test
    void itDescribesEveryKeyThatIsRead() {
        assertEquals(new TreeSet<>(SettingsReader.KEYS), new TreeSet<>(described.keySet()));
        described.forEach(
                (key, entry) -> assertFalse(String.valueOf(entry.getOrDefault("description", "")).isBlank(), key));
    }

    /** Without a default the CLI stops at the first missing key, and the program can't report them all. */
    @Test
    void everyKeyHasADefault() {
        described.forEach((key, entry) -> assertTrue(entry.get("default") != null, key));
    }

    @Test
    void blankValueIsTheDefault() {
        var given = GivenConfig.complete();
        for (var key : described.keySet()) {
            if (!given.values().containsKey("sky-api-server:" + key)) {
                given = given.with(key, " ");
            }
        }
        assertEquals(plain(GivenConfig.complete().read()), plain(given.read()));
    }

    @Test
    void withTheDefaultsAloneAllMissingKeysAreReportedTogether() {
        var refusal = new GivenConfig(Map.of(), Set.of()).refusal();
        for (var key : List.of("gcp:project", "zone", "context", "authPassword")) {
            assertTrue(refusal.contains("\n  " + key + ": "), () -> key + " in:\n" + refusal);
        }
        assertTrue(refusal.startsWith("The stack's config has 4 problems"), refusal);
    }

    @Test
    void pageOnTheConfigHasTheSameTable() throws IOException {
        var table = new StringBuilder("| key | type | default | description |\n|---|---|---|---|\n");
        described.forEach((key, entry) -> {
            var standard = entry.get("default");
            var type = entry.getOrDefault("type", standard instanceof Map ? "object" : "string");
            var shown = standard.equals("") || standard.equals(Map.of()) ? "" : "`" + standard + "`";
            table.append("| `%s` | %s | %s | %s |\n".formatted(key, type, shown, entry.get("description")));
        });
        var page = Files.readString(Path.of("docs/config.md"));
        assertTrue(page.contains(table), () -> "docs/config.md is to have this table:\n" + table);
    }

    @Test
    void exampleStackNeedsOnlyTheProjectTheContextAndThePassword() {
        Map<String, Map<String, Object>> example = load("Pulumi.dev.yaml");
        var given = new GivenConfig(Map.of(), Set.of());
        for (var entry : example.get("config").entrySet()) {
            given = given.with(entry.getKey(), asTheEngineHandsIt(entry.getValue()));
        }
        given = given.with("gcp:project", "my-project").with("context", "my-context")
                .withSecret("authPassword", GivenConfig.PASSWORD);
        assertEquals(plain(GivenConfig.complete().read()), plain(given.read()),
                "it is the guide's own example, as are the defaults");
    }

    /** Without it a plain `up` on a fresh cluster, or after a deletion by hand, changes nothing (facts: 1, 3). */
    @Test
    void whatWasChangedBehindTheStacksBackIsNoticedEachTime() {
        Map<String, Object> project = load("Pulumi.yaml");
        assertEquals(Map.of("refresh", "always"), project.get("options"));
    }

    private static List<Object> plain(Settings settings) {
        var server = settings.server();
        return List.of(settings.state(), settings.cluster(), server.namespace(), server.release(), server.chart(),
                server.installSeconds(), server.login().mode(), server.login().user(),
                Internal.of(server.login().htpasswd().orElseThrow()).getValueNullable().join(), server.credentials(),
                server.values(), server.valuesSecret());
    }

    private static String asTheEngineHandsIt(Object value) {
        return value instanceof String text ? text : new Gson().toJson(value);
    }

    /** What the engine adds to a stack's config. */
    static Map<String, String> defaults() {
        var defaults = new TreeMap<String, String>();
        described().forEach((key, entry) -> defaults.put(key, asTheEngineHandsIt(entry.get("default"))));
        return defaults;
    }

    private static Map<String, Map<String, Object>> described() {
        Map<String, Map<String, Map<String, Object>>> project = load("Pulumi.yaml");
        return project.get("config");
    }

    private static <T> T load(String file) {
        try {
            return new Yaml().load(Files.readString(Path.of(file)));
        } catch (IOException failed) {
            throw new IllegalStateException("tests run in the project's folder, which holds " + file, failed);
        }
    }
}
