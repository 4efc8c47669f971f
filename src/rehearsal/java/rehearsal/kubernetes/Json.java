package rehearsal.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON and YAML to and from plain trees. */
final class Json {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Json() {
    }

    /** A JSON object. */
    static Map<String, Object> read(String json) {
        try {
            return object(JSON.readValue(json, Object.class));
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("This is no JSON object: " + malformed.getOriginalMessage(), malformed);
        }
    }

    static String write(Object tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    /**
     * A YAML document that is a map; JSON is YAML too.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Map<String, Object> readYaml(String yaml) {
        try {
            return object(YAML.readValue(yaml, Object.class));
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("This is no YAML map: " + malformed.getOriginalMessage(), malformed);
        }
    }

    /** All documents of a YAML stream that are maps. */
    static List<Map<String, Object>> readYamls(String yaml) {
        var all = new ArrayList<Map<String, Object>>();
        try (var parser = YAML.getFactory().createParser(yaml)) {
            YAML.readValues(parser, Object.class).forEachRemaining(document -> {
                if (document instanceof Map<?, ?> map) {
                    all.add(new LinkedHashMap<>(Tree.cast(map)));
                }
            });
            return all;
        } catch (IOException malformed) {
            throw new IllegalArgumentException("This is no YAML: " + malformed.getMessage(), malformed);
        }
    }

    static String writeYaml(Object tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    private static Map<String, Object> object(Object value) {
        if (value instanceof Map<?, ?> map) {
            return Tree.cast(map);
        }
        throw new IllegalArgumentException("A map was expected, not: " + (value == null ? "nothing" : value.getClass().getSimpleName()));
    }
}
