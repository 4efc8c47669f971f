package rehearsal.gcp;

import java.util.Map;

/**
 * A change that failed half-way: the resource is there, in this state, and the next {@code up} tries again (facts:
 * G11).
 */
final class PartialException extends ProviderException {

    final String id;
    final transient Map<String, Object> outputs;

    PartialException(String id, Map<String, Object> outputs, ProviderException cause) {
        super(cause.getMessage(), cause);
        this.id = id;
        this.outputs = outputs;
    }
}
