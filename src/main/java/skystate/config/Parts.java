package skystate.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The parts of a structured key.
 *
 * @param keys  the config, and who is told what is wrong
 * @param path  the key
 * @param given the parts by their word
 */
record Parts(Keys keys, String path, Map<String, JsonElement> given) {

    /**
     * Reads a key.
     *
     * @param words every part that there is
     */
    static Parts of(Keys keys, String key, List<String> words) {
        try {
            return read(keys, key, JsonParser.parseString(keys.source().get(key).orElse("{}")), words);
        } catch (JsonParseException malformed) {
            return read(keys, key, new JsonPrimitive(""), words);
        }
    }

    private static Parts read(Keys keys, String path, JsonElement json, List<String> words) {
        if (!(json instanceof JsonObject object)) {
            keys.problems().bad(path, "it is structured: it has " + String.join(", ", words), "pulumi config rm --path " + path);
            return new Parts(keys, path, Map.of());
        }
        object.keySet().stream().filter(word -> !words.contains(word)).forEach(word ->
                keys.problems().bad(path + "." + word, "there is no such part; the nearest is " + Keys.nearest(word, words), "pulumi config rm --path " + path + "." + word));
        return new Parts(keys, path, object.asMap());
    }

    /** A part's text, unless it is not given or blank. */
    Optional<String> text(String word) {
        return Optional.ofNullable(given.get(word)).map(Parts::text).filter(text -> !text.isBlank());
    }

    /** A value as it was typed, or as JSON where it is none that is typed. */
    static String text(JsonElement value) {
        return value instanceof JsonPrimitive primitive ? primitive.getAsString() : value.toString();
    }

    /**
     * A part without a default.
     *
     * @param why     what it is, as a message has it
     * @param example what the line to type has for it
     */
    String required(String word, Predicate<String> good, String why, String example) {
        var value = text(word).orElse("");
        if (!good.test(value)) {
            bad(word, value.isEmpty() ? "it is missing: " + why : why, example);
        }
        return value;
    }

    /** A part with a default. */
    String matching(String word, String otherwise, Predicate<String> good, String why) {
        var value = text(word).orElse(otherwise);
        if (!good.test(value)) {
            bad(word, why, otherwise);
        }
        return value;
    }

    /** Reports a bad part. */
    void bad(String word, String why, String example) {
        keys.bad(path + "." + word, text(word).orElse(""), why, "pulumi config set --path " + path + "." + word + " " + example);
    }
}
