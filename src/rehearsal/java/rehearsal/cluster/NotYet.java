package rehearsal.cluster;

import java.util.Optional;

/** A pod can't start now; the kubelet tries again. */
final class NotYet extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Warning warning;

    /** What the kubelet says on the pod. */
    record Warning(String reason, String message) {
    }

    /** Something else is under way, and says itself what goes wrong with it. */
    NotYet() {
        this.warning = null;
    }

    NotYet(String reason, String message) {
        super(message);
        this.warning = new Warning(reason, message);
    }

    Optional<Warning> warning() {
        return Optional.ofNullable(warning);
    }
}
