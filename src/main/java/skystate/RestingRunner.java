package skystate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lets the SDK's runner rest. Until all is done, that runner asks over and over whether it is, without a pause, and so
 * burns a core for as long as an update takes. It tells its logger each time it asks, which is where it can be made to
 * rest. An SDK that says something else, or waits by itself, runs as without this.
 */
final class RestingRunner {

    /** The runner's logger: a class of the SDK's. Kept here, for the log manager alone would let go of it. */
    static final Logger LOGGER = Logger.getLogger("com.pulumi.deployment.internal.DeploymentImpl");
    /** What the runner says before it asks again. */
    static final String ASKING = "Remaining tasks [";

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private RestingRunner() {
    }

    /** Makes the runner rest from now on. Call it in the program: the SDK, as it starts, sets the logger's level itself. */
    static void install() {
        LOGGER.setLevel(Level.FINEST);
        LOGGER.setFilter(record -> {
            if (record.getMessage() != null && record.getMessage().startsWith(ASKING)) {
                LockSupport.parkNanos(REST_NANOS);
            }
            return record.getLevel().intValue() >= Level.INFO.intValue();
        });
    }
}
