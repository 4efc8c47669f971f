package skystate.config;

import com.pulumi.exceptions.RunException;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * A stack's config as a test states it: one that is complete, and what differs from it. As the engine does, it adds the
 * defaults of Pulumi.yaml.
 */
public record GivenConfig(Map<String, String> values, Set<String> secrets, String kubeconfig) {

    public static final String PROJECT = "sky-api-server";
    public static final String PASSWORD = "correct-horse-battery";
    private static final Map<String, String> DEFAULTS = PulumiYamlTest.defaults();

    public GivenConfig(Map<String, String> values, Set<String> secrets) {
        this(values, secrets, "");
    }

    /** With this in KUBECONFIG. */
    public GivenConfig ambient(String kubeconfig) {
        return new GivenConfig(values, secrets, kubeconfig);
    }

    /** Every required key, and nothing else. */
    public static GivenConfig complete() {
        return new GivenConfig(Map.of(), Set.of())
                .with("gcp:project", "my-project").with("zone", "us-east5-b").with("context", "my-context")
                .withSecret("authPassword", PASSWORD);
    }

    public GivenConfig with(String key, String value) {
        var changed = new LinkedHashMap<>(values);
        changed.put(full(key), value);
        return new GivenConfig(changed, secrets, kubeconfig);
    }

    public GivenConfig withSecret(String key, String value) {
        var more = new HashSet<>(secrets);
        more.add(full(key));
        return new GivenConfig(with(key, value).values, more, kubeconfig);
    }

    public GivenConfig without(String key) {
        var changed = new LinkedHashMap<>(values);
        changed.remove(full(key));
        return new GivenConfig(changed, secrets, kubeconfig);
    }

    public ConfigSource source() {
        var all = new LinkedHashMap<String, String>();
        DEFAULTS.forEach((key, value) -> all.put(full(key), value));
        all.putAll(values);
        return new ConfigSource(PROJECT, Collections.unmodifiableMap(all), secrets, kubeconfig);
    }

    /** The settings, for a config that is in order. */
    public Settings read() {
        return SettingsReader.read(source(), Path.of(""));
    }

    /** What the user is told, for a config that is not. */
    public String refusal() {
        return assertThrows(RunException.class, this::read).getMessage();
    }

    private static String full(String key) {
        return key.contains(":") ? key : PROJECT + ":" + key;
    }
}
