package rehearsal.world;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.NamedAuthInfoBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.aws.Ebs;
import rehearsal.cluster.Cluster;
import rehearsal.cluster.ClusterSpec;
import rehearsal.cluster.Rights;
import rehearsal.cluster.Server;
import rehearsal.gcp.GcpProvider;
import rehearsal.google.DiskFolder;
import rehearsal.google.Google;
import rehearsal.kubernetes.KubernetesProvider;
import rehearsal.postgres.Postgres;
import rehearsal.provider.InstalledPlugin;
import rehearsal.provider.PluginHost;
import rehearsal.tools.SkyPilot;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that a rehearsal runs in, in a folder of its own that is gone when it closes: Google, clusters, the provider
 * plugins, a Pulumi home and backend, and a copy of this project to type commands in.
 */
public final class World implements AutoCloseable {

    /** The GCP project. */
    public static final String PROJECT = "sky-rehearsal";
    /** Another GCP project. */
    public static final String OTHER_PROJECT = "sky-elsewhere";
    /** The guide's zone. */
    public static final String ZONE = "us-east5-b";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /**
     * The engine refreshes a stack of an earlier version of the program with the plugins that made it, which Pulumi
     * installs.
     */
    private static final String FORMER_GCP = "7.0.0";
    private static final String FORMER_KUBERNETES = "4.0.0";

    private final Tools tools;
    private final Path folder;
    private final Path home;
    private final Options options;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, Cluster> clusters = new LinkedHashMap<>();
    /** The janitor's work is left to the JVM's end: until then somebody may still be at work in the folder. */
    private final Thread atExit = new Thread(this::end);
    private final Janitor janitor;
    private Config kubeconfig = new ConfigBuilder().withApiVersion("v1").withKind("Config").build();
    private final List<Cluster> everStarted = new ArrayList<>();
    private Google google;
    private Ebs ebs;
    private Postgres postgres;
    private SkyPilot sky;
    private Consumer<String> told;
    /** What users keep of a server, whatever becomes of it. */
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private CommandLine cli;
    private Exposure exposure;
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    private World(Tools tools, Path folder, Options options) throws IOException {
        this.tools = tools;
        this.folder = folder;
        this.home = folder.resolve("home");
        this.options = options;
        this.janitor = Janitor.start(folder);
    }

    /**
     * Makes a world, without a cluster yet.
     *
     * @param checkout the project's checkout, compiled
     * @param tools    the real tools
     * @param options  what is real that is else stood in for
     */
    public static World open(Path checkout, Tools tools, Options options) throws IOException {
        var world = new World(tools, Files.createTempDirectory("sky-rehearsal-").toRealPath(), options);
        Runtime.getRuntime().addShutdownHook(world.atExit);
        try {
            world.start(checkout.toAbsolutePath());
            return world;
        } catch (IOException | RuntimeException failed) {
            world.close();
            throw failed;
        }
    }

    /** Google: what is there of disks and machines. */
    public Google google() {
        return google;
    }

    /** Amazon's volumes. */
    public Ebs ebs() {
        return ebs;
    }

    /** A PostgreSQL that outlives clusters; started when it is first asked for. */
    public Postgres postgres() throws IOException {
        if (postgres == null) {
            // Root runs it as somebody else, who has to get there.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            postgres = Postgres.start(folder.resolve("postgres"));
            open.push(postgres);
        }
        return postgres;
    }

    /** Where commands are typed. */
    public CommandLine cli() {
        return cli;
    }

    /** The chart's folder. */
    public Path chart() {
        return options.chart().orElse(home.resolve("chart"));
    }

    /** From now on this is to be seen by nobody else on this machine. */
    public void keepSecret(String secret) {
        secrets.add(secret);
    }

    /** Where others on this machine could have seen a secret: see {@link Exposure#seen}. */
    public Set<String> exposed() throws IOException {
        return exposure.seen();
    }

    /** A folder for what else a scenario or a shell needs. */
    public Path home() {
        return home;
    }

    /** The context of a cluster, named as gcloud names it. */
    public static String context(String cluster, String zone) {
        return ClusterSpec.zonal(PROJECT, cluster, zone).context();
    }

    /**
     * The context of a cluster's administrator: every other logs in a user who has but the rights of docs/rights.md.
     */
    public static String administrator(String context) {
        return context + "-administrator";
    }

    /** What a user of the stack is given by docs/rights.md: permissions of Google's, and rights in a cluster. */
    public Set<String> granted() {
        return words(google.permissions(), Rights.granted());
    }

    /** What of {@link #granted} the user has needed so far. */
    public Set<String> used() {
        return words(google.usedPermissions(),
                everStarted.stream().flatMap(cluster -> cluster.usedRights().stream()).toList());
    }

    private static Set<String> words(Set<String> permissions, Collection<Rights.Right> rights) {
        return Stream.concat(permissions.stream(), rights.stream().map(Rights.Right::toString))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Starts a cluster with a node in the zone, adds its context to the kubeconfig and makes it the current one. */
    public Cluster startCluster(String name, String zone) throws IOException {
        return startCluster(ClusterSpec.zonal(PROJECT, name, zone));
    }

    /** The same, for a cluster elsewhere. */
    public Cluster startCluster(ClusterSpec spec) throws IOException {
        var cluster = Cluster.start(tools, google, ebs,
                home.resolve("clusters").resolve(spec.name() + "-" + everStarted.size()), spec);
        skyPilot().ifPresent(which -> cluster.serveWith(which, tokens));
        everStarted.add(cluster);
        open.push(cluster);
        clusters.put(spec.name(), cluster);
        var its = Serialization.unmarshal(Files.readString(cluster.kubeconfig()), Config.class);
        var administrator =
                new NamedAuthInfoBuilder(its.getUsers().get(0)).withName(administrator(spec.context())).build();
        var user = new NamedAuthInfoBuilder().withName(spec.context()).withNewUser().withToken(google.token()).endUser()
                .build();
        secrets.add(administrator.getUser().getToken());
        kubeconfig = new ConfigBuilder(kubeconfig)
                .removeMatchingFromClusters(old -> old.getName().equals(cluster.spec().context()))
                .removeMatchingFromUsers(
                        old -> List.of(user.getName(), administrator.getName()).contains(old.getName()))
                .removeMatchingFromContexts(
                        old -> List.of(user.getName(), administrator.getName()).contains(old.getName()))
                .addAllToClusters(its.getClusters())
                .addToUsers(user, administrator)
                .addAllToContexts(its.getContexts())
                .addNewContext().withName(administrator.getName()).withNewContext().withCluster(user.getName())
                .withUser(administrator.getName()).endContext().endContext()
                .withCurrentContext(its.getCurrentContext())
                .build();
        Files.writeString(home.resolve("kubeconfig"), Serialization.asYaml(kubeconfig));
        return cluster;
    }

    /** The clusters that run, by name. */
    public Map<String, Cluster> clusters() {
        return clusters;
    }

    /** The server that runs in a cluster, waited for. */
    public Server server(String cluster) {
        return clusters.get(cluster).server(sky == null ? PATIENCE : PATIENCE.multipliedBy(6));
    }

    /** Loses a cluster: its control plane and its machines are gone. Its context stays in the kubeconfig. */
    public void loseCluster(String name) {
        var cluster = clusters.remove(name);
        open.remove(cluster);
        cluster.close();
    }

    /**
     * From now on fresh clusters run SkyPilot's own server, where it can be had. @param told is told what takes long,
     * or why it can't
     */
    public void serveSkyPilot(Consumer<String> told) {
        this.told = told;
        try {
            sky = SkyPilot.get(told);
        } catch (SkyPilot.Missing missing) {
            told.accept("A stand-in plays SkyPilot's server: " + missing.getMessage());
        }
    }

    /** The SkyPilot that fresh clusters run; empty if a stand-in plays its server. */
    public Optional<SkyPilot> skyPilot() {
        return Optional.ofNullable(sky);
    }

    /** From now on fresh clusters run a SkyPilot that is older; empty if a stand-in plays on. */
    public Optional<SkyPilot> serveOlderSkyPilot() {
        if (sky == null) {
            return Optional.empty();
        }
        try {
            sky = sky.older(told);
        } catch (SkyPilot.Missing missing) {
            told.accept("A stand-in plays SkyPilot's older server: " + missing.getMessage());
            sky = null;
        }
        return skyPilot();
    }

    /** The disk of this name, if there is one. */
    public Optional<DiskFolder> disk(String zone, String name) {
        return google.disk(PROJECT, zone, name);
    }

    @Override
    public void close() {
        end();
        end(janitor);
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook does no harm.
        }
    }

    private void start(Path checkout) throws IOException {
        // What is in it is nobody else's to read, however it is written.
        Files.createDirectory(home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        google = Google.start(home.resolve("google"), PROJECT, OTHER_PROJECT);
        open.push(google);
        ebs = new Ebs(home.resolve("ebs"));
        var pulumiHome = Files.createDirectories(home.resolve("pulumi"));
        for (var version : List.of(GcpProvider.VERSION, FORMER_GCP)) {
            if (options.installedGcp()) {
                InstalledPlugin.link(pulumiHome, "gcp", version, InstalledPlugin.find("gcp", GcpProvider.VERSION));
            } else {
                open.push(PluginHost.serve(pulumiHome, "gcp", version, GcpProvider::new));
            }
        }
        var kubernetes = options.installedKubernetes()
                ? InstalledPlugin.find("kubernetes", KubernetesProvider.VERSION) : tools.path(Tool.PULUMI_KUBERNETES);
        for (var version : List.of(KubernetesProvider.VERSION, FORMER_KUBERNETES)) {
            InstalledPlugin.link(pulumiHome, "kubernetes", version, kubernetes);
        }
        if (options.chart().isEmpty()) {
            Project.copyTree(checkout.resolve("src/rehearsal/chart"), home.resolve("chart"));
        }
        var project = Files.createDirectories(home.resolve("sky-api-server"));
        Project.copy(checkout, project, google);
        Files.writeString(home.resolve("kubeconfig"), Serialization.asYaml(kubeconfig));
        var environment = environment(pulumiHome);
        secrets.addAll(List.of(google.token(), environment.get("PULUMI_CONFIG_PASSPHRASE")));
        exposure = Exposure.of(() -> secrets, folder);
        open.push(exposure);
        cli = new CommandLine(project, environment);
        open.push(cli);
    }

    private Map<String, String> environment(Path pulumiHome) throws IOException {
        return Map.ofEntries(
                Map.entry("PATH", tools.bin() + ":" + System.getenv("PATH")),
                Map.entry("TMPDIR", Files.createDirectories(home.resolve("tmp")).toString()),
                Map.entry("JAVA_HOME", System.getProperty("java.home")),
                Map.entry("KUBECONFIG", home.resolve("kubeconfig").toString()),
                Map.entry("PULUMI_HOME", pulumiHome.toString()),
                Map.entry("PULUMI_BACKEND_URL", "file://" + Files.createDirectories(home.resolve("backend"))),
                Map.entry("PULUMI_CONFIG_PASSPHRASE", UUID.randomUUID().toString()),
                Map.entry("PULUMI_SKIP_UPDATE_CHECK", "1"),
                Map.entry("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"),
                Map.entry("HELM_CACHE_HOME", home.resolve("helm/cache").toString()),
                Map.entry("HELM_CONFIG_HOME", home.resolve("helm/config").toString()),
                Map.entry("HELM_DATA_HOME", home.resolve("helm/data").toString()));
    }

    private synchronized void end() {
        while (!open.isEmpty()) {
            end(open.pop());
        }
    }

    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception failed) {
            System.err.println("rehearse: could not be ended: " + failed);
        }
    }
}
