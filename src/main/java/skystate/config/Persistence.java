package skystate.config;

import java.util.List;
import java.util.Map;

/** Where the API server keeps its state: a persistent disk, another CSI volume, or a database. */
public interface Persistence {

    /** Tells it from every other one. */
    String id();

    /** How a message names it at the start of a sentence. */
    String named();

    /** Its name in outputs and messages: disk, database, or the volume's handle. */
    String word();

    /** The CSI driver that mounts it; empty for a database. */
    default String driver() {
        return "";
    }

    /** The CSI volume handle; empty for a database. */
    default String handle() {
        return "";
    }

    /** Node labels, each with its allowed values: the server runs only on nodes that have them. Empty: on any node. */
    Map<String, List<String>> topology();
}
