package rehearsal.gcp;

import com.google.gson.JsonParser;
import rehearsal.google.ComputeClient;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The provider's configuration, as far as the stand-in heeds it (facts: G12).
 *
 * @param compute       where requests to Compute Engine go
 * @param project       what a resource without a project is in
 * @param region        what a resource without a region is in
 * @param zone          what a resource without a zone is in
 * @param defaultLabels what every resource that takes labels gets besides its own
 * @param token         the access token that all requests carry
 */
record Settings(ComputeClient compute, Optional<String> project, Optional<String> region, Optional<String> zone,
                Map<String, String> defaultLabels, String token) {

    /** Refuses to go on without an endpoint and a token: the stand-in never talks to the real Google. */
    static Settings read(Map<String, Object> config) {
        var endpoint = text(config, "computeCustomEndpoint").orElseThrow(() -> new ProviderException(
                "the rehearsal's gcp plugin talks to no real cloud: set gcp:computeCustomEndpoint to its Google, as "
                        + "in http://127.0.0.1:PORT/compute/v1/"));
        var token = text(config, "accessToken").orElseThrow(() -> new ProviderException(
                "google: could not find default credentials: set gcp:accessToken (any text will do in a rehearsal)"));
        return new Settings(new ComputeClient(endpoint, token), text(config, "project"), text(config, "region"),
                text(config, "zone"), labels(config.get("defaultLabels")), token);
    }

    /** What {@code gcp:organizations/getClientConfig} answers: the token in plain text, for the program to use. */
    Map<String, Object> clientConfig() {
        return Map.of("id", "client-config", "accessToken", token, "project", project.orElse(""), "region",
                region.orElse(""), "zone", zone.orElse(""));
    }

    /** The same with a resource's customTimeouts. @param seconds 0 if it has none */
    Settings within(double seconds) {
        return seconds == 0 ? this : new Settings(compute.within(Duration.ofMillis((long) (seconds * 1000))), project,
                region, zone, defaultLabels, token);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Settings[" + project.orElse("") + "]";
    }

    /** The engine hands over a structured key as JSON. */
    private static Map<String, String> labels(Object given) {
        var labels = new TreeMap<String, String>();
        if (given instanceof String json && !json.isEmpty()) {
            JsonParser.parseString(json).getAsJsonObject().entrySet()
                    .forEach(label -> labels.put(label.getKey(), label.getValue().getAsString()));
        } else if (given instanceof Map<?, ?> map) {
            map.forEach((name, value) -> labels.put(name.toString(), value.toString()));
        }
        return labels;
    }

    private static Optional<String> text(Map<String, Object> config, String key) {
        return config.get(key) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }
}
