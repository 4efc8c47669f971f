package skystate.config;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Values of the chart that come from config: which are refused, and how ours are laid over them. */
public final class ChartValues {

    private static final String AUTH = "the stack sets it from authUser and authPassword (or authHash)";

    private static final List<String> STORAGE = List.of("storage");
    private static final List<String> STRATEGY = List.of("apiService", "upgradeStrategy");
    private static final List<String> REPLICAS = List.of("apiService", "replicas");
    private static final List<String> CONFIG = List.of("apiService", "config");
    private static final String DATABASE_VARIABLE = "SKYPILOT_DB_CONNECTION_URI";
    private static final List<List<String>> DATABASE = List.of(List.of("apiService", "dbConnectionSecretName"), List.of("apiService", "dbConnectionString"));

    /** Values that this program sets itself, or relies on; each with the reason. */
    private static final Map<List<String>, String> REFUSED = Map.of(
            List.of("fullnameOverride"), "the claim would not be called <release>-state, which the PersistentVolume waits for",
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

    /**
     * Reports each value that is refused, by its path only: a value may be a secret.
     *
     * @param state where the state is: no value may take it elsewhere
     */
    static void check(Map<String, Object> values, State state, Problems problems) {
        refuseGiven(values, REFUSED, problems);
        refuseInfinite(values, problems);
        checkVariables(values, problems);
        if (state instanceof Database) {
            checkInDatabase(values, problems);
        } else {
            checkOnVolume(values, problems);
        }
    }

    private static void checkInDatabase(Map<String, Object> values, Problems problems) {
        refuseGiven(values, Map.of(STORAGE, "the state is in a database, and nothing on a volume",
                CONFIG, "with a database the chart takes none: the server keeps its config there, and users set it in the dashboard or by the API"), problems);
        DATABASE.forEach(path -> refuseGiven(values, Map.of(path, "the stack sets it from database"), problems));
        if (ChartValues.text(values, "apiService", "upgradeStrategy").filter(word -> !List.of("Recreate", "RollingUpdate").contains(word)).isPresent()) {
            refuse(STRATEGY, "it is Recreate or RollingUpdate", problems);
        }
    }

    /** SkyPilot goes by it before all else, whatever the chart is told. */
    private static void checkVariables(Map<String, Object> values, Problems problems) {
        for (var section : List.of("apiService", "global")) {
            at(values, List.of(section, "extraEnvs")).filter(given -> given instanceof List<?> list
                    && list.stream().anyMatch(variable -> variable instanceof Map<?, ?> map && DATABASE_VARIABLE.equals(map.get("name")))).ifPresent(found ->
                    refuse(List.of(section, "extraEnvs"), DATABASE_VARIABLE + " takes the state to a database of its own: that is persistence database", problems));
        }
    }

    private static void checkOnVolume(Map<String, Object> values, Problems problems) {
        at(values, CONFIG).filter(config -> !config.toString().isBlank()).ifPresent(config -> {
            var parsed = config instanceof String text ? Yaml.parse(text).orElse(null) : null;
            if (!(parsed instanceof Map<?, ?>)) {
                refuse(CONFIG, "it is the text of a config.yaml, and doesn't parse as YAML with keys", problems);
            } else if (Yaml.has(parsed, "db")) {
                refuse(CONFIG, "its db takes the state to a database, not on the disk: that is persistence database", problems);
            }
        });
        refuseGiven(values, Map.of(STORAGE, "it decides where the state lives, and the stack sets it from the disk"), problems);
        DATABASE.forEach(path -> refuseGiven(values, Map.of(path, "the state would live in a database, not on the disk: that is persistence database"), problems));
        for (var path : List.of(List.of("upgradeStrategy"), STRATEGY)) {
            if (at(values, path).filter(value -> !value.equals("Recreate")).isPresent()) {
                refuse(path, "only Recreate lets go of the disk before the next server takes it", problems);
            }
        }
        if (at(values, REPLICAS).filter(value -> !Set.of("0", "0.0", "1", "1.0").contains(value.toString())).isPresent()) {
            refuse(REPLICAS, "the disk serves one server at a time", problems);
        }
    }

    /** A part of the values, at any depth. */
    private record Part(String key, Object value) {
    }

    /** JSON writes numbers that no program can hold, and a Release can't be asked for what they come to. */
    private static void refuseInfinite(Map<String, Object> values, Problems problems) {
        // As deep as it goes: the parser takes what no recursion here would.
        var left = new ArrayDeque<>(List.of(new Part("values", values)));
        while (!left.isEmpty()) {
            var part = left.pop();
            if (part.value() instanceof Double number && number.isInfinite()) {
                refuse(part.key(), "no number is as large", problems);
            } else if (part.value() instanceof Map<?, ?> map) {
                map.forEach((key, value) -> left.push(new Part(part.key() + "." + key, value)));
            } else if (part.value() instanceof List<?> list) {
                list.forEach(value -> left.push(new Part(part.key(), value)));
            }
        }
    }

    private static void refuseGiven(Map<String, Object> values, Map<List<String>, String> refused, Problems problems) {
        refused.forEach((path, why) -> {
            if (at(values, path).isPresent()) {
                refuse(path, why, problems);
            }
        });
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
        refuse("values." + String.join(".", path), why, problems);
    }

    private static void refuse(String key, String why, Problems problems) {
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
