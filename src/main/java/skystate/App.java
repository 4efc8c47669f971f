package skystate;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.resources.StackOptions;
import skystate.cluster.ClusterLookup;
import skystate.cluster.PodWarnings;
import skystate.config.ConfigSource;
import skystate.config.DiskSettings;
import skystate.config.Persistence;
import skystate.disk.DiskLookup;
import skystate.disk.Guardrails;
import skystate.engine.Background;
import skystate.engine.EngineChannels;
import skystate.engine.PluginVersions;
import skystate.engine.RunnerThrottle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Logger;

/** Where Pulumi starts the program. */
public final class App {

    private static final Logger SDK = Logger.getLogger("com.pulumi");

    /** How long a run that has failed may take to see why the server is not ready. */
    private static final Duration HELP = Duration.ofSeconds(10);

    private App() {
    }

    public static void main(String[] args) {
        // The SDK's own logger repeats on standard error what it has told the engine.
        SDK.setUseParentHandlers(false);
        var unfinished = new AtomicReference<Unfinished>();
        // When a resource fails the engine ends this program without an answer, so this is the one place to speak.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (unfinished.get() != null) {
                System.err.println(afterFailure(unfinished.get()));
            }
            // A kubectl that is still asked.
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        }));
        var config = ConfigSource.fromEnvironment(System.getenv());
        var beginning = new Prefetch(config, ClusterLookup::look);
        var channels = EngineChannels.install();
        var exitCode = Pulumi.withOptions(options(config)).runAsync(program(beginning, unfinished::set)).join();
        if (exitCode == 0) {
            unfinished.set(null);
            // What a run that failed has told the engine may still be on its way.
            channels.close();
        }
        System.exit(exitCode);
    }

    /** What still stands, looked up at once at Google and in the cluster. */
    static String afterFailure(Unfinished run) {
        var settings = run.settings();
        var seen = CompletableFuture.supplyAsync(() -> seen(run), Background::start);
        var warnings = PodWarnings.of(settings.cluster(), settings.server(), HELP);
        return StackOutputs.afterFailure(settings,
                seen.completeOnTimeout(unseen(settings.state()), HELP.toMillis(), TimeUnit.MILLISECONDS).join(),
                warnings);
    }

    private static String seen(Unfinished run) {
        return run.settings().state() instanceof DiskSettings disk && run.token().isPresent()
                ? DiskLookup.seen(disk, run.settings().computeEndpoint(), run.token().get())
                : unseen(run.settings().state());
    }

    private static String unseen(Persistence state) {
        return state instanceof DiskSettings disk ? DiskLookup.unseen(disk.id())
                : state.named() + " is not this program's to ask for: see with its own tools what it has.";
    }

    /** Holds every resource to the pinned plugins and to the guardrails. */
    static StackOptions options(ConfigSource config) {
        return StackOptions.builder()
                .resourceTransformations(new PluginVersions(), new Guardrails(config.get("deleteDisk").isPresent()))
                .build();
    }

    /** The program: see {@link ServerStack#declare}. */
    static Consumer<Context> program(Prefetch beginning, Consumer<Unfinished> begins) {
        return context -> {
            RunnerThrottle.install();
            ServerStack.declare(context, beginning, begins);
        };
    }
}
