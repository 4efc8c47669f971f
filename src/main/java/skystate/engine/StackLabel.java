package skystate.engine;

import org.apache.commons.codec.digest.DigestUtils;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The label that names the stack on its disk, PersistentVolume and namespace.
 *
 * @param stack    the label's value: part of the stack's name, and a digest of organization, project and stack
 * @param formerly the value at the last {@code up}: another one if the stack was renamed since
 */
public record StackLabel(String stack, Optional<String> formerly) {

    /** Key of the label, at Google and in Kubernetes. */
    public static final String LABEL = "sky-api-server-stack";

    /** The label of a stack. */
    public static StackLabel of(String organization, String project, String stack, Optional<String> formerly) {
        // A label of Kubernetes begins with a letter or a digit.
        var readable = stack.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-").replaceAll("^[_-]+", "");
        var digest = DigestUtils.sha256Hex(String.join("/", organization, project, stack)).substring(0, 8);
        return new StackLabel(
                (readable.substring(0, Math.min(50, readable.length())) + "-" + digest).replaceAll("^-", ""), formerly);
    }

    /** Whether a label's value names this stack. */
    public boolean is(String label) {
        return label.equals(stack) || formerly.filter(label::equals).isPresent();
    }

    /** The label. */
    public Map<String, String> label() {
        return Map.of(LABEL, stack);
    }

    /** The disk's labels; in the console they say what the disk is. */
    public Map<String, String> diskLabels() {
        return Map.of("app", "sky-api-server", "managed-by", "pulumi", LABEL, stack);
    }
}
