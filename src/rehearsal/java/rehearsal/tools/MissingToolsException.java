package rehearsal.tools;

import java.util.List;
import java.util.stream.Collectors;

/** The rehearsal cannot run here: names each tool that is missing, why, and what to install. One line. */
public final class MissingToolsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Missing> missing;

    MissingToolsException(List<Missing> missing) {
        super(missing.stream().map(Missing::toString).collect(Collectors.joining("; ")));
        this.missing = missing;
    }

    /** The tools, and why each is missing. */
    public List<Missing> missing() {
        return missing;
    }

    /**
     * @param tool which one
     * @param why  what to do or what went wrong
     */
    public record Missing(Tool tool, String why) {

        @Override
        public String toString() {
            return tool.binary() + " " + tool.version() + " is missing: " + why;
        }
    }
}
