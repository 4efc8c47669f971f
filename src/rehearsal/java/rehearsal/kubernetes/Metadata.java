package rehearsal.kubernetes;

import pulumirpc.Provider.CheckRequest;
import rehearsal.provider.Wire;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Names that the provider gives, and the {@code pulumi.com/} annotations that steer it. */
final class Metadata {

    private static final String AUTONAMED = "pulumi.com/autonamed";

    private Metadata() {
    }

    /** Gives a nameless new object its name: the resource's, a hyphen and eight hex digits. */
    static void assignName(Map<String, Object> object, Urn urn, CheckRequest.AutonamingOptions options) {
        if (Tree.get(object, "metadata", "name").isPresent()) {
            return;
        }
        var name = switch (options.getMode()) {
            case DISABLE -> throw new IllegalArgumentException(
                    "autonaming is disabled, resource requires the .metadata.name field to be set");
            default -> options.getProposedName().isEmpty() ? urn.name() + "-" + suffix() : options.getProposedName();
        };
        Tree.set(object, name, "metadata", "name");
        Tree.set(object, "true", "metadata", "annotations", AUTONAMED);
    }

    /** Keeps the name that a nameless object was given before. */
    static void adoptName(Map<String, Object> object, Map<String, Object> before) {
        if (Tree.get(object, "metadata", "name").isEmpty() && autonamed(before)) {
            Tree.set(object, Tree.text(before, "metadata", "name"), "metadata", "name");
            Tree.set(object, "true", "metadata", "annotations", AUTONAMED);
        }
    }

    static boolean autonamed(Map<String, Object> object) {
        return annotated(object, AUTONAMED);
    }

    static boolean skipAwait(Map<String, Object> object) {
        return annotated(object, "pulumi.com/skipAwait");
    }

    static boolean patchForce(Map<String, Object> object) {
        return annotated(object, "pulumi.com/patchForce");
    }

    /** Foreground, unless the annotation says otherwise. */
    static String propagationPolicy(Map<String, Object> object) {
        return switch (annotation(object, "pulumi.com/deletionPropagationPolicy").toLowerCase()) {
            case "background" -> "Background";
            case "orphan" -> "Orphan";
            default -> "Foreground";
        };
    }

    /** How long to wait: the resource's customTimeouts, else its annotation, else the kind's own time. */
    static Duration timeout(Map<String, Object> object, double custom, Duration otherwise) {
        if (custom > 0) {
            return Duration.ofMillis((long) (custom * 1000));
        }
        return Optional.of(annotation(object, "pulumi.com/timeoutSeconds"))
                .filter(seconds -> seconds.matches("[1-9][0-9]*"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(otherwise);
    }

    /** The field manager: the annotation's, the state's, or a new one. */
    static String fieldManager(Map<String, Object> object, Map<String, ?> state) {
        return Optional.of(annotation(object, "pulumi.com/patchFieldManager")).filter(name -> !name.isEmpty())
                .or(() -> Optional.ofNullable(state.get("__fieldManager")).map(Wire::reveal).map(Object::toString))
                .orElseGet(() -> "pulumi-kubernetes-" + suffix());
    }

    static String suffix() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    private static boolean annotated(Map<String, Object> object, String name) {
        return "true".equals(annotation(object, name));
    }

    private static String annotation(Map<String, Object> object, String name) {
        return Tree.text(object, "metadata", "annotations", name);
    }
}
