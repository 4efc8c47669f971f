package rehearsal.kubernetes;

import java.util.List;
import java.util.Map;

/**
 * The object is there, but did not get to where it should: the engine keeps it in the state, marked so that the next
 * `up` tries again.
 */
final class InitFailure extends RuntimeException {

    private final String id;
    private final Map<String, Object> properties;
    private final List<String> reasons;

    /**
     * @param properties the outputs to keep, as a successful operation would have returned them
     * @param reasons    what kept it, besides the message
     */
    InitFailure(String id, String message, Map<String, Object> properties, List<String> reasons) {
        super(message);
        this.id = id;
        this.properties = properties;
        this.reasons = reasons;
    }

    String id() {
        return id;
    }

    Map<String, Object> properties() {
        return properties;
    }

    List<String> reasons() {
        return reasons;
    }
}
