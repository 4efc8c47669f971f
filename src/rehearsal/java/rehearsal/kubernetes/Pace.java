package rehearsal.kubernetes;

import java.io.IOException;
import java.time.Duration;

/** How a provider waits for what a cluster does. */
enum Pace {

    /** It looks again and again, until its time is over. */
    CLOCK {
        @Override
        boolean over(long deadline, int looks) {
            return System.nanoTime() > deadline;
        }

        @Override
        void pause() throws IOException {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting", interrupted);
            }
        }
    },

    /**
     * The cluster has done all it is going to do before it answers, so that one look more tells what any wait would
     * come to.
     */
    AT_ONCE {
        @Override
        boolean over(long deadline, int looks) {
            return looks > 1;
        }

        @Override
        void pause() {
        }
    };

    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * Whether the wait is in vain.
     *
     * @param deadline until when, as {@link System#nanoTime} tells it
     * @param looks    how often it was looked
     */
    abstract boolean over(long deadline, int looks);

    /** Lets some time pass. */
    abstract void pause() throws IOException;
}
