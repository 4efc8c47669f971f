package skystate.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes the SDK's runner pause. Until everything is done, the runner polls without a pause, and so uses a whole core
 * for as long as an update takes. It logs each poll, and that is where it can be made to pause. An SDK that logs
 * something else, or waits by itself, runs as without this.
 */
public final class RunnerThrottle {

    /** The runner's logger. Kept here: the log manager holds it weakly. */
    public static final Logger LOGGER = Logger.getLogger("com.pulumi.deployment.internal.DeploymentImpl");
    /** What the runner says before it asks again. */
    public static final String ASKING = "Remaining tasks [";

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private RunnerThrottle() {
    }

    /** Makes the runner pause from now on. Call it in the program: the SDK sets the logger's level as it starts. */
    public static void install() {
        LOGGER.setLevel(Level.FINEST);
        LOGGER.setFilter(record -> {
            if (record.getMessage() != null && record.getMessage().startsWith(ASKING)) {
                LockSupport.parkNanos(REST_NANOS);
            }
            return record.getLevel().intValue() >= Level.INFO.intValue();
        });
    }
}
