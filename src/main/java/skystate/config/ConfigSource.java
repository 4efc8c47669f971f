package skystate.config;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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

    private static final int UNLIKELY_BY_CHANCE = 12;
    private static final Pattern ACCESS_MODE = Pattern.compile("Read(WriteOnce|WriteOncePod|WriteMany|OnlyMany)");

    /** Reads what the engine set in the environment. */
    public static ConfigSource fromEnvironment(Map<String, String> environment) {
        var gson = new Gson();
        return new ConfigSource(environment.getOrDefault("PULUMI_PROJECT", ""),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG", "{}"),
                        new TypeToken<Map<String, String>>() { }),
                gson.fromJson(environment.getOrDefault("PULUMI_CONFIG_SECRET_KEYS", "[]"),
                        new TypeToken<Set<String>>() { }),
                environment.getOrDefault("KUBECONFIG", ""));
    }

    /** The value of a key, unless it is missing or blank. A key without a colon is one of ours. */
    Optional<String> get(String key) {
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

    /** Whether a key has exactly this value. */
    public boolean names(String key, String value) {
        return get(key).equals(Optional.of(value));
    }

    /**
     * The secret texts that must not be readable in what a stack registers, if they are long enough not to stand there
     * by chance. The engine doesn't say which part of a key is the secret. So {@code credentials} is left out, of
     * {@code database} all but the connection, and of {@code values} the access modes.
     */
    public Set<String> secretTexts() {
        var texts = new TreeSet<String>();
        secretKeys.stream().filter(key -> values.containsKey(key) && !key.equals(full("credentials"))).forEach(key -> {
            var object = Json.object(values.get(key));
            addTexts(object.isEmpty() ? values.get(key)
                    : key.equals(full("database")) ? object.get().get("connection") : object.get(), texts);
        });
        texts.removeIf(text -> text.length() < UNLIKELY_BY_CHANCE || ACCESS_MODE.matcher(text).matches()
                || values.entrySet().stream().anyMatch(entry ->
                !secretKeys.contains(entry.getKey()) && entry.getValue().contains(text)));
        return texts;
    }

    private static void addTexts(Object value, Set<String> texts) {
        if (value instanceof Map<?, ?> map) {
            map.values().forEach(each -> addTexts(each, texts));
        } else if (value instanceof List<?> list) {
            list.forEach(each -> addTexts(each, texts));
        } else if (value instanceof String text) {
            texts.add(text);
        }
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
