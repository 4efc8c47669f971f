package bench;

import java.nio.file.Path;
import java.util.Map;

/**
 * A stack that is measured.
 *
 * @param name        as the table has it
 * @param folder      its project's folder
 * @param environment what its commands run with
 * @param full        whether it has all the resources; else it is a floor, and only its preview counts
 */
record Contender(String name, Path folder, Map<String, String> environment, boolean full) {

    @Override
    public String toString() {
        return name;
    }
}
