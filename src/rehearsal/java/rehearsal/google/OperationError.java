package rehearsal.google;

/** A failure that Google answers with 200 and an operation, and tells as that operation's error. */
final class OperationError extends RuntimeException {

    final String code;
    final int status;
    final String phrase;

    OperationError(String code, int status, String phrase, String message) {
        super(message);
        this.code = code;
        this.status = status;
        this.phrase = phrase;
    }
}
