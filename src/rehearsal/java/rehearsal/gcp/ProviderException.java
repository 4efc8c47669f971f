package rehearsal.gcp;

/** What a call fails with; the engine shows the message to the user. */
class ProviderException extends RuntimeException {

    ProviderException(String message) {
        super(message);
    }

    ProviderException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message in the form in which the official provider's errors arrive. */
    String listed() {
        return "1 error occurred:\n\t* " + getMessage() + "\n\n";
    }
}
