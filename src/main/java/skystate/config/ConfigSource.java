package skystate.config;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The stack's config as the engine passes it on. {@code com.pulumi.Config} is not used, because it doesn't say which
 * keys exist and which are secret.
 *
 * @param project    the Pulumi project's name: the namespace of our keys
 * @param values     each value by its full key, as in {@code gcp:project}; decrypted, objects as JSON
 * @param secretKeys the full keys whose values are or contain secrets
 * @param kubeconfig the environment variable KUBECONFIG; empty if it is not set
 */
public record ConfigSource(String project, Map<String, String> values, Set<String> secretKeys, String kubeconfig) {

    /** Reads what the engine set in the environment. */
    public static ConfigSource fromEnvironment(Map<String, String> environment) {
        var gson = new Gson();
        return new ConfigSource(environment.getOrDefault("PULUMI_PROJECT", ""),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG", "{}"),
                        new TypeToken<Map<String, String>>() {}),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG_SECRET_KEYS", "[]"),
                        new TypeToken<Set<String>>() {}),
                environment.getOrDefault("KUBECONFIG", ""));
    }

    /** The value of a key, unless it is missing or blank. A key without a colon is one of ours. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(full(key))).filter(value -> !value.isBlank());
    }

    /** The config as if these keys were not set. */
    ConfigSource without(List<String> keys) {
        var left = new HashMap<>(values);
        keys.forEach(key -> left.remove(full(key)));
        return new ConfigSource(project, left, secretKeys, kubeconfig);
    }

    /** Whether the value of a key is or contains a secret. */
    boolean isSecret(String key) {
        return secretKeys.contains(full(key));
    }

    /** The names of our keys that have a value. */
    Set<String> ownKeys() {
        return values.keySet().stream().filter(key -> key.startsWith(project + ":"))
                .map(key -> key.substring(project.length() + 1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private String full(String key) {
        return key.contains(":") ? key : project + ":" + key;
    }

    /** Without the values: some are secret. */
    @Override
    public String toString() {
        return "ConfigSource[" + values.keySet() + "]";
    }
}
