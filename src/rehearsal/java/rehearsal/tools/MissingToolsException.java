package rehearsal.tools;

import java.util.List;
import java.util.stream.Collectors;

/** The rehearsal cannot run here: names each tool that is missing, why, and what to install. One line. */
public final class MissingToolsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Missing> missing;

    MissingToolsException(List<Missing> missing) {
        super(describe(missing));
        this.missing = missing;
    }

    /** Tools that are missing for the same reason are named together. */
    private static String describe(List<Missing> missing) {
        return missing.stream().map(Missing::why).distinct()
                .map(why -> missing.stream().filter(each -> each.why().equals(why))
                        .map(each -> each.tool().binary() + " " + each.tool().version())
                        .collect(Collectors.joining(", ")) + " not found: " + why)
                .collect(Collectors.joining("; "));
    }

    /**
     * Whether all are missing because the module proxy did not give a module, which no install on this machine mends.
     */
    public boolean refused() {
        return missing.stream().allMatch(Missing::refused);
    }

    /** The tools, and why each is missing. */
    public List<Missing> missing() {
        return missing;
    }

    /**
     * @param tool    which one
     * @param why     what to do or what went wrong
     * @param refused whether the module proxy did not give a module
     */
    public record Missing(Tool tool, String why, boolean refused) {
    }
}
