package skystate;

import com.pulumi.exceptions.RunException;
import skystate.cluster.ClusterLookup;
import skystate.cluster.ClusterState;
import skystate.config.ConfigSource;
import skystate.config.Settings;
import skystate.config.SettingsReader;
import skystate.engine.Background;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What needs neither the engine nor Google, done while the SDK starts: the config is read, and the cluster asked. What
 * is wrong is told to whoever asks for the outcome.
 */
final class Prefetch {

    private final CompletableFuture<Settings> settings;
    private final CompletableFuture<ClusterState> cluster;

    /**
     * Begins.
     *
     * @param source the stack's config
     * @param look   looks at a cluster: {@link ClusterLookup#look}
     */
    Prefetch(ConfigSource source, Function<Settings, ClusterState> look) {
        this.settings =
                CompletableFuture.supplyAsync(() -> SettingsReader.read(source, Path.of("")), Background::start);
        this.cluster = settings.thenApplyAsync(look, Background::start);
    }

    /**
     * The stack's settings.
     *
     * @throws RunException if the config is not in order
     */
    Settings settings() {
        return Background.await(settings);
    }

    /** What the cluster has, or will have answered. */
    CompletableFuture<ClusterState> cluster() {
        return cluster;
    }
}
