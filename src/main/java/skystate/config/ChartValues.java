package skystate.config;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Values of the chart that come from config: which are refused, and how ours are laid over them. */
public final class ChartValues {

    private static final String AUTH = "the stack sets it from authUser and authPassword (or authHash)";

    /** Values that would take the state off the disk, or that this program sets itself; each with the reason. */
    private static final Map<List<String>, String> REFUSED = Map.of(
            List.of("storage"), "it decides where the state lives, and the stack sets it from the disk",
            List.of("fullnameOverride"), "the claim would not be called <release>-state, which the PersistentVolume waits for",
            List.of("apiService", "dbConnectionSecretName"), "the state would live in a database, not on the disk",
            List.of("apiService", "dbConnectionString"), "the state would live in a database, not on the disk",
            List.of("ingress", "authSecret"), AUTH,
            List.of("ingress", "authCredentials"), AUTH,
            List.of("apiService", "initialBasicAuthSecret"), AUTH,
            List.of("apiService", "initialBasicAuthCredentials"), AUTH);

    private ChartValues() {
    }

    /** Reads the values from the JSON that the engine makes of structured config; empty if it is no object. */
    static Optional<Map<String, Object>> parse(String json) {
        try {
            return Optional.ofNullable(new Gson().fromJson(json, new TypeToken<Map<String, Object>>() { }));
        } catch (JsonParseException notAnObject) {
            return Optional.empty();
        }
    }

    /** Reports each value that is refused, by its path only: a value may be a secret. */
    static void check(Map<String, Object> values, Problems problems) {
        REFUSED.forEach((path, why) -> {
            if (at(values, path).isPresent()) {
                refuse(path, why, problems);
            }
        });
        for (var path : List.of(List.of("upgradeStrategy"), List.of("apiService", "upgradeStrategy"))) {
            if (at(values, path).filter(value -> !value.equals("Recreate")).isPresent()) {
                refuse(path, "only Recreate lets go of the disk before the next server takes it", problems);
            }
        }
        var replicas = List.of("apiService", "replicas");
        if (at(values, replicas).filter(value -> !Set.of("0", "0.0", "1", "1.0").contains(value.toString())).isPresent()) {
            refuse(replicas, "the disk serves one server at a time", problems);
        }
    }

    /** Reports what another key of the config sets as well. */
    static void checkOurs(Map<String, Object> values, String section, Stream<String> keys, String setBy, Problems problems) {
        keys.map(key -> List.of(section, key)).filter(path -> at(values, path).isPresent()).forEach(path ->
                refuse(path, "the stack sets it from " + setBy, problems));
    }

    /** The text at a path of the values, unless it is empty. */
    public static Optional<String> text(Map<String, Object> values, String... path) {
        return at(values, List.of(path)).map(Object::toString).filter(text -> !text.isBlank());
    }

    /** Whether the value at a path is the chart's word for yes. */
    public static boolean isTrue(Map<String, Object> values, List<String> path) {
        return at(values, path).filter(value -> value.toString().equals("true")).isPresent();
    }

    /** The values with ours laid over them, at any depth. */
    public static Map<String, Object> merge(Map<String, Object> values, Map<String, Object> ours) {
        var merged = new LinkedHashMap<>(values);
        ours.forEach((key, our) -> merged.merge(key, our, (its, mine) ->
                its instanceof Map<?, ?> a && mine instanceof Map<?, ?> b ? merge(cast(a), cast(b)) : mine));
        return merged;
    }

    /** Reports a value by its path only. */
    static void refuse(List<String> path, String why, Problems problems) {
        var key = "values." + String.join(".", path);
        problems.bad(key, why, "pulumi config rm --path '" + key + "'");
    }

    private static Optional<Object> at(Map<String, Object> values, List<String> path) {
        Object value = values;
        for (var key : path) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return Optional.ofNullable(value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
