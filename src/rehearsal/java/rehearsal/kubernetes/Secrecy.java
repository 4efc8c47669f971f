package rehearsal.kubernetes;

import rehearsal.provider.Wire;

import java.util.Map;

/** Keeps secret in what the provider returns what was secret in what it was given. */
final class Secrecy {

    private Secrecy() {
    }

    /**
     * Marks in {@code outputs} what is secret in {@code inputs}: maps are walked through, and any other value that
     * holds a secret is secret as a whole. The data of a Secret is secret in any case.
     */
    static Map<String, Object> mark(Map<String, Object> outputs, Map<String, ?> inputs) {
        if ("Secret".equals(outputs.get("kind"))) {
            seal(outputs, "data");
            seal(outputs, "stringData");
            return outputs;
        }
        inputs.forEach((key, input) -> {
            var output = outputs.get(key);
            if (output instanceof Map<?, ?> map && input instanceof Map<?, ?> inner) {
                mark(Tree.cast(map), Tree.cast(inner));
            } else if (holdsSecret(input)) {
                seal(outputs, key);
            }
        });
        return outputs;
    }

    /** Makes one property secret, if it is there and is not secret yet. */
    static void seal(Map<String, Object> properties, String key) {
        properties.computeIfPresent(key,
                (same, value) -> value instanceof Wire.Secret ? value : new Wire.Secret(value));
    }

    private static boolean holdsSecret(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(Secrecy::holdsSecret);
        }
        if (value instanceof Iterable<?> items) {
            for (var item : items) {
                if (holdsSecret(item)) {
                    return true;
                }
            }
        }
        return value instanceof Wire.Secret;
    }
}
