package skystate;

import com.pulumi.exceptions.RunException;
import skystate.config.ConfigSource;
import skystate.config.Settings;
import skystate.config.SettingsReader;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * What needs neither the engine nor Google, done while the SDK starts: the config is read, and the cluster asked. What is wrong
 * is told to whoever asks for the outcome.
 */
final class Beginning {

    private final CompletableFuture<Settings> settings;
    private final CompletableFuture<ClusterState> cluster;

    /**
     * Begins.
     *
     * @param source the stack's config
     * @param look   looks at a cluster: {@link ClusterLookup#look}
     */
    Beginning(ConfigSource source, Function<Settings, ClusterState> look) {
        this.settings = CompletableFuture.supplyAsync(() -> SettingsReader.read(source, Path.of("")), Beginning::aside);
        this.cluster = settings.thenApplyAsync(look, Beginning::aside);
    }

    /**
     * The stack's settings.
     *
     * @throws RunException if the config is not in order
     */
    Settings settings() {
        return outcome(settings);
    }

    /** What the cluster has, or will have answered. */
    CompletableFuture<ClusterState> cluster() {
        return cluster;
    }

    /** What such work came to, waited for: its result, or its own refusal. */
    static <T> T outcome(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RunException refusal ? refusal : failed;
        }
    }

    /** Not in the common pool, a worker of which the SDK's runner keeps busy. */
    static void aside(Runnable work) {
        var thread = new Thread(work, "aside");
        thread.setDaemon(true);
        thread.start();
    }
}
