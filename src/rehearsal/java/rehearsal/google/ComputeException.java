package rehearsal.google;

import java.util.Locale;

/**
 * Compute Engine refused a call, or the operation it began has failed. The message is worded as Google's Go client
 * words it.
 */
public final class ComputeException extends RuntimeException {

    private final int status;
    private final String reason;
    private final String said;

    ComputeException(int status, String reason, String said, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.said = said;
    }

    /** The HTTP status, as in 404; of a failed operation the one it tells. */
    public int status() {
        return status;
    }

    /**
     * Google's short reason, as in {@code notFound}; of a failed operation its code, as in
     * {@code RESOURCE_IN_USE_BY_ANOTHER_RESOURCE}.
     */
    public String reason() {
        return reason;
    }

    /** Google's own sentence. */
    public String said() {
        return said;
    }

    /** Whether there is no such thing. */
    public boolean notFound() {
        return status == 404;
    }

    /** Whether the call was taken and failed afterwards, as an operation. */
    public boolean operation() {
        return reason.equals(reason.toUpperCase(Locale.ROOT));
    }
}
