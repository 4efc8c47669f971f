package skystate.config;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** YAML, as users write it. */
public final class Yaml {

    private Yaml() {
    }

    /** A text of one YAML document as maps, lists and values; empty if it doesn't parse or is blank. */
    public static Optional<Object> parse(String text) {
        try {
            var settings = LoadSettings.builder().setAllowDuplicateKeys(true).build();
            return Optional.ofNullable(new Load(settings).loadFromString(text));
        } catch (YamlEngineException malformed) {
            return Optional.empty();
        }
    }

    /** Whether a map has a key, directly or by a merge key, which SkyPilot's parsers follow. */
    static boolean has(Object yaml, String key) {
        return yaml instanceof Map<?, ?> map && (map.containsKey(key) || has(map.get("<<"), key))
                || yaml instanceof List<?> merged && merged.stream().anyMatch(each -> has(each, key));
    }
}
