package skystate;

import com.pulumi.Context;
import com.pulumi.resources.StackReference;
import com.pulumi.resources.StackReferenceArgs;
import skystate.config.Settings;

import java.util.Optional;

/**
 * What this stack had, as the outputs of its last finished {@code up} tell, whatever is left of it. They stay through an
 * {@code up} that fails, and go with {@code destroy}.
 *
 * @param disk      id of the disk
 * @param source    where the disk came from, as the config said
 * @param snapshot  path of the snapshot that the disk was made from
 * @param schedule  path of the schedule by which the disk's snapshots were taken
 * @param owner     the label's value by which the stack knew its own
 * @param place     where the server kept its state: disk, database, or the volume's handle
 * @param size      GiB of the volume, if it was on one that exists already
 * @param onDestroy what destroy does to the disk
 * @param remade    the number that the server was made by: another has it made anew
 * @param claim     namespace and name of the server's claim
 * @param context   the context of the cluster that the server is in
 * @param kubeconfig path of the kubeconfig that has it; empty if it is the default one, or contents
 * @param createdNamespace the namespace that the stack created; there, and empty, if it created none
 * @param chart     the chart's name and repository
 * @param chartVersion the version of the chart
 */
record LastUp(Optional<String> disk, Optional<String> source, Optional<String> snapshot, Optional<String> schedule, Optional<String> owner,
              Optional<String> place, Optional<String> size, Optional<String> onDestroy, int remade, Optional<String> claim,
              Optional<String> context, Optional<String> kubeconfig, Optional<String> createdNamespace, Optional<String> chart, Optional<String> chartVersion) {

    static final String CONTEXT = "context";
    static final String KUBECONFIG = "kubeconfig";
    static final String CREATED_NAMESPACE = "createdNamespace";
    static final String CHART = "chart";
    static final String CHART_VERSION = "chartVersion";

    /** Reads the stack's own outputs. */
    static LastUp read(Context context) {
        var self = new StackReference("self", StackReferenceArgs.builder()
                .name(String.join("/", context.organizationName(), context.projectName(), context.stackName()))
                .build());
        return new LastUp(output(self, "diskId"), output(self, "diskSource"), output(self, "diskSnapshot"), output(self, "snapshotSchedule"), output(self, "owner"),
                output(self, "statePlace"), output(self, "volumeSize"), output(self, "onDestroy"),
                output(self, "serverRemade").map(Integer::parseInt).orElse(0),
                output(self, "namespace").flatMap(namespace -> output(self, "claim").map(claim -> namespace + "/" + claim)),
                output(self, CONTEXT), output(self, KUBECONFIG), output(self, CREATED_NAMESPACE),
                output(self, CHART), output(self, CHART_VERSION));
    }

    /** The cluster in which the server was, if the config names another. */
    Optional<Settings.Cluster> formerCluster(Settings.Cluster now) {
        var contents = now.kubeconfig().filter(Settings.Cluster::isContents);
        var path = contents.isPresent() ? Optional.<String>empty() : now.kubeconfig();
        return context.filter(name -> !now.context().equals(context) || !path.equals(kubeconfig))
                .map(name -> new Settings.Cluster(kubeconfig.or(() -> contents), contents.isPresent(), context, false, now.ambient()));
    }

    /** The settings with the version of the chart that the server has, where the config names none: a newer one in the repository is no reason to upgrade it. */
    Settings keepChart(Settings settings) {
        var now = settings.server().chart();
        return chartVersion.filter(version -> now.version().isEmpty() && chart.equals(now.origin())).map(settings::ofChartVersion).orElse(settings);
    }

    /** Whether the claim is that of the server that this stack had. */
    boolean knows(String held) {
        return claim.equals(Optional.of(held));
    }

    /**
     * Whether destroy deletes the disk: if the user named it, once an {@code up} has finished with it. Of a stack whose first up fails, nothing may be left that tells which disk it
     * had, and a config that then named another would have the engine delete the first (facts: G7).
     */
    boolean deletes(Settings.Disk settings) {
        return settings.deleteOnDestroy() && disk.equals(Optional.of(settings.id()));
    }

    private static Optional<String> output(StackReference self, String name) {
        return self.outputDetailsAsync(name).join().getValue().map(Object::toString);
    }
}
