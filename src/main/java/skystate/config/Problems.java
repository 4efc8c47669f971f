package skystate.config;

import com.pulumi.exceptions.RunException;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the config, gathered so that all of it is told in one go. */
final class Problems {

    private record Problem(String key, String shown, String why, String fix) {
        @Override
        public String toString() {
            return "  " + key + (shown.isEmpty() ? "" : " = " + shown) + ": " + why + "\n      " + fix;
        }
    }

    private final List<Problem> problems = new ArrayList<>();

    /** A bad value that may be shown. {@code fix} is the line to type. */
    void bad(String key, String value, String why, String fix) {
        problems.add(new Problem(key, value, why, fix));
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
        problems.forEach(problem -> text.append(problem).append('\n'));
        throw new RunException(text.toString());
    }
}
