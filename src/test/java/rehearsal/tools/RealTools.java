package rehearsal.tools;

import org.junit.jupiter.api.Assumptions;

/** The real tools for tests; where they can't be had, the tests are skipped, but with CI=true they fail. */
public final class RealTools {

    private static Tools tools;
    private static MissingToolsException missing;

    private RealTools() {
    }

    /** All tools, or the end of the test that asks. What is missing is said in one line, once. */
    public static synchronized Tools orSkip() {
        if (tools == null && missing == null) {
            try {
                tools = Tools.get(System.err::println);
            } catch (MissingToolsException notHere) {
                missing = notHere;
                System.err.println("Skipped: the tests that need real tools, as " + notHere.getMessage());
            }
        }
        if (missing != null) {
            if ("true".equals(System.getenv("CI"))) {
                throw missing;
            }
            Assumptions.abort(missing.getMessage());
        }
        return tools;
    }
}
