package rehearsal;

import org.junit.jupiter.api.Assumptions;
import rehearsal.tools.MissingToolsException;
import rehearsal.tools.Tools;

/** For tests that need the real tools: where these are neither here nor can be built, such a test is skipped, but not in CI. */
public final class NeedsTools {

    private NeedsTools() {
    }

    /** The tools, or the test is skipped, saying which tools are missing and what to install; with CI=true it fails. */
    public static Tools get() {
        try {
            return Tools.get(System.out::println);
        } catch (MissingToolsException missing) {
            if ("true".equals(System.getenv("CI"))) {
                throw missing;
            }
            return Assumptions.abort(missing.getMessage());
        }
    }
}
