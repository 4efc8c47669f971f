package rehearsal.tools;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A tool's version, as in {@code v1.36.3}.
 *
 * @param major the first number
 * @param minor the second number
 * @param patch the third number
 */
public record Version(int major, int minor, int patch) {

    private static final Pattern FORM =
            Pattern.compile("(?<![\\d.])v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?<suffix>[-+][\\w.+-]*)?(?![\\d.])");

    /**
     * Finds the first version in what a tool prints about itself. A pre-release or a distribution's own suffix
     * ({@code v1.32.4-dispatcher}, {@code v0.0.0-master+$Format}) is another program: it is no version. Build metadata
     * after a plus is ignored.
     */
    public static Optional<Version> in(String output) {
        var found = FORM.matcher(output);
        if (!found.find() || found.group("suffix") != null && found.group("suffix").startsWith("-")) {
            return Optional.empty();
        }
        return Optional.of(new Version(
                Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)), Integer.parseInt(found.group(3))));
    }

    /** Whether a tool of that version may stand for this, the pinned one: the same minor version, no older patch. */
    public boolean accepts(Version other) {
        return major == other.major && minor == other.minor && patch <= other.patch;
    }

    @Override
    public String toString() {
        return "v" + major + "." + minor + "." + patch;
    }
}
