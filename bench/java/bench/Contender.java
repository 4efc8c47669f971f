package bench;

import java.nio.file.Path;
import java.util.Map;

/**
 * A stack that is measured.
 *
 * @param name        as the table has it
 * @param folder      its project's folder
 * @param environment what its commands run with
 * @param kind        what it is measured for
 */
record Contender(String name, Path folder, Map<String, String> environment, Kind kind) {

    /** What a stack is measured for. */
    enum Kind {
        /** It has all the resources, and is compared. */
        STACK,
        /** It has many servers. */
        GROWTH,
        /** It has nothing: what is left is what any takes. */
        FLOOR
    }

    /** Whether it is compared with the others. */
    boolean full() {
        return kind == Kind.STACK;
    }

    @Override
    public String toString() {
        return name;
    }
}
