package skystate;

import org.apache.commons.codec.digest.DigestUtils;

import java.util.Locale;
import java.util.Map;

/**
 * The disk's labels: they tell a person in the console what the disk is, and this program whose it is.
 *
 * @param stack the stack, as a label can spell it: part of its name, and a digest of the whole
 */
record DiskLabels(String stack) {

    /** Key of the label by which a stack knows its own disk. */
    static final String OWNER = "sky-api-server-stack";

    /** The labels of a stack, by its organization, project and name. */
    static DiskLabels of(String organization, String project, String stack) {
        var readable = stack.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
        var digest = DigestUtils.sha256Hex(String.join("/", organization, project, stack)).substring(0, 8);
        return new DiskLabels(readable.substring(0, Math.min(50, readable.length())) + "-" + digest);
    }

    /** The label by which the stack knows its own disk. */
    Map.Entry<String, String> owner() {
        return Map.entry(OWNER, stack);
    }

    /** All labels. */
    Map<String, String> all() {
        return Map.of("app", "sky-api-server", "managed-by", "pulumi", OWNER, stack);
    }
}
