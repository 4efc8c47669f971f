package skystate.config;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The user's values of the chart. Errors show their paths only, as a value may be a secret. */
public final class ChartValues {

    private static final String CONFIG = "apiService.config";
    private static final String STRATEGY = "apiService.upgradeStrategy";
    private static final String REPLICAS = "apiService.replicas";
    private static final String DATABASE_VARIABLE = "SKYPILOT_DB_CONNECTION_URI";

    private static final String AUTH = "the stack sets it from authUser and authPassword (or authHash)";
    private static final Map<String, String> REFUSED = Map.of(
            "fullnameOverride", "the claim would not be <release>-state, which the PersistentVolume is for",
            "ingress.authSecret", AUTH, "ingress.authCredentials", AUTH,
            "apiService.initialBasicAuthSecret", AUTH, "apiService.initialBasicAuthCredentials", AUTH);

    private static final String FROM_DATABASE = "the stack sets it from database";
    private static final Map<String, String> REFUSED_IN_DATABASE = Map.of(
            "storage", "the state is in a database, not on a volume",
            CONFIG, "the chart refuses it with a database: the server keeps its config there, and users set it in the"
                    + " dashboard or by the API",
            "apiService.dbConnectionSecretName", FROM_DATABASE, "apiService.dbConnectionString", FROM_DATABASE);

    private static final String TO_DATABASE = "it moves the state to a database; use persistence database";
    private static final Map<String, String> REFUSED_ON_VOLUME = Map.of(
            "storage", "it decides where the state is, and the stack sets it from the disk",
            "apiService.dbConnectionSecretName", TO_DATABASE, "apiService.dbConnectionString", TO_DATABASE);

    private ChartValues() {
    }

    /** Rejects each value that would move the state, open the server, or break the release. */
    static void check(ConfigReader reader, Map<String, Object> values, Persistence persistence) {
        REFUSED.forEach((path, why) -> rejectIfSet(reader, values, path, why));
        rejectInfinite(reader, values);
        for (var path : List.of("apiService.extraEnvs", "global.extraEnvs")) {
            // SkyPilot prefers this variable to the chart's values.
            if (Json.at(values, path).orElse("") instanceof List<?> list && list.stream().anyMatch(
                    variable -> variable instanceof Map<?, ?> map && DATABASE_VARIABLE.equals(map.get("name")))) {
                reject(reader, path, DATABASE_VARIABLE + " moves the state to a database; use persistence database");
            }
        }
        if (persistence instanceof Database) {
            REFUSED_IN_DATABASE.forEach((path, why) -> rejectIfSet(reader, values, path, why));
            text(values, "apiService", "upgradeStrategy").filter(word -> !word.matches("Recreate|RollingUpdate"))
                    .ifPresent(word -> reject(reader, STRATEGY, "it must be Recreate or RollingUpdate"));
        } else {
            REFUSED_ON_VOLUME.forEach((path, why) -> rejectIfSet(reader, values, path, why));
            checkOnVolume(reader, values);
        }
    }

    private static void checkOnVolume(ConfigReader reader, Map<String, Object> values) {
        Json.at(values, CONFIG).filter(config -> !config.toString().isBlank()).ifPresent(config -> {
            var yaml = config instanceof String text ? Yaml.parse(text).orElse("") : "";
            if (!(yaml instanceof Map)) {
                reject(reader, CONFIG, "it must be the text of a config.yaml: YAML with keys");
            } else if (Yaml.has(yaml, "db")) {
                reject(reader, CONFIG, "its db moves the state to a database; use persistence database");
            }
        });
        for (var path : List.of("upgradeStrategy", STRATEGY)) {
            if (Json.at(values, path).filter(value -> !value.equals("Recreate")).isPresent()) {
                reject(reader, path, "it must be Recreate: two servers can't use one disk at the same time");
            }
        }
        if (Json.at(values, REPLICAS).filter(number -> !Set.of("0", "0.0", "1", "1.0").contains(number.toString()))
                .isPresent()) {
            reject(reader, REPLICAS, "only one server can use the disk at a time");
        }
    }

    /** Rejects numbers that are larger than a double, as a Release can't pass them on. */
    private static void rejectInfinite(ConfigReader reader, Map<String, Object> values) {
        // A loop, because values may be nested more deeply than a recursion can follow.
        var left = new ArrayDeque<Map.Entry<String, ?>>(values.entrySet());
        while (!left.isEmpty()) {
            var path = left.peek().getKey();
            var value = left.pop().getValue();
            if (value instanceof Double number && number.isInfinite()) {
                reject(reader, path, "the number is too large");
            } else if (value instanceof Map<?, ?> map) {
                cast(map).entrySet().stream().filter(entry -> entry.getValue() != null)
                        .forEach(entry -> left.push(Map.entry(path + "." + entry.getKey(), entry.getValue())));
            } else if (value instanceof List<?> list) {
                list.stream().filter(each -> each != null).forEach(each -> left.push(Map.entry(path, each)));
            }
        }
    }

    /** Rejects a value that the user must not set. */
    static void rejectIfSet(ConfigReader reader, Map<String, Object> values, String path, String why) {
        if (Json.at(values, path).isPresent()) {
            reject(reader, path, why);
        }
    }

    /** Rejects the value at a path. */
    static void reject(ConfigReader reader, String path, String why) {
        reader.reject("values." + path, why, ConfigReader.remove("values." + path));
    }

    /** The text at a path of the values, unless it is empty. */
    public static Optional<String> text(Map<String, Object> values, String... path) {
        return Json.at(values, String.join(".", path)).map(Object::toString).filter(text -> !text.isBlank());
    }

    /** Whether the value at a path is true. */
    public static boolean isTrue(Map<String, Object> values, List<String> path) {
        return Json.at(values, String.join(".", path)).filter(value -> value.toString().equals("true")).isPresent();
    }

    /** The values with ours over them, at any depth. */
    public static Map<String, Object> merge(Map<String, Object> values, Map<String, Object> ours) {
        var merged = new LinkedHashMap<>(values);
        ours.forEach((key, our) -> merged.merge(key, our,
                (its, mine) -> its instanceof Map<?, ?> a && mine instanceof Map<?, ?> b ? merge(cast(a), cast(b))
                        : mine));
        return merged;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
