package skystate;

import org.apache.commons.codec.digest.DigestUtils;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whose a disk, a PersistentVolume or a namespace is: a label by which a stack knows its own.
 *
 * @param stack    the stack, as a label can spell it: part of its name, and a digest of the whole
 * @param formerly what the label said as of the stack's last outputs: another name, if the stack was renamed since
 */
record Owner(String stack, Optional<String> formerly) {

    /** Key of the label, at Google and in Kubernetes. */
    static final String LABEL = "sky-api-server-stack";

    /** The owner that a stack is, by its organization, project and name. */
    static Owner of(String organization, String project, String stack, Optional<String> formerly) {
        // A label of Kubernetes begins with a letter or a digit.
        var readable = stack.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-").replaceAll("^[_-]+", "");
        var digest = DigestUtils.sha256Hex(String.join("/", organization, project, stack)).substring(0, 8);
        return new Owner((readable.substring(0, Math.min(50, readable.length())) + "-" + digest).replaceAll("^-", ""), formerly);
    }

    /** Whether a label's value names this stack. */
    boolean is(String label) {
        return label.equals(stack) || formerly.filter(label::equals).isPresent();
    }

    /** The label. */
    Map<String, String> label() {
        return Map.of(LABEL, stack);
    }

    /** The disk's labels, which also tell a person in the console what it is. */
    Map<String, String> diskLabels() {
        return Map.of("app", "sky-api-server", "managed-by", "pulumi", LABEL, stack);
    }
}
