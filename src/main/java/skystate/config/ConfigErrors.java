package skystate.config;

import com.pulumi.exceptions.RunException;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Collects the errors of the config, so that all of them are reported together. */
final class ConfigErrors {

    private static final int MAX_SHOWN = 80;
    /** Characters that move the cursor or are invisible. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private final Map<String, String> errors = new LinkedHashMap<>();

    /**
     * Adds an error. Only the first error of a key is reported.
     *
     * @param value the value if it may be shown, else an empty string
     * @param why   what is wrong
     * @param fix   the command that fixes it
     */
    void add(String key, String value, String why, String fix) {
        errors.putIfAbsent(key, "  " + visible(key) + (value.isEmpty() ? "" : " = " + visible(value)) + ": " + why
                + "\n      " + fix + "\n");
    }

    /**
     * Ends the program if there are errors.
     *
     * @throws RunException which Pulumi prints without a stack trace
     */
    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new RunException("The stack's config has "
                    + (errors.size() == 1 ? "a problem" : errors.size() + " problems")
                    + "; nothing was changed:\n" + String.join("", errors.values()));
        }
    }

    private static String visible(String text) {
        var cut = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        return INVISIBLE.matcher(cut).replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }
}
