package rehearsal.google;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;

import java.util.Map;
import java.util.TreeMap;

/** JSON as Google's API has it: 64-bit numbers are strings, what is empty is left out. */
final class Json {

    static final Gson GSON = new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private Json() {
    }

    /** The object in the text; an empty text is an empty object. Refuses what isn't an object. */
    static JsonObject object(String text) {
        if (text.isBlank()) {
            return new JsonObject();
        }
        try {
            var element = JsonParser.parseString(text);
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonSyntaxException bad) {
            throw ApiError.badRequest("parseError", "Parse Error");
        }
        throw ApiError.badRequest("parseError", "Parse Error");
    }

    /** The text of a field, or the other text where the field is missing. */
    static String text(JsonObject object, String field, String otherwise) {
        var value = object.get(field);
        return value == null || value.isJsonNull() ? otherwise : value.getAsString();
    }

    /** The strings of an object-valued field, sorted by key; none where it is missing. */
    static Map<String, String> strings(JsonObject object, String field) {
        var strings = new TreeMap<String, String>();
        if (object.has(field) && object.get(field).isJsonObject()) {
            object.getAsJsonObject(field).asMap().forEach((key, value) -> strings.put(key, value.getAsString()));
        }
        return strings;
    }

    /** The array-valued field; empty where it is missing. */
    static JsonArray array(JsonObject object, String field) {
        return object.has(field) ? object.getAsJsonArray(field) : new JsonArray();
    }

    static JsonElement toJson(Object value) {
        return GSON.toJsonTree(value);
    }
}
