package rehearsal.kubernetes;

import java.util.Map;

/** The API server's refusal, with its own words as the message. */
final class ApiException extends RuntimeException {

    private final int code;
    private final Map<String, Object> status;

    ApiException(int code, Map<String, Object> status) {
        super(Tree.text(status, "message").isEmpty() ? "the server answered with HTTP " + code
                : Tree.text(status, "message"));
        this.code = code;
        this.status = status;
    }

    boolean notFound() {
        return code == 404;
    }

    boolean forbidden() {
        return code == 403;
    }

    /** Another field manager owns a field (server-side apply). */
    boolean conflict() {
        return code == 409 && "Conflict".equals(Tree.text(status, "reason"));
    }

    boolean alreadyExists() {
        return "AlreadyExists".equals(Tree.text(status, "reason"));
    }

    /** It is the namespace that is missing, not the object. */
    boolean namespaceNotFound() {
        return notFound() && "namespaces".equals(Tree.text(status, "details", "kind"));
    }
}
