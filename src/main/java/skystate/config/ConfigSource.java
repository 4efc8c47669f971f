package skystate.config;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The stack's config as the engine hands it to the program. Read here and not through {@code com.pulumi.Config},
 * which tells neither which keys there are nor which of them are secret; and tests pass their own.
 *
 * @param project    the Pulumi project's name: the namespace of our own keys
 * @param values     every value by its full key, as in {@code gcp:project}; decrypted, objects as JSON
 * @param secretKeys the full keys whose values are, or hold, secrets
 * @param kubeconfig what KUBECONFIG says: the kubeconfig where the config names none; empty if nothing
 */
public record ConfigSource(String project, Map<String, String> values, Set<String> secretKeys, String kubeconfig) {

    /**
     * Reads what the engine set in the environment.
     *
     * @param environment the process's environment
     */
    public static ConfigSource fromEnvironment(Map<String, String> environment) {
        var gson = new Gson();
        return new ConfigSource(
                environment.getOrDefault("PULUMI_PROJECT", ""),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG", "{}"), new TypeToken<Map<String, String>>() { }),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG_SECRET_KEYS", "[]"), new TypeToken<Set<String>>() { }),
                environment.getOrDefault("KUBECONFIG", ""));
    }

    /** The value of a key, unless it is unset or blank. A key without a colon is one of ours. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(full(key))).filter(value -> !value.isBlank());
    }

    /** The config as if these keys were unset. */
    ConfigSource without(List<String> keys) {
        var left = new HashMap<>(values);
        keys.forEach(key -> left.remove(full(key)));
        return new ConfigSource(project, left, secretKeys, kubeconfig);
    }

    /** Whether the value of a key is, or holds, a secret. */
    boolean isSecret(String key) {
        return secretKeys.contains(full(key));
    }

    /** The keys in our own namespace, without it. */
    Set<String> ownKeys() {
        var keys = new TreeSet<String>();
        values.keySet().stream()
                .filter(key -> key.startsWith(project + ":"))
                .forEach(key -> keys.add(key.substring(project.length() + 1)));
        return keys;
    }

    private String full(String key) {
        return key.contains(":") ? key : project + ":" + key;
    }

    /** Tells no value: some are secrets. */
    @Override
    public String toString() {
        return "ConfigSource[" + values.keySet() + "]";
    }
}
