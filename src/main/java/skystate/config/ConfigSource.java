package skystate.config;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.reflect.TypeToken;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

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

    private static final int UNLIKELY_BY_CHANCE = 12;
    private static final Pattern ACCESS_MODE = Pattern.compile("Read(WriteOnce|WriteOncePod|WriteMany|OnlyMany)");

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
    Optional<String> get(String key) {
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

    /** Whether a key has this very value. */
    public boolean names(String key, String value) {
        return get(key).equals(Optional.of(value));
    }

    /**
     * The texts of secrets that are readable nowhere in what a stack registers: those long enough not to stand there by chance. The engine tells which key holds a secret, and
     * not which part of it: parts of {@code credentials} are none, of {@code database} all but the connection, and of {@code values} Kubernetes' names of access modes.
     */
    public Set<String> secretTexts() {
        var texts = new TreeSet<String>();
        secretKeys.stream().filter(key -> !key.equals(full("credentials"))).forEach(key -> Optional.ofNullable(values.get(key)).map(ConfigSource::json)
                .map(value -> key.equals(full("database")) && value.isJsonObject() ? value.getAsJsonObject().get("connection") : value)
                .ifPresent(value -> addTexts(value, texts)));
        texts.removeIf(text -> text.length() < UNLIKELY_BY_CHANCE || ACCESS_MODE.matcher(text).matches() || values.entrySet().stream().anyMatch(entry ->
                !secretKeys.contains(entry.getKey()) && entry.getValue().contains(text)));
        return texts;
    }

    private static JsonElement json(String value) {
        try {
            return value.stripLeading().startsWith("{") ? JsonParser.parseString(value) : new JsonPrimitive(value);
        } catch (JsonParseException noObject) {
            return new JsonPrimitive(value);
        }
    }

    private static void addTexts(JsonElement value, Set<String> texts) {
        if (value.isJsonObject()) {
            value.getAsJsonObject().entrySet().forEach(entry -> addTexts(entry.getValue(), texts));
        } else if (value.isJsonArray()) {
            value.getAsJsonArray().forEach(element -> addTexts(element, texts));
        } else if (value.isJsonPrimitive()) {
            texts.add(value.getAsString());
        }
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
