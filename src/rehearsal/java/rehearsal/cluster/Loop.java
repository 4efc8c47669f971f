package rehearsal.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does one piece of work whenever something has changed, and once a second for what is tried again; never twice at
 * once. Work that throws is tried again like any other; {@link #check} tells of work that throws again and again.
 */
final class Loop implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration TOLERANCE = Duration.ofSeconds(15);

    private final ScheduledExecutorService thread;
    private final AtomicBoolean due = new AtomicBoolean();
    private final Runnable work;
    private volatile Failing failing;

    private record Failing(long since, RuntimeException last) {
    }

    Loop(String name, Runnable work) {
        this.work = work;
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
            failing = null;
        } catch (RuntimeException failed) {
            if (!thread.isShutdown()) {
                var before = failing;
                failing = new Failing(before == null ? System.nanoTime() : before.since(), failed);
            }
        }
    }

    /** @throws IllegalStateException if the work has failed for longer than a busy machine's hiccup */
    void check() {
        var now = failing;
        if (now != null && System.nanoTime() - now.since() > TOLERANCE.toNanos()) {
            throw new IllegalStateException("A stand-in of the cluster fails again and again: " + now.last(),
                    now.last());
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
