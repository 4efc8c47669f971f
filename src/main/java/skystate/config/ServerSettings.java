package skystate.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The API server's release.
 *
 * @param installSeconds       timeout of an install, upgrade or uninstall, and of a change of the disk
 * @param values               the user's values of the chart
 * @param valuesSecret         whether the values contain a secret
 * @param allowUnauthenticated whether the user allows a server that anybody can use without logging in
 */
public record ServerSettings(String namespace, String release, ChartSettings chart, int installSeconds, Login login,
                             Credentials credentials, Map<String, Object> values, boolean valuesSecret,
                             boolean allowUnauthenticated) {

    private static final String CLAIM_SUFFIX = "-state";

    ServerSettings ofChartVersion(String version) {
        return new ServerSettings(namespace, release,
                new ChartSettings(chart.name(), chart.repository(), Optional.of(version), chart.known()),
                installSeconds,
                login, credentials, values, valuesSecret, allowUnauthenticated);
    }

    /** The timeout. */
    public Duration timeout() {
        return Duration.ofSeconds(installSeconds);
    }

    /** The contents of the server's config.yaml, if the user's values have it. */
    public Optional<String> config() {
        return ChartValues.text(values, "apiService", "config");
    }

    /** Name of the Secret that this stack creates for the connection string of a database. */
    public String databaseSecret() {
        return release + "-database";
    }

    /** Name of the chart's claim. */
    public String claim() {
        return release + CLAIM_SUFFIX;
    }

    /** Whether a claim has a name that the chart gives. */
    public static boolean isClaim(String name) {
        return name.endsWith(CLAIM_SUFFIX);
    }

    /** The release that has a claim, if the chart gave its name. */
    public static String releaseOf(String claim) {
        return isClaim(claim) ? claim.substring(0, claim.length() - CLAIM_SUFFIX.length()) : claim;
    }

    /** Without login and values, which may be secret. */
    @Override
    public String toString() {
        return "Server[" + namespace + "/" + release + ", " + chart + "]";
    }
}
