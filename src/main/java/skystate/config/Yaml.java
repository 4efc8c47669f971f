package skystate.config;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** YAML, and so JSON, that users give as text. */
public final class Yaml {

    private Yaml() {
    }

    /** What a text of one document says, as maps, lists and values; empty if it doesn't parse, or says nothing. */
    public static Optional<Object> parse(String text) {
        try {
            return Optional.ofNullable(new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build()).loadFromString(text));
        } catch (YamlEngineException malformed) {
            return Optional.empty();
        }
    }

    /** Whether a map has a key, also by a merge key, which the parsers that SkyPilot uses follow. */
    static boolean has(Object yaml, String key) {
        return yaml instanceof Map<?, ?> map && (map.containsKey(key) || has(map.get("<<"), key))
                || yaml instanceof List<?> merged && merged.stream().anyMatch(each -> has(each, key));
    }
}
