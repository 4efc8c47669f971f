package skystate;

import com.pulumi.exceptions.RunException;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

/**
 * What is asked of Google through the provider, at preview too.
 *
 * @param about    what it is about, as a message has it
 * @param describe the {@code gcloud} command that asks the same
 * @param more     what a message says besides; empty if nothing
 */
record GoogleQuestion(String about, String describe, String more) {

    GoogleQuestion(String about, String describe) {
        this(about, describe, "");
    }

    /**
     * The answer; empty if there is no such thing.
     *
     * @param missing what the provider's error has in it if there is none
     * @throws RunException if Google doesn't tell
     */
    <T> Optional<T> find(String missing, CompletableFuture<T> answer) {
        return wait(answer, reason -> reason.contains(missing));
    }

    /**
     * The answer.
     *
     * @throws RunException if Google doesn't tell
     */
    <T> T answer(CompletableFuture<T> answer) {
        return wait(answer, reason -> false).orElseThrow();
    }

    /** What to say when Google did not answer. */
    RunException unanswered(String reason) {
        return new RunException("Google could not be asked about the " + about + ", so nothing was changed: " + reason
                + "\nSee that `" + describe + "` works with these credentials, and run the same command again." + more);
    }

    private <T> Optional<T> wait(CompletableFuture<T> answer, Predicate<String> missing) {
        try {
            return Optional.of(answer.join());
        } catch (CompletionException failed) {
            var reason = rootCause(failed);
            if (missing.test(reason)) {
                return Optional.empty();
            }
            throw unanswered(reason);
        }
    }

    private static String rootCause(Throwable failed) {
        var cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
