package skystate.disk;

import com.pulumi.exceptions.RunException;
import skystate.engine.Background;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A request to Google through the provider, at preview too.
 *
 * @param about    what it is about, as a message names it
 * @param describe the {@code gcloud} command that asks the same
 * @param more     what the error message says besides; empty if nothing
 */
public record GoogleRequest(String about, String describe, String more) {

    /**
     * Google's own sentence about an API that was never enabled: its console's address names the API and the project.
     */
    private static final Pattern DISABLED =
            Pattern.compile("apis/api/([a-z0-9.]+)/overview\\?project=([a-z0-9:.-]+) then retry");

    public GoogleRequest(String about, String describe) {
        this(about, describe, "");
    }

    /**
     * The answer; empty if there is no such thing.
     *
     * @param missing what the provider's error contains if there is none
     * @throws RunException if Google does not answer the question
     */
    <T> Optional<T> find(String missing, CompletableFuture<T> answer) {
        return wait(answer, reason -> reason.contains(missing));
    }

    /**
     * The answer.
     *
     * @throws RunException if Google does not answer the question
     */
    <T> T answer(CompletableFuture<T> answer) {
        return wait(answer, reason -> false).orElseThrow();
    }

    /** The refusal if Google did not answer. */
    public RunException unanswered(String reason) {
        return new RunException("Google could not be asked about the " + about + ", so nothing was changed: " + reason
                + enable(reason) + "\nSee that `" + describe
                + "` works with these credentials, and run the same command again." + more);
    }

    /** The line that enables an API, where Google says that it is disabled. */
    private static String enable(String reason) {
        var api = DISABLED.matcher(reason);
        return api.find() ? "\nTo enable that API, which takes Google some minutes:\n  gcloud services enable "
                + api.group(1) + " --project " + api.group(2) : "";
    }

    private <T> Optional<T> wait(CompletableFuture<T> answer, Predicate<String> missing) {
        try {
            return Optional.of(answer.join());
        } catch (CompletionException failed) {
            var reason = Background.reason(failed);
            if (missing.test(reason)) {
                return Optional.empty();
            }
            throw unanswered(reason);
        }
    }
}
