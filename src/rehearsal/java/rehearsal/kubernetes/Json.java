package rehearsal.kubernetes;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON and YAML to and from plain trees. */
final class Json {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();

    private Json() {
    }

    /** A JSON object. */
    static Map<String, Object> read(String json) {
        try {
            return object(JSON.readValue(json, Object.class));
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("This is no JSON object: " + malformed.getOriginalMessage(), malformed);
        }
    }

    static String write(Object tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JacksonException malformed) {
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
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("This is no YAML map: " + malformed.getOriginalMessage(), malformed);
        }
    }

    /** All documents of a YAML stream that are maps. */
    static List<Map<String, Object>> readYamls(String yaml) {
        var all = new ArrayList<Map<String, Object>>();
        try (var parser = YAML.createParser(yaml)) {
            YAML.readValues(parser, Object.class).forEachRemaining(document -> {
                if (document instanceof Map<?, ?> map) {
                    all.add(new LinkedHashMap<>(Tree.cast(map)));
                }
            });
            return all;
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("This is no YAML: " + malformed.getMessage(), malformed);
        }
    }

    static String writeYaml(Object tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }

    private static Map<String, Object> object(Object value) {
        if (value instanceof Map<?, ?> map) {
            return Tree.cast(map);
        }
        throw new IllegalArgumentException(
                "A map was expected, not: " + (value == null ? "nothing" : value.getClass().getSimpleName()));
    }
}
