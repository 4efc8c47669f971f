package skystate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * The logger of the SDK's runner. Until all is done, that runner asks over and over whether it is, without a pause, and
 * so burns a core for as long as an update takes. It tells its logger each time it asks, which is where it can be made
 * to rest. An SDK that says something else, or waits by itself, runs as without this.
 */
final class RestingLogger extends Logger {

    /** The logger's name: a class of the SDK's. */
    static final String NAME = "com.pulumi.deployment.internal.DeploymentImpl";
    /** What the runner says before it asks again. */
    static final String ASKING = "Remaining tasks [";

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** The JDK's log manager alone would let go of it. */
    private static final Logger LOGGER = new RestingLogger();

    private RestingLogger() {
        super(NAME, null);
    }

    /** Takes the place of the runner's logger. Call it before the SDK starts. */
    static void install() {
        LogManager.getLogManager().addLogger(LOGGER);
    }

    @Override
    public void log(Level level, String message) {
        if (message != null && message.startsWith(ASKING)) {
            LockSupport.parkNanos(REST_NANOS);
        }
        super.log(level, message);
    }
}
