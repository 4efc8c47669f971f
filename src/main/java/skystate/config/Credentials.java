package skystate.config;

import com.pulumi.core.Output;
import com.pulumi.exceptions.RunException;
import org.apache.commons.codec.digest.Sha2Crypt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The credentials with which the server reaches clouds.
 *
 * @param keys   one entry per cloud
 * @param digest changes with any of them; it takes a while to make
 */
public record Credentials(List<Key> keys, String digest) {

    Credentials(List<Key> keys) {
        this(keys, keys.isEmpty() ? "" : digest(contents(keys)));
    }

    /**
     * The credentials of one cloud: a Secret, and the chart's values under {@code <cloud>Credentials}.
     *
     * @param cloud   its name in the config and in the chart
     * @param nameKey the chart's value for the name of the Secret
     * @param values  the chart's other values
     * @param data    the contents of the Secret
     */
    public record Key(String cloud, String nameKey, Map<String, Object> values, Map<String, String> data) {

        /** Name of the Secret. It has the release's name, as a namespace may have several releases. */
        public String secretName(String release) {
            return release + "-" + cloud + "-credentials";
        }

        /** The contents of the Secret, as a secret. */
        public Output<Map<String, String>> secretData() {
            return Output.ofSecret(data);
        }

        /** Without the credentials. */
        @Override
        public String toString() {
            return cloud;
        }
    }

    /** The chart's values. A pod reads credentials at its start, so a digest of them in its annotations restarts it. */
    public Map<String, Object> chartValues(String release) {
        var values = new TreeMap<String, Object>();
        keys.forEach(key -> values.put(key.cloud() + "Credentials",
                ChartValues.merge(key.values(), Map.of(key.nameKey(), key.secretName(release)))));
        if (!keys.isEmpty()) {
            values.put("apiService", Map.of("annotations", Map.of("sky-api-server/credentials", digest)));
        }
        return values;
    }

    private static String contents(List<Key> keys) {
        var all = new TreeMap<String, String>();
        keys.forEach(key -> key.data().forEach((entry, contents) -> all.put(key.cloud() + "/" + entry, contents)));
        return all.toString();
    }

    /**
     * Refuses credentials that the chart ignores, because it doesn't know the cloud.
     *
     * @param release  name of the release
     * @param rendered what the chart renders
     */
    public void refuseIgnored(String release, String rendered) {
        keys.stream().filter(key -> !rendered.contains(key.secretName(release))).findFirst().ifPresent(key -> {
            throw new RunException("The chart does not use credentials." + key.cloud() + ": it has no "
                    + key.cloud() + "Credentials. Nothing was changed.\n  "
                    + ConfigReader.remove("credentials." + key.cloud()));
        });
    }

    /** Changes with a secret. Everybody who reads pods sees it, so many rounds make guessing slow. */
    static String digest(String secret) {
        var hash = Sha2Crypt.sha512Crypt(secret.getBytes(StandardCharsets.UTF_8), "$6$rounds=20000$sky-api-server");
        return hash.substring(hash.lastIndexOf('$') + 1).substring(0, 16);
    }

    /** The clouds, without their credentials. */
    @Override
    public String toString() {
        return "Credentials" + keys;
    }
}
