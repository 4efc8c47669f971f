package rehearsal.lives;

/** An invariant doesn't hold. */
public final class Broken extends RuntimeException {

    private final String invariant;

    Broken(String invariant, String what) {
        super(what);
        this.invariant = invariant;
    }

    /** The invariant's name. */
    public String invariant() {
        return invariant;
    }
}
