package skystate;

import com.pulumi.Context;
import com.pulumi.kubernetes.Provider;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.Resource;
import skystate.checks.ClusterCheck;
import skystate.checks.DiskCheck;
import skystate.checks.Exposure;
import skystate.checks.MoveCheck;
import skystate.checks.VolumeCheck;
import skystate.cluster.ClusterLookup;
import skystate.cluster.ClusterProvider;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.config.Database;
import skystate.config.DiskSettings;
import skystate.config.Settings;
import skystate.config.Volume;
import skystate.config.Yaml;
import skystate.disk.ChartLabel;
import skystate.disk.ComputeApi;
import skystate.disk.DiskLookup;
import skystate.disk.DiskNotice;
import skystate.disk.ExistingDisk;
import skystate.disk.ScheduleLookup;
import skystate.disk.SnapshotSchedule;
import skystate.disk.StateDisk;
import skystate.engine.Background;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;
import skystate.server.ApiServer;
import skystate.server.ChartTemplate;
import skystate.server.StateDatabase;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The whole stack: config, read and checked once, then what the state is on, server and outputs. */
final class ServerStack {

    private final Context context;
    private final Settings settings;
    private final PreviousOutputs last;
    private final StackLabel owner;
    private final CompletableFuture<ClusterState> asked;
    /** The cluster that the server was in, if the config names another. */
    private final Optional<ClusterSettings> formerCluster;
    /** Its volumes, if it still answers. */
    private final Optional<CompletableFuture<Optional<List<ClusterState.Volume>>>> former;

    private ServerStack(Context context, Prefetch beginning) {
        this.context = context;
        this.asked = beginning.cluster();
        this.last = PreviousOutputs.read(context);
        this.settings = last.keepChart(beginning.settings());
        this.owner =
                StackLabel.of(context.organizationName(), context.projectName(), context.stackName(), last.owner());
        this.formerCluster = last.formerCluster(settings.cluster());
        this.former = formerCluster.map(its -> CompletableFuture.supplyAsync(
                () -> ClusterLookup.volumesIfReachable(its), Background::start));
    }

    /**
     * Declares the stack.
     *
     * @param context   Pulumi's context
     * @param beginning reads the stack's config, and looks at its cluster
     * @param begins    gets, before anything is registered, what the stack is made from
     * @throws com.pulumi.exceptions.RunException if the config, the cluster, or the disk at Google is not in order;
     *                                            nothing is registered then
     */
    static void declare(Context context, Prefetch beginning, Consumer<Unfinished> begins) {
        // The config is refused before the engine is asked for anything.
        beginning.settings();
        var stack = new ServerStack(context, beginning);
        var state = stack.settings.state();
        MoveCheck.refuseAnotherPlace(stack.settings, stack.last);
        var token = state instanceof DiskSettings ? Optional.of(ComputeApi.token())
                : Optional.<CompletableFuture<String>>empty();
        var register = state instanceof DiskSettings disk ? stack.checkDisk(disk, token.orElseThrow())
                : state instanceof Volume volume ? stack.checkVolume(volume) : stack.checkDatabase((Database) state);
        begins.accept(new Unfinished(stack.settings, token));
        register.run();
        StackOutputs.state(context, stack.settings, stack.last);
    }

    /** Checks all that a stack on a disk depends on. @return registers it */
    private Runnable checkDisk(DiskSettings disk, CompletableFuture<String> token) {
        // All questions are asked at once. Refusals come in the order of the checks.
        var diskAnswer = DiskLookup.ask(disk.id(), settings.computeEndpoint(), token);
        var scheduleAnswer = ScheduleLookup.ask(disk);
        var check = new DiskCheck(disk, owner, nodes(), last);
        check.refuseAnother();
        refuseUnlessFit();
        var template = template(StateVolume.values(disk.quantity()));
        var existing = check.check(diskAnswer, formerVolumes().isPresent());
        var schedule =
                ScheduleLookup.look(disk, existing.map(ExistingDisk::policies).orElse(List.of()), scheduleAnswer);
        refuseOpen(template, existing.isPresent());
        notice(disk, existing, schedule);
        return () -> {
            var chart = settings.server().chart();
            var stateDisk = new StateDisk("disk", new StateDisk.Args(disk, existing.isPresent(),
                    ChartLabel.add(owner.diskLabels(), chart, ChartLabel.of(existing)), last.deletes(disk),
                    settings.server().timeout()), ComponentResourceOptions.Empty);
            if (schedule.isOurs(disk)) {
                new SnapshotSchedule("snapshots", new SnapshotSchedule.Args(disk, schedule, stateDisk,
                        last.deletes(disk), settings.server().timeout()), ComponentResourceOptions.Empty);
            }
            onVolume(List.of(stateDisk), stateDisk.volumeSource());
            StackOutputs.disk(context, disk,
                    existing.isPresent() ? existing.flatMap(ExistingDisk::snapshot) : disk.snapshot(),
                    stateDisk, schedule);
        };
    }

    private void notice(DiskSettings disk, Optional<ExistingDisk> existing, ScheduleLookup.Found schedule) {
        DiskNotice.change(disk, existing, owner, last).ifPresent(context.log()::info);
        schedule.notice(disk, last).ifPresent(context.log()::info);
        if (existing.isPresent() && disk.allowBlankReplacement()) {
            context.log().warn("blankDisk is still set: if the disk were lost, a blank one would replace it."
                    + " pulumi config rm blankDisk");
        }
        ChartLabel.warning(disk, settings.server().chart(), ChartLabel.of(existing)).ifPresent(context.log()::warn);
    }

    private Runnable checkVolume(Volume volume) {
        refuseUnlessFit();
        refuseOpen(template(StateVolume.values(volume.quantity())), true);
        return () -> onVolume(List.of(), StateVolume.Source.of(volume));
    }

    private Runnable checkDatabase(Database database) {
        refuseUnlessFit();
        refuseOpen(template(StateDatabase.values(database, settings.server())), false);
        return () -> server(StateDatabase.place(database, settings.server()),
                ClusterProvider.of(settings.cluster()), List.of(), rebuildGeneration());
    }

    private void refuseUnlessFit() {
        ClusterCheck.refuseUnlessFit(nodes(), settings, owner, last);
        formerVolumes().ifPresent(
                volumes -> VolumeCheck.refuseUnlessLeft(formerCluster.orElseThrow(), volumes, settings, owner, last));
    }

    private Optional<List<ClusterState.Volume>> formerVolumes() {
        return former.flatMap(Background::await);
    }

    /** Has the chart rendered with all of its values. @param state those that say where the state is */
    private ChartTemplate template(Map<String, Object> state) {
        return ChartTemplate.ask(settings.server(), ApiServer.values(settings.server(), state), nodes().version());
    }

    /** @param used whether the volume may have a config.yaml already */
    private void refuseOpen(ChartTemplate template, boolean used) {
        var server = settings.server();
        var objects = template.objects();
        server.credentials().refuseIgnored(server.release(), objects.toString());
        Exposure.refuseUnlessAsked(objects, nodes().ingressClasses(), server);
        server.config().filter(given -> used
                && !nodes().serverConfig().map(Yaml::parse).equals(Optional.of(Yaml.parse(given))))
                .ifPresent(given -> context.log()
                        .warn("values.apiService.config is new, or differs from what the server last ran with."
                                + " A config.yaml that is on the server's volume already takes precedence over it,"
                                + " unless the chart heeds apiService.configAuthoritative: change the config in the"
                                + " dashboard as well."));
    }

    private void onVolume(List<Resource> under, StateVolume.Source source) {
        var server = settings.server();
        var cluster = ClusterProvider.of(settings.cluster());
        var generation = rebuildGeneration();
        var volume = new StateVolume("volume", new StateVolume.Args(source, server.namespace(), server.claim(),
                owner.label(), generation, nodes().holds(server), cluster),
                ComponentResourceOptions.builder().dependsOn(under).build());
        server(volume.place(), cluster, List.of(volume), generation);
        StackOutputs.volume(context, settings, volume);
    }

    private void server(ApiServer.StatePlace place, Provider cluster, List<Resource> under, int generation) {
        var createsNamespace = createsNamespace();
        var server = new ApiServer("server", new ApiServer.Args(settings.server(), place, createsNamespace,
                owner.label(), generation, settings.cluster(), cluster),
                ComponentResourceOptions.builder().dependsOn(under).build());
        StackOutputs.server(context, settings, owner, generation, createsNamespace, server);
    }

    /** Whether the stack owns the namespace: if there was none, and from then on in the same cluster. */
    private boolean createsNamespace() {
        var name = settings.server().namespace();
        var labelled = nodes().namespace().filter(its -> owner.is(its.labels().getOrDefault(StackLabel.LABEL, "")));
        // A version without the output created the namespace.
        return nodes().namespace().isEmpty() || former.isEmpty() && last.createdNamespace().map(name::equals)
                .orElse(last.owner().isPresent() && labelled.isPresent());
    }

    /**
     * Changing this number makes Pulumi replace the volume and the release, because nothing runs of the release any
     * more. The provider sees no difference in a release whose Deployment was deleted by hand, nor in one whose
     * uninstall was cut off. The number stays one more until an up has finished. Before the first has finished, it
     * comes from the context: what a failed up made in another cluster is not in this one.
     */
    private int rebuildGeneration() {
        var finished = last.owner().isPresent();
        var before = finished ? last.rebuildGeneration() : settings.cluster().context()
                .map(context -> Math.floorMod(context.hashCode(), 1_000_000)).orElse(0);
        var release = settings.server().release();
        var uninstalling = ClusterState.UNINSTALLING.equals(nodes().pendingReleases().get(release));
        return before + (uninstalling || finished && !nodes().releasesWithWorkload().contains(release) ? 1 : 0);
    }

    /** What the cluster has, waited for. */
    private ClusterState nodes() {
        return Background.await(asked);
    }
}
