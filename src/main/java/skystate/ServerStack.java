package skystate;

import com.pulumi.Context;
import com.pulumi.core.Output;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.ProviderArgs;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import skystate.config.Database;
import skystate.config.Settings;
import skystate.config.Volume;
import skystate.config.Yaml;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The whole stack: config, read and checked once, then what the state is on, server and outputs. */
final class ServerStack {

    private final Context context;
    private final Settings settings;
    private final LastUp last;
    private final Owner owner;
    private final CompletableFuture<ClusterState> asked;
    private final Consumer<Unfinished> begins;
    /** The volumes of the cluster in which the server was, if the config names another. */
    private final Optional<CompletableFuture<Optional<List<ClusterState.Volume>>>> former;

    private ServerStack(Context context, Settings settings, CompletableFuture<ClusterState> asked, Consumer<Unfinished> begins) {
        this.context = context;
        this.asked = asked;
        this.last = LastUp.read(context);
        this.settings = last.keepChart(settings);
        this.owner = Owner.of(context.organizationName(), context.projectName(), context.stackName(), last.owner());
        this.begins = begins;
        this.former = last.formerCluster(settings.cluster()).map(its -> CompletableFuture.supplyAsync(() -> ClusterLookup.volumesIfReachable(its), Beginning::aside));
    }

    /**
     * Declares the stack.
     *
     * @param context   Pulumi's context
     * @param beginning reads the stack's config, and looks at its cluster
     * @param begins    is told, before anything is registered, what the stack is made from
     * @throws com.pulumi.exceptions.RunException if the config, the cluster, or the disk as Google has it, is not in order;
     *                                            nothing is registered then
     */
    static void declare(Context context, Beginning beginning, Consumer<Unfinished> begins) {
        var settings = beginning.settings();
        var stack = new ServerStack(context, settings, beginning.cluster(), begins);
        MoveCheck.refuseAnotherPlace(settings, stack.last);
        if (settings.state() instanceof Settings.Disk disk) {
            stack.onDisk(disk);
        } else if (settings.state() instanceof Volume volume) {
            stack.onForeignVolume(volume);
        } else if (settings.state() instanceof Database database) {
            stack.inDatabase(database);
        }
        Exports.state(context, settings, stack.last);
    }

    private void onDisk(Settings.Disk disk) {
        // All is asked at once, and what is wrong told in the order of what follows.
        var diskAnswer = DiskLookup.ask(disk.id(), settings.computeEndpoint());
        var scheduleAnswer = ScheduleLookup.ask(disk);
        var token = ComputeApi.token();
        DiskLookup.refuseAnother(disk, owner, nodes(), last);
        refuseUnlessFit();
        var template = template(StateVolume.values(disk.quantity()));
        var found = DiskLookup.look(disk, owner, nodes(), last, formerVolumes().isPresent(), diskAnswer);
        var schedule = ScheduleLookup.look(disk, found.policies(), scheduleAnswer);
        DiskLookup.change(disk, found, last).ifPresent(context.log()::info);
        schedule.told(disk, last).ifPresent(context.log()::info);
        if (found.exists() && disk.blankMeant()) {
            context.log().warn("blankDisk is still set: were the disk lost, a blank one would take its place. pulumi config rm blankDisk");
        }
        var chart = settings.server().chart();
        ChartLabel.warning(disk, chart, found.chart()).ifPresent(context.log()::warn);

        refuseOpen(template, found.exists());
        begins.accept(new Unfinished(settings, Optional.of(token)));
        var stateDisk = new StateDisk("disk", new StateDisk.Args(disk, found, ChartLabel.add(owner.diskLabels(), chart, found.chart()),
                last.deletes(disk), settings.server().patience()), ComponentResourceOptions.Empty);
        if (schedule.isOurs(disk)) {
            new SnapshotSchedule("snapshots", new SnapshotSchedule.Args(disk, schedule, stateDisk, last.deletes(disk), settings.server().patience()),
                    ComponentResourceOptions.Empty);
        }
        onVolume(List.of(stateDisk), stateDisk.volumeSource());
        Exports.disk(context, disk, found, stateDisk, schedule);
    }

    private void onForeignVolume(Volume volume) {
        refuseUnlessFit();
        refuseOpen(template(StateVolume.values(volume.quantity())), true);
        begins.accept(new Unfinished(settings, Optional.empty()));
        onVolume(List.of(), StateVolume.Source.of(volume));
    }

    private void inDatabase(Database database) {
        refuseUnlessFit();
        refuseOpen(template(StateDatabase.values(database, settings.server())), false);
        begins.accept(new Unfinished(settings, Optional.empty()));
        server(StateDatabase.place(database, settings.server()), cluster(), List.of());
    }

    private void refuseUnlessFit() {
        ClusterCheck.refuseUnlessFit(nodes(), settings, owner, last);
        formerVolumes().ifPresent(volumes ->
                VolumeCheck.refuseUnlessLeft(last.formerCluster(settings.cluster()).orElseThrow(), volumes, settings, owner, last));
    }

    /** The volumes of the cluster in which the server was, if the config names another and it still answers. */
    private Optional<List<ClusterState.Volume>> formerVolumes() {
        return former.flatMap(Beginning::outcome);
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
        server.config().filter(given -> used && !nodes().serverConfig().map(Yaml::parse).equals(Optional.of(Yaml.parse(given)))).ifPresent(given ->
                context.log().warn("A config.yaml that is on the server's volume already goes before values.apiService.config, which differs from what the server last ran with,"
                        + " or is new to it. Unless the chart heeds apiService.configAuthoritative, change the config in the server's dashboard as well."));
    }

    private void onVolume(List<Resource> under, StateVolume.Source source) {
        var server = settings.server();
        var cluster = cluster();
        var volume = new StateVolume("volume",
                new StateVolume.Args(source, server.namespace(), server.claim(), owner.label(), remade(), nodes().holds(server), cluster),
                ComponentResourceOptions.builder().dependsOn(under).build());
        server(volume.place(), cluster, List.of(volume));
        Exports.volume(context, settings, volume);
    }

    private void server(ApiServer.StatePlace place, Provider cluster, List<Resource> under) {
        Exports.server(context, settings, owner, remade(), createsNamespace(), new ApiServer("server", new ApiServer.Args(settings.server(), place, createsNamespace(), owner.label(), remade(),
                settings.cluster(), cluster),
                ComponentResourceOptions.builder().dependsOn(under).build()));
    }

    /**
     * Whether the stack has the namespace among its resources: if there was none, and from then on in the same cluster. What others made is used as it is. Left
     * out, one of its own is kept all the same.
     */
    private boolean createsNamespace() {
        var name = settings.server().namespace();
        var labelled = nodes().namespace().filter(its -> owner.is(its.labels().getOrDefault(Owner.LABEL, ""))).isPresent();
        // A version that told nothing of it had it made.
        return nodes().namespace().isEmpty() || former.isEmpty() && last.createdNamespace().map(name::equals).orElse(last.owner().isPresent() && labelled);
    }

    /**
     * A number that is another whenever volume and server are to be made anew, because nothing is left to run it. The provider sees no difference in a
     * release whose Deployment was deleted by hand, so an up would leave it without a server, nor in one whose uninstall was cut off, which Helm doesn't
     * upgrade any more; one more than at the last finished up has it made anew, and stays one more until an up has finished. Before the first has
     * finished, the context tells the number: what an up that was cut off made in another cluster is not there.
     */
    private int remade() {
        var finished = last.owner().isPresent();
        var before = finished ? last.remade() : settings.cluster().context().map(context -> Math.floorMod(context.hashCode(), 1_000_000)).orElse(0);
        var release = settings.server().release();
        var uninstalling = ClusterState.UNINSTALLING.equals(nodes().unsettled().get(release));
        return before + (uninstalling || finished && !nodes().running().contains(release) ? 1 : 0);
    }

    /** What the cluster has, waited for. */
    private ClusterState nodes() {
        return Beginning.outcome(asked);
    }

    /** The cluster's provider. */
    private Provider cluster() {
        var args = ProviderArgs.builder();
        settings.cluster().kubeconfigOutput().ifPresent(args::kubeconfig);
        settings.cluster().context().ifPresent(args::context);
        // In another context nothing of this stack is there, and the provider would take the change for none (facts: 1). One made anew keeps the old one
        // for as long as something is to be deleted there; deleted before it is replaced, a run that is cut off couldn't be gone on with.
        // The SDK keeps in the state what PULUMI_K8S_DELETE_UNREACHABLE says, which is meant for one run.
        return new Provider("cluster", args.build(),
                CustomResourceOptions.builder().replaceOnChanges("context").ignoreChanges("deleteUnreachable").build());
    }
}
