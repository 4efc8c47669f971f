package skystate.engine;

import com.pulumi.Context;
import com.pulumi.resources.StackReference;
import com.pulumi.resources.StackReferenceArgs;
import skystate.config.ClusterSettings;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.config.Settings;

import java.util.Optional;
import java.util.function.Function;

/**
 * What this stack had at its last finished {@code up}, read from its own outputs. They stay through an {@code up} that
 * fails, and go with {@code destroy}. {@code StackOutputs} writes each by the constant here.
 *
 * @param output the output of a name
 */
public record PreviousOutputs(Function<String, Optional<String>> output) {

    public static final String DISK_ID = "diskId";
    public static final String DISK_SOURCE = "diskSource";
    public static final String DISK_SNAPSHOT = "diskSnapshot";
    public static final String SNAPSHOT_SCHEDULE = "snapshotSchedule";
    public static final String OWNER = "owner";
    public static final String STATE_PLACE = "statePlace";
    public static final String VOLUME_SIZE = "volumeSize";
    public static final String REBUILD_GENERATION = "serverRemade";
    public static final String NAMESPACE = "namespace";
    public static final String CREATED_NAMESPACE = "createdNamespace";
    public static final String CLAIM = "claim";
    public static final String CONTEXT = "context";
    public static final String KUBECONFIG = "kubeconfig";
    public static final String CHART = "chart";
    public static final String CHART_VERSION = "chartVersion";

    /** Reads the stack's own outputs. */
    public static PreviousOutputs read(Context context) {
        var self = new StackReference("self", StackReferenceArgs.builder()
                .name(String.join("/", context.organizationName(), context.projectName(), context.stackName()))
                .build());
        return new PreviousOutputs(name -> self.outputDetailsAsync(name).join().getValue().map(Object::toString));
    }

    /** Id of the disk. */
    public Optional<String> disk() {
        return output.apply(DISK_ID);
    }

    /** Whether the stack used its disk without owning it. */
    public boolean referenced() {
        return output.apply(DISK_SOURCE).filter(DiskSource.REFERENCE.word()::equals).isPresent();
    }

    /** Path of the snapshot that the disk was made from. */
    public Optional<String> snapshot() {
        return output.apply(DISK_SNAPSHOT);
    }

    /** Path of the schedule that took the disk's snapshots. */
    public Optional<String> schedule() {
        return output.apply(SNAPSHOT_SCHEDULE);
    }

    /** The label's value by which the stack knew its own; empty if no {@code up} has finished. */
    public Optional<String> owner() {
        return output.apply(OWNER);
    }

    /** Where the server kept its state: disk, database, or the volume's handle. */
    public Optional<String> place() {
        return output.apply(STATE_PLACE);
    }

    /** GiB of the volume, if the state was on one that exists without the stack. */
    public Optional<Integer> volumeSize() {
        return output.apply(VOLUME_SIZE).map(Integer::valueOf);
    }

    /** The number that replaces the server when it changes. */
    public int rebuildGeneration() {
        return output.apply(REBUILD_GENERATION).map(Integer::parseInt).orElse(0);
    }

    /** The namespace that the stack created; there, and empty, if it created none. */
    public Optional<String> createdNamespace() {
        return output.apply(CREATED_NAMESPACE);
    }

    /** The cluster that the server was in, if the config names another. */
    public Optional<ClusterSettings> formerCluster(ClusterSettings now) {
        var context = output.apply(CONTEXT);
        var kubeconfig = output.apply(KUBECONFIG);
        var contents = now.kubeconfig().filter(ClusterSettings::isContents);
        var path = contents.isPresent() ? Optional.<String>empty() : now.kubeconfig();
        return context.filter(name -> !now.context().equals(context) || !path.equals(kubeconfig))
                .map(name -> new ClusterSettings(kubeconfig.or(() -> contents), contents.isPresent(), context, false,
                        now.ambient()));
    }

    /** The settings with the chart version of the last {@code up}, where the config names none of the same chart. */
    public Settings keepChart(Settings settings) {
        var now = settings.server().chart();
        return output.apply(CHART_VERSION)
                .filter(version -> now.version().isEmpty() && output.apply(CHART).equals(now.origin()))
                .map(settings::ofChartVersion).orElse(settings);
    }

    /** Whether a claim, as namespace and name, is that of the server that this stack had. */
    public boolean knows(String claim) {
        return output.apply(NAMESPACE).flatMap(namespace -> output.apply(CLAIM).map(name -> namespace + "/" + name))
                .filter(claim::equals).isPresent();
    }

    /**
     * Whether destroy deletes the disk: if the user named it, and an {@code up} has finished with it. The outputs of a
     * first {@code up} that failed don't tell which disk the stack has, and a config that then named another would have
     * the engine delete the first (facts: G7).
     */
    public boolean deletes(DiskSettings settings) {
        return settings.deleteOnDestroy() && disk().equals(Optional.of(settings.id()));
    }
}
