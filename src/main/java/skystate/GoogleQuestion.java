package skystate;

import com.pulumi.exceptions.RunException;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What is asked of Google through the provider, at preview too.
 *
 * @param about    what it is about, as a message has it
 * @param describe the {@code gcloud} command that asks the same
 * @param more     what a message says besides; empty if nothing
 */
record GoogleQuestion(String about, String describe, String more) {

    /** Google's own sentence on an API that was never switched on: its console's address has the API and the project. */
    private static final Pattern SWITCHED_OFF = Pattern.compile("apis/api/([a-z0-9.]+)/overview\\?project=([a-z0-9:.-]+) then retry");

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
        return new RunException("Google could not be asked about the " + about + ", so nothing was changed: " + reason + switchedOff(reason)
                + "\nSee that `" + describe + "` works with these credentials, and run the same command again." + more);
    }

    /** The line that switches an API on that Google says is off, where it says which. */
    private static String switchedOff(String reason) {
        var api = SWITCHED_OFF.matcher(reason);
        return api.find() ? "\nTo switch that API on, which takes Google some minutes:\n  gcloud services enable " + api.group(1) + " --project " + api.group(2) : "";
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
