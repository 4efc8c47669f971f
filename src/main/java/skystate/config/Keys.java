package skystate.config;

import org.apache.commons.text.similarity.LevenshteinDistance;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads plain keys, and reports what is wrong with them.
 *
 * @param source   the config
 * @param problems is told what is wrong
 */
record Keys(ConfigSource source, Problems problems) {

    private static final List<String> OFTEN_WITH_PASSWORD = List.of("authUser", "chartRepository", "database");

    /** A key that is true or false. */
    boolean yes(String key, String otherwise) {
        return matching(key, otherwise, List.of("true", "false")::contains, "it is true or false").equals("true");
    }

    /** A key without a default. */
    String required(String key, Pattern pattern, String why, String fix) {
        var value = source.get(key).orElse("");
        if (value.isEmpty() || !pattern.matcher(value).matches()) {
            bad(key, value, value.isEmpty() ? "it is missing" : why, fix);
        }
        return value;
    }

    /** A key with a default. */
    String matching(String key, String otherwise, Pattern pattern, String why) {
        return matching(key, otherwise, pattern.asMatchPredicate(), why);
    }

    /** A key with a default. */
    String matching(String key, String otherwise, Predicate<String> good, String why) {
        var value = source.get(key).orElse(otherwise);
        if (!good.test(value)) {
            bad(key, value, why, "pulumi config set " + key + " " + otherwise);
        }
        return value;
    }

    /** A key that is a whole number, written without a unit. */
    int whole(String key, int otherwise, int least, int most, String unit) {
        var text = source.get(key).orElse(String.valueOf(otherwise));
        var number = text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            bad(key, text, "it is a whole number of " + unit + ", from " + least + " to " + most + ", without a unit",
                    "pulumi config set " + key + " " + otherwise);
        }
        return number;
    }

    /** The nearest to a word that was perhaps mistyped. */
    static String nearest(String word, List<String> words) {
        var distance = LevenshteinDistance.getDefaultInstance();
        return words.stream().min(Comparator.comparing(known -> distance.apply(word, known))).orElseThrow();
    }

    /** Whether there is such a file to read. A text that can't be a path is none. */
    static boolean isReadable(Path folder, String path) {
        try {
            return Files.isReadable(folder.resolve(path));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    /** Reports a bad value, and shows it unless it is a secret, or may be one by a slip, as in user:password. */
    void bad(String key, String value, String why, String fix) {
        problems.bad(key, source.isSecret(key.replaceFirst("\\..*", "")) || OFTEN_WITH_PASSWORD.contains(key) ? "" : value, why, fix);
    }
}
