package rehearsal;

import org.junit.jupiter.api.Assumptions;
import rehearsal.tools.MissingToolsException;
import rehearsal.tools.Tools;

/** For tests that need the real tools: where these are neither here nor can be built, such a test is skipped. */
public final class NeedsTools {

    private static Tools tools;
    private static MissingToolsException missing;

    private NeedsTools() {
    }

    /**
     * The tools, or the test is skipped; with CI=true it fails, unless the module proxy refused a module. Which tools
     * are missing and what to install is said in one line, once.
     */
    public static synchronized Tools get() {
        if (tools == null && missing == null) {
            try {
                tools = Tools.get(System.err::println);
            } catch (MissingToolsException notHere) {
                missing = notHere;
                System.err.println("Skipped, each *IT that runs the real engine or control plane: " + notHere.getMessage());
            }
        }
        if (missing == null) {
            return tools;
        }
        if ("true".equals(System.getenv("CI")) && !missing.refused()) {
            throw missing;
        }
        return Assumptions.abort(missing.getMessage());
    }
}
