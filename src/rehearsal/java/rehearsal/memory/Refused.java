package rehearsal.memory;

/** What an API server answers in place of what was asked for. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    final int code;
    final String reason;
    /** The plural of the kind that it is about. */
    final String about;

    Refused(int code, String reason, String about, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.about = about;
    }

    static Refused notFound(Kind kind, String name) {
        return new Refused(404, "NotFound", kind.plural,
                kind.plural + (kind.group().isEmpty() ? "" : "." + kind.group()) + " \"" + name + "\" not found");
    }
}
