package rehearsal.world;

/** A story about a server and its disk that is played in a world of its own. */
public interface Scenario {

    /** Its name on the command line. */
    String name();

    /** What it shows, in a line. */
    String what();

    /** Whether it plays with a real PostgreSQL, so that it can't be played where there is none. */
    default boolean needsPostgres() {
        return false;
    }

    /** Whether SkyPilot's own server plays in it, where that can be had, and not what stands in for it. */
    default boolean playsSkyPilot() {
        return false;
    }

    /** Plays it. Whatever doesn't hold ends it with {@link Stage.Broken}. */
    void play(Stage stage) throws Exception;
}
