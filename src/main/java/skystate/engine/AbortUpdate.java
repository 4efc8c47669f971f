package skystate.engine;

import com.pulumi.core.Output;
import com.pulumi.exceptions.RunException;

import java.util.concurrent.CompletableFuture;

/**
 * Refusals that come once resources are registered: when what the engine has of them shows that the stack must not go
 * on.
 */
public final class AbortUpdate {

    private AbortUpdate() {
    }

    /**
     * Ends the program with this message, and gives an output that never comes, so that what waits for it is never
     * registered. Whatever took a failed output would wrap it in an error of its own, with a stack trace, and the SDK
     * shows whichever comes first; so the refusal fails alone.
     */
    public static <T> Output<T> of(String message) {
        Output.of(CompletableFuture.failedFuture(new RunException(message)));
        return Output.of(new CompletableFuture<>());
    }
}
