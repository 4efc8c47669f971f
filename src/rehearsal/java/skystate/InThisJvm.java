package skystate;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.pulumi.deployment.internal.DeploymentInstanceHolder;
import com.pulumi.deployment.internal.InlineDeploymentSettings;
import com.pulumi.internal.PulumiInternal;
import pulumirpc.Language.RunRequest;
import skystate.cluster.ClusterLookup;
import skystate.config.ConfigSource;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;

/**
 * One run of the program in a JVM that goes on: {@link App} but for its process. The SDK's inline programs, which its
 * Automation API has, are what lets there be several.
 */
public final class InThisJvm {

    /**
     * What they would say was said to the engine, or is that the SDK lets go of its channels without shutting them
     * down. Kept, for the log manager alone would let go of them.
     */
    private static final List<Logger> QUIET =
            List.of(Logger.getLogger("com.pulumi"), Logger.getLogger("io.grpc.internal.ManagedChannelOrphanWrapper"));

    static {
        QUIET.forEach(logger -> logger.setUseParentHandlers(false));
    }

    private final AtomicReference<Unfinished> unfinished = new AtomicReference<>();

    /**
     * Runs the program.
     *
     * @param request    what the engine asks for
     * @param engine     the engine's address
     * @param kubeconfig in place of the default one, which the environment of a process would name
     * @return its exit code
     */
    public CompletableFuture<Integer> run(RunRequest request, String engine, Path kubeconfig) {
        var config = new ConfigSource(request.getProject(), request.getConfigMap(),
                new HashSet<>(request.getConfigSecretKeysList()), kubeconfig.toString());
        var settings = InlineDeploymentSettings.builder().engineAddr(engine).monitorAddr(request.getMonitorAddress())
                .organization(request.getOrganization()).project(request.getProject()).stack(request.getStack())
                .isDryRun(request.getDryRun())
                .config(ImmutableMap.copyOf(request.getConfigMap()))
                .configSecretKeys(ImmutableSet.copyOf(request.getConfigSecretKeysList())).build();
        try {
            var beginning = new Prefetch(config, ClusterLookup::look);
            return PulumiInternal.fromInline(settings, App.options(config))
                    .runAsync(App.program(beginning, unfinished::set)).thenApply(code -> {
                        if (code == 0) {
                            unfinished.set(null);
                        }
                        return code;
                    });
        } finally {
            DeploymentInstanceHolder.setInstance(null);
        }
    }

    /** What the program would say as it is ended before it has finished. A cluster in memory has no pod that waits. */
    public Optional<String> afterFailure() {
        return Optional.ofNullable(unfinished.get()).map(App::afterFailure);
    }
}
