package skystate.config;

import java.util.List;
import java.util.Map;

/** Where the API server keeps its state. */
public sealed interface State permits Settings.Disk, Volume, Database {

    /** What tells it from any other. */
    String id();

    /** How a message begins that names it. */
    String named();

    /** The word for its kind in the config and in outputs: disk, volume or database. */
    String persistence();

    /** The word for it in outputs and messages: disk, database, or the volume's handle. */
    String word();

    /** The CSI driver that mounts it; empty if none does. */
    default String driver() {
        return "";
    }

    /** What the driver knows it by. */
    default String handle() {
        return "";
    }

    /** Where its server can run: the node label's values, one of which a node has to have, by the label's key. No node is refused if empty. */
    Map<String, List<String>> topology();
}
