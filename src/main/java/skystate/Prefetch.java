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
 * Reads the config and looks at the cluster while the SDK starts: neither needs the engine or Google. A refusal is
 * thrown where the result is asked for.
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
