package skystate.config;

import org.apache.commons.text.similarity.LevenshteinDistance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads keys of the config and rejects bad values. A part of a structured key is read like a key: {@code volume.size}.
 *
 * @param source the config
 * @param errors collects what is wrong
 * @param folder the project's folder: relative paths start here, and it has Pulumi.yaml and the stacks' config files
 */
record ConfigReader(ConfigSource source, ConfigErrors errors, Path folder) {

    /** Keys that hold secrets, or often do by mistake, as in user:password. */
    private static final List<String> NEVER_SHOWN =
            List.of("authUser", "authPassword", "authHash", "chartRepository", "credentials", "database", "values");
    /** A shorter line of a secret may be in a file by chance. */
    private static final int MIN_SECRET_LINE = 8;

    /** A check by a pattern. */
    static Predicate<String> pattern(String regex) {
        return Pattern.compile(regex).asMatchPredicate();
    }

    /** The value of a key, unless it is missing or blank. */
    Optional<String> get(String key) {
        return key.equals(root(key)) ? source.get(key) : source.get(root(key)).flatMap(Json::object)
                .flatMap(object -> Json.at(object, key.substring(root(key).length() + 1)))
                .map(Json::text).filter(text -> !text.isBlank());
    }

    /**
     * A key's checked value. A missing or blank one is the default of Pulumi.yaml.
     *
     * @param rule    what is wrong with a value that is not valid
     * @param example for the command that sets a key without a default
     */
    String text(String key, Predicate<String> isValid, String rule, String example) {
        var value = get(key).or(() -> defaultValue(project(), key)).orElse("");
        if (!isValid.test(value)) {
            reject(key, value.isEmpty() ? "it is missing; " + rule : rule,
                    set(key, defaultValue(project(), key).orElse(example)));
        }
        return value;
    }

    /** A key with a default. */
    String text(String key, Predicate<String> isValid, String rule) {
        return text(key, isValid, rule, "");
    }

    /** A key that is true or false. */
    boolean bool(String key) {
        return text(key, List.of("true", "false")::contains, "it must be true or false").equals("true");
    }

    /** A key that is a whole number. The example is for a key without a default. */
    int integer(String key, int min, int max, String unit, String example) {
        Predicate<String> isValid = text -> text.matches("\\d{1,6}") && Integer.parseInt(text) >= min
                && Integer.parseInt(text) <= max;
        var value = text(key, isValid, "it must be a whole number of " + unit + ", from " + min + " to " + max
                + ", without a unit", example);
        return isValid.test(value) ? Integer.parseInt(value) : min;
    }

    /** A structured key. It is empty if it is missing, or is something else, which is rejected. */
    Map<String, Object> object(String key, String rule, String fix) {
        var text = source.get(key);
        var object = text.flatMap(Json::object);
        if (text.isPresent() && object.isEmpty()) {
            reject(key, rule, fix);
        }
        return object.orElse(Map.of());
    }

    /** A structured key with these parts only. */
    Map<String, Object> object(String key, List<String> parts) {
        var object = object(key, "it must be structured, with the keys " + String.join(", ", parts), remove(key));
        rejectUnknown(key + ".", object.keySet(), parts);
        return object;
    }

    /** Rejects keys that don't exist. */
    void rejectUnknown(String prefix, Collection<String> given, List<String> known) {
        var distance = LevenshteinDistance.getDefaultInstance();
        given.stream().filter(key -> !known.contains(key)).forEach(key -> errors.add(prefix + key, "",
                "there is no such key; the nearest is "
                        + known.stream().min(Comparator.comparing(each -> distance.apply(key, each))).orElseThrow(),
                remove(prefix + key)));
    }

    /** Rejects a key, and shows its value if it is certainly no secret. */
    void reject(String key, String why, String fix) {
        var hidden = source.isSecret(root(key)) || NEVER_SHOWN.contains(root(key));
        var value = hidden ? "" : get(key).orElse("");
        errors.add(key, key.equals(root(key)) && value.startsWith("{") ? "" : value, why, fix);
    }

    /** Rejects a secret that stands in plain text in the stack's config file. */
    void rejectPlainText(String key, String secret) {
        // The engine says that a structured key holds a secret, but not which part is one. So look into the files.
        if (!source.isSecret(root(key)) || !key.equals(root(key)) && isInConfigFile(secret)) {
            reject(key, "it is in plain text in the stack's config file", setSecret(key));
        }
    }

    private boolean isInConfigFile(String secret) {
        var line = secret.lines().map(String::strip).max(Comparator.comparing(String::length)).orElse("");
        if (line.length() < MIN_SECRET_LINE) {
            return false;
        }
        try (var files = Files.newDirectoryStream(folder.toAbsolutePath(), "Pulumi.*.yaml")) {
            for (var file : files) {
                if (Files.readString(file).contains(line)) {
                    return true;
                }
            }
            return false;
        } catch (IOException noProject) {
            return false;
        }
    }

    /** Pulumi.yaml, which has the defaults. The engine passes them on, so they are needed only for messages. */
    Optional<Object> project() {
        try {
            return Yaml.parse(Files.readString(folder.resolve("Pulumi.yaml")));
        } catch (IOException noProject) {
            return Optional.empty();
        }
    }

    /** The default that Pulumi.yaml has for a key. */
    static Optional<String> defaultValue(Optional<Object> project, String key) {
        return project.flatMap(its -> Json.at(its, "config." + key + ".default"))
                .map(Object::toString).filter(value -> !value.isBlank());
    }

    /** Whether there is a file that can be read. */
    boolean isReadable(String path) {
        try {
            return Files.isReadable(folder.resolve(path));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    /** The command that sets a key. */
    static String set(String key, String value) {
        return "pulumi config set " + (key.contains(".") ? "--path " : "") + key + " " + value;
    }

    /** The command that sets a secret. */
    static String setSecret(String key) {
        return "pulumi config set " + (key.contains(".") ? "--path " : "") + "--secret " + key;
    }

    /** The command that removes a key. */
    static String remove(String key) {
        return "pulumi config rm " + (key.contains(".") ? "--path '" + key + "'" : key);
    }

    private static String root(String key) {
        return key.split("\\.", 2)[0];
    }
}
