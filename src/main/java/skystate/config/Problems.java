package skystate.config;

import com.pulumi.exceptions.RunException;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What is wrong with the config, gathered so that all of it is told in one go. */
final class Problems {

    private static final int SHOWN_LENGTH = 80;
    /** What moves the cursor, or can't be seen. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private record Problem(String key, String shown, String why, String fix) {
        @Override
        public String toString() {
            return "  " + visible(key) + (shown.isEmpty() ? "" : " = " + visible(shown)) + ": " + why + "\n      " + fix;
        }

        private static String visible(String text) {
            var cut = text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...";
            return UNSEEN.matcher(cut).replaceAll(unseen -> "\\\\u%04x".formatted((int) unseen.group().charAt(0)));
        }
    }

    private final Map<String, Problem> problems = new LinkedHashMap<>();

    /** A bad value that may be shown. {@code fix} is the line to type. Of a key that is reported already, no more is said. */
    void bad(String key, String value, String why, String fix) {
        problems.putIfAbsent(key, new Problem(key, value, why, fix));
    }

    /** A bad value that is never shown, or one that is missing. */
    void bad(String key, String why, String fix) {
        bad(key, "", why, fix);
    }

    /**
     * Ends the program if there is any problem.
     *
     * @throws RunException which Pulumi prints without a stack trace
     */
    void refuseIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        var text = new StringBuilder("The stack's config has " + (problems.size() == 1 ? "a problem" : problems.size() + " problems")
                + "; nothing was changed:\n");
        problems.values().forEach(problem -> text.append(problem).append('\n'));
        throw new RunException(text.toString());
    }
}
