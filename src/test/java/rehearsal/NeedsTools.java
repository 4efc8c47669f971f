package rehearsal;

import org.junit.jupiter.api.Assumptions;
import rehearsal.tools.MissingToolsException;
import rehearsal.tools.SkyPilot;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** For tests that need the real tools: where these are neither here nor can be built, such a test is skipped. */
public final class NeedsTools {

    private static final Map<Set<Tool>, Tools> tools = new HashMap<>();
    private static MissingToolsException missing;

    private NeedsTools() {
    }

    /**
     * The tools, or the test is skipped; with CI=true it fails, unless the module proxy refused a module. Which tools
     * are missing and what to install is said in one line, once.
     */
    public static Tools get() {
        return get(Tools.OF_A_WORLD);
    }

    /** The same, for these tools. */
    public static synchronized Tools get(Set<Tool> wanted) {
        if (!tools.containsKey(wanted) && missing == null) {
            try {
                tools.put(wanted, Tools.get(wanted, System.err::println));
            } catch (MissingToolsException notHere) {
                missing = notHere;
                System.err.println(
                        "Skipped, each *IT that runs the real engine or control plane: " + notHere.getMessage());
            }
        }
        if (missing == null) {
            return tools.get(wanted);
        }
        if ("true".equals(System.getenv("CI")) && !missing.refused()) {
            throw missing;
        }
        return Assumptions.abort(missing.getMessage());
    }

    /** Has the program use the rehearsal's kubectl: the machine may have none on its PATH. */
    public static void kubectl() {
        System.setProperty("skystate.kubectl", get(Set.of(Tool.KUBECTL)).path(Tool.KUBECTL).toString());
    }

    /**
     * SkyPilot's own server, or the test is skipped: where PyPI or Python can't be had, a stand-in plays its part in
     * the scenarios too.
     */
    public static SkyPilot skyPilot() {
        try {
            return SkyPilot.get(System.err::println);
        } catch (SkyPilot.Missing missing) {
            return Assumptions.abort(missing.getMessage());
        }
    }
}
