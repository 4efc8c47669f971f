package rehearsal.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Does one piece of work whenever something has changed, and once a second for what is tried again; never twice at
 * once. What the work throws is passed on, and the work goes on at the next change.
 */
final class Loop implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ScheduledExecutorService thread;
    private final AtomicBoolean due = new AtomicBoolean();
    private final Runnable work;
    private final Consumer<RuntimeException> failed;

    Loop(String name, Runnable work, Consumer<RuntimeException> failed) {
        this.work = work;
        this.failed = failed;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            var daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
    }

    void start() {
        thread.scheduleWithFixedDelay(this::pass, 0, RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Something has changed. Many changes in a row make one pass. */
    void wake() {
        if (!thread.isShutdown() && due.compareAndSet(false, true)) {
            try {
                thread.execute(this::pass);
            } catch (RejectedExecutionException closedMeanwhile) {
                due.set(false);
            }
        }
    }

    private void pass() {
        due.set(false);
        try {
            work.run();
        } catch (RuntimeException broken) {
            if (!thread.isShutdown()) {
                failed.accept(broken);
            }
        }
    }

    /** Stops and waits for the pass that is under way. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a stand-in's work does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
