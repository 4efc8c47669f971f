package skystate.engine;

import com.pulumi.exceptions.RunException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Work beside the SDK's runner, which keeps a worker of the common pool busy. */
public final class Background {

    private Background() {
    }

    /** Starts work on a thread of its own that does not keep the JVM alive: an {@code Executor}. */
    public static void start(Runnable work) {
        var thread = new Thread(work, "background");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for the result of such work, or throws its refusal. */
    public static <T> T await(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RunException refusal ? refusal : failed;
        }
    }

    /** The words of the innermost cause that has any, or its name: a time-out has no words. */
    public static String reason(Throwable failed) {
        var said = "";
        var innermost = failed;
        for (var cause = failed; cause != null; cause = cause.getCause()) {
            said = cause.getMessage() == null ? said : cause.getMessage();
            innermost = cause;
        }
        return said.isEmpty() ? innermost.getClass().getSimpleName() : said;
    }
}
