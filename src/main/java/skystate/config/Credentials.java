package skystate.config;

import com.pulumi.core.Output;
import org.apache.commons.codec.digest.DigestUtils;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys with which the server reaches clouds, each a Secret that the chart expects and a few values that switch it on.
 *
 * @param keys a cloud's keys each
 */
public record Credentials(List<Key> keys) {

    /** No cloud but that of the server's own cluster. */
    static final Credentials NONE = new Credentials(List.of());

    /**
     * A cloud's keys.
     *
     * @param cloud    the word for it in the config
     * @param chartKey where the chart has its values
     * @param nameKey  the value that takes the Secret's name
     * @param values   its other values
     * @param data     what the Secret holds
     */
    public record Key(String cloud, String chartKey, String nameKey, Map<String, Object> values, Map<String, String> data) {

        /** Name of the Secret; the release's is in it, as two may share a namespace. */
        public String secretName(String release) {
            return release + "-" + cloud + "-credentials";
        }

        /** What the Secret holds, as a secret. */
        public Output<Map<String, String>> secretData() {
            return Output.ofSecret(data);
        }

        /** Without the keys themselves. */
        @Override
        public String toString() {
            return cloud;
        }
    }

    /**
     * The chart's values that switch the keys on. A pod reads its keys as it starts, so the pods carry a digest of them:
     * other keys make other pods.
     */
    public Map<String, Object> chartValues(String release) {
        var values = new TreeMap<String, Object>();
        keys.forEach(key -> values.put(key.chartKey(), ChartValues.merge(key.values(), Map.of(key.nameKey(), key.secretName(release)))));
        if (!keys.isEmpty()) {
            var all = new TreeMap<String, String>();
            keys.forEach(key -> key.data().forEach((name, contents) -> all.put(key.cloud() + "/" + name, contents)));
            var digest = DigestUtils.sha256Hex(all.toString()).substring(0, 16);
            values.put("apiService", Map.of("annotations", Map.of("sky-api-server/credentials", digest)));
        }
        return values;
    }

    /** Which clouds, and none of the keys. */
    @Override
    public String toString() {
        return "Credentials" + keys;
    }
}
