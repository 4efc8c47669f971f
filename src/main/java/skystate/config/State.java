package skystate.config;

import java.util.List;
import java.util.Map;

/** Where the API server keeps its state. */
public sealed interface State permits Settings.Disk {

    /** What tells it from any other. */
    String id();

    /** How a message begins that names it. */
    String named();

    /** Where its server can run: the node label's values, one of which a node has to have, by the label's key. No node is refused if empty. */
    Map<String, List<String>> topology();
}
