package skystate.config;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the labels that the user gives the disk. */
final class DiskLabelsReader {

    private static final Pattern KEY = Pattern.compile("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}");
    private static final Pattern VALUE = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}");
    /** By these the stack and its users find their disks, and Google's own begin with goog. */
    private static final Pattern TAKEN = Pattern.compile("app|managed-by|sky-api-server-.*|goog.*");
    /** Of the 64 that a disk can have, some are this stack's, the provider's and GKE's. */
    private static final int MOST = 50;
    /** The line that sets one. */
    static final String LINE = "pulumi config set --path diskLabels.KEY VALUE";

    private DiskLabelsReader() {
    }

    /**
     * Reads and checks the key {@code diskLabels}.
     *
     * @param never why there can be none; empty if there can
     */
    static Map<String, String> read(Keys keys, String never) {
        var labels = new TreeMap<String, String>();
        keys.source().get("diskLabels").ifPresent(given -> {
            try {
                JsonParser.parseString(given).getAsJsonObject().entrySet().forEach(label ->
                        labels.put(label.getKey(), Parts.text(label.getValue())));
            } catch (JsonParseException | IllegalStateException noObject) {
                keys.bad("diskLabels", given, "they are structured: one key and its value each", "pulumi config rm diskLabels && " + LINE);
            }
        });
        if (!labels.isEmpty() && !never.isEmpty()) {
            keys.bad("diskLabels", "", never, "pulumi config rm diskLabels");
            return Map.of();
        }
        if (labels.size() > MOST) {
            keys.bad("diskLabels", "", "there are " + labels.size() + ", and Google takes " + MOST + " besides those of the stack and of GKE", "pulumi config rm --path diskLabels.KEY");
        }
        labels.forEach((key, value) -> {
            var path = "diskLabels" + (key.matches("[\\w-]+") ? "." + key : "[\"" + key + "\"]");
            if (TAKEN.matcher(key).matches()) {
                keys.bad(path, value, "this stack, or Google, sets that label itself", "pulumi config rm --path '" + path + "'");
            } else if (!KEY.matcher(key).matches()) {
                keys.bad(path, value, "the key of a label has up to 63 lower-case letters, digits, hyphens and underscores, a letter first",
                        "pulumi config rm --path '" + path + "'");
            } else if (!VALUE.matcher(value).matches()) {
                keys.bad(path, value, "a label has up to 63 lower-case letters, digits, hyphens and underscores", LINE.replace("KEY", key));
            }
        });
        return Map.copyOf(labels);
    }
}
