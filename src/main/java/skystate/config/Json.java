package skystate.config;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;

import java.util.Map;
import java.util.Optional;

/** JSON, as the engine writes structured config, in maps, lists and values. */
final class Json {

    private Json() {
    }

    /** The object that a text holds; empty if it holds anything else. */
    static Optional<Map<String, Object>> object(String text) {
        try {
            return Optional.ofNullable(new Gson().fromJson(text, new TypeToken<>() {}));
        } catch (JsonParseException malformed) {
            return Optional.empty();
        }
    }

    /** What a map, or a map in it, has at a path such as {@code apiService.config}. */
    static Optional<Object> at(Object map, String path) {
        var value = map;
        for (var key : path.split("\\.")) {
            value = value instanceof Map<?, ?> parent ? parent.get(key) : null;
        }
        return Optional.ofNullable(value);
    }

    /** A value as the user typed it: Gson makes 10.0 of 10. */
    static String text(Object value) {
        return value instanceof Double number ? number.toString().replaceFirst("\\.0$", "") : value.toString();
    }
}
