package skystate.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;

/** Reads the objects of Kubernetes by paths of keys. */
public final class JsonPath {

    private JsonPath() {
    }

    /** The texts at a path, by key; empty if there is nothing. */
    public static Map<String, String> texts(JsonElement object, String... path) {
        return at(object, path).map(JsonElement::getAsJsonObject).map(JsonObject::asMap).orElse(Map.of())
                .entrySet().stream().filter(text -> !text.getValue().isJsonNull())
                .collect(toMap(Map.Entry::getKey, text -> text.getValue().getAsString()));
    }

    /** The text at a path. */
    public static Optional<String> text(JsonElement object, String... path) {
        return at(object, path).map(JsonElement::getAsString);
    }

    /** What is at a path, unless it is null. */
    public static Optional<JsonElement> at(JsonElement object, String... path) {
        var found = Optional.of(object);
        for (var key : path) {
            found = found.map(JsonElement::getAsJsonObject).map(within -> within.get(key))
                    .filter(value -> !value.isJsonNull());
        }
        return found;
    }

    /** The items of the list at a path; none if there is no list. */
    public static Stream<JsonElement> list(JsonElement object, String... path) {
        return at(object, path).stream().flatMap(list -> list.getAsJsonArray().asList().stream());
    }
}
