package rehearsal.kubernetes;

/** The API server serves no such kind: its CustomResourceDefinition is not there (any more). */
final class NoSuchKindException extends RuntimeException {

    NoSuchKindException(String apiVersion, String kind) {
        super("no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\"");
    }
}
