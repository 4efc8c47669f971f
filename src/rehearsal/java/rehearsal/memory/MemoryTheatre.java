package rehearsal.memory;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.cluster.ClusterSpec;
import rehearsal.google.Google;
import rehearsal.kubernetes.HelmAtOnce;
import rehearsal.lives.Gcloud;
import rehearsal.lives.Model;
import rehearsal.lives.Outcome;
import rehearsal.lives.Sight;
import rehearsal.lives.Theatre;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;
import rehearsal.world.Janitor;
import rehearsal.world.World;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The world of a life in memory: the real engine, the program and the stand-ins of the provider plugins and of Google,
 * as in the rehearsal's world, but no process is started for a command, and the clusters are imitations that have done
 * all they are going to do before they answer. A life takes seconds; see src/rehearsal/lives.md for what it can't show.
 */
public final class MemoryTheatre implements Theatre {

    /** What it takes, kubectl and bash besides. */
    public static final Set<Tool> TOOLS = Set.copyOf(EnumSet.of(Tool.PULUMI_RESIDENT, Tool.HELM, Tool.KUBECTL));

    /** In memory nothing takes long: what doesn't end by then waits for what will not happen. */
    private static final int PATIENCE_SECONDS = 20;
    private static final String AND = " && ";
    /** Requests that a crash of each costs. */
    private static final Map<Part, Integer> OUTAGES = Map.of(Part.API_SERVER, 2, Part.ETCD, 4);

    private final Path chart;
    private final Path home;
    private final Janitor janitor;
    private final Path project;
    private final Map<String, String> environment;
    private final Google google;
    private final Tools tools;
    private final Moments moments = new Moments();
    private final Engine engine;
    private final Map<String, MemoryCluster> clusters = new LinkedHashMap<>();
    private final List<MemoryCluster> stranded = new ArrayList<>();
    private final Map<String, String> printed = new TreeMap<>();
    private Config kubeconfig = new ConfigBuilder().withApiVersion("v1").withKind("Config").build();

    private MemoryTheatre(Path checkout, Tools tools) throws IOException {
        this.tools = tools;
        // The program runs in this JVM, whose PATH may have none.
        System.setProperty("skystate.kubectl", tools.path(Tool.KUBECTL).toString());
        this.chart = checkout.toAbsolutePath().resolve("src/rehearsal/chart");
        this.home = Files.createTempDirectory("sky-lives-").toRealPath();
        this.janitor = Janitor.start(home);
        this.google = Google.start(home.resolve("google"), World.PROJECT);
        this.project = Files.createDirectories(home.resolve("sky-api-server"));
        Files.writeString(project.resolve("Pulumi.yaml"),
                google.configured(Files.readString(checkout.resolve("Pulumi.yaml"))));
        this.environment = Map.of(
                "PATH", tools.bin() + ":" + System.getenv("PATH"),
                "HOME", home.toString(),
                "TMPDIR", Files.createDirectories(home.resolve("tmp")).toString(),
                "KUBECONFIG", home.resolve("kubeconfig").toString(),
                "PULUMI_HOME", Files.createDirectories(home.resolve("pulumi")).toString(),
                "PULUMI_BACKEND_URL", "file://" + Files.createDirectories(home.resolve("backend")),
                "PULUMI_CONFIG_PASSPHRASE", "a life",
                "PULUMI_SKIP_UPDATE_CHECK", "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
        this.engine = Engine.of(List.of(tools.path(Tool.PULUMI_RESIDENT).toString()), tools.path(Tool.HELM),
                home.resolve("engine"), moments);
    }

    /**
     * A new one.
     *
     * @param checkout the project's checkout
     * @param tools    with the resident pulumi, helm and kubectl
     */
    public static MemoryTheatre open(Path checkout, Tools tools) {
        try {
            var theatre = new MemoryTheatre(checkout, tools);
            theatre.freshCluster("first");
            theatre.begin();
            return theatre;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Google google() {
        return google;
    }

    @Override
    public Path chart() {
        return chart;
    }

    @Override
    public Outcome run(String command, String input) {
        return run(engine, command, input);
    }

    @Override
    public Outcome killed(String command, int writes) {
        moments.at(writes, () -> {
            moments.end();
            engine.kill();
        });
        return between(command);
    }

    @Override
    public Outcome crashing(String command, int writes, Part part, String cluster) {
        moments.at(writes, () -> {
            if (part == Part.NETWORK) {
                pause();
            } else {
                clusters.get(cluster).crash(OUTAGES.get(part));
            }
        });
        return between(command);
    }

    @Override
    public Outcome cramped(String command) {
        var kib = Theatre
                .crampedKib(files(home.resolve("backend/.pulumi/stacks"), file -> file.toString().endsWith(".json"))
                        .values().stream()
                        .mapToLong(String::length).max().orElse(0));
        try (var other =
                Engine.of(List.of("bash", "-c", "ulimit -f " + kib + " && exec " + tools.path(Tool.PULUMI_RESIDENT)),
                        tools.path(Tool.HELM),
                        home.resolve("cramped"), moments)) {
            return run(other, command, "");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public List<Outcome> together(String command) {
        try (var other = Engine.of(List.of(tools.path(Tool.PULUMI_RESIDENT).toString()), tools.path(Tool.HELM),
                home.resolve("other"), moments)) {
            var theirs = CompletableFuture.supplyAsync(() -> run(other, command, ""), MemoryTheatre::aside);
            var ours = run(engine, command, "");
            return List.of(ours, theirs.join());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void freshCluster(String name) {
        try {
            var spec = new ClusterSpec(World.PROJECT, name, List.of(Model.ZONE, Model.OTHER_ZONE), 1);
            var cluster = MemoryCluster.start(spec, google, moments::pass);
            clusters.put(name, cluster);
            var context = spec.context();
            kubeconfig = new ConfigBuilder(kubeconfig)
                    .removeMatchingFromClusters(old -> old.getName().equals(context))
                    .removeMatchingFromUsers(old -> old.getName().equals(context))
                    .removeMatchingFromContexts(old -> old.getName().equals(context))
                    .addNewCluster().withName(context).withNewCluster().withServer(cluster.url()).endCluster()
                    .endCluster()
                    .addNewUser().withName(context).withNewUser().withToken(google.token()).endUser().endUser()
                    .addNewContext().withName(context).withNewContext().withCluster(context).withUser(context)
                    .endContext().endContext()
                    .withCurrentContext(context).build();
            Files.writeString(home.resolve("kubeconfig"), Serialization.asYaml(kubeconfig));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void loseCluster(String name, boolean machinesStay) {
        var cluster = clusters.remove(name);
        if (machinesStay) {
            cluster.lose();
            stranded.add(cluster);
        } else {
            cluster.close();
        }
    }

    @Override
    public void loseNode(String cluster) {
        clusters.get(cluster).loseNode();
    }

    @Override
    public void delete(Thing thing, String cluster, String namespace, String release) {
        var in = clusters.get(cluster);
        switch (thing) {
            case CLAIM -> {
                in.delete("PersistentVolumeClaim", namespace, release + "-state");
                in.delete("Deployment", namespace, release + "-api-server");
            }
            case VOLUME -> in.delete("PersistentVolume", "", "sky-api-server-pv");
            case DEPLOYMENT -> in.delete("Deployment", namespace, release + "-api-server");
            case NAMESPACE -> in.delete("Namespace", "", namespace);
            case HELM_SECRETS ->
                    in.helmSecrets(namespace, release).forEach(name -> in.delete("Secret", namespace, name));
            case LOGIN -> in.delete("Secret", namespace, release + "-login");
            case RELEASE -> run("helm uninstall " + release + " --kube-context " + in.spec().context()
                    + " --namespace " + namespace + " --ignore-not-found");
        }
    }

    @Override
    public boolean write(String disk, String line) {
        var running = servers().stream().filter(server -> server.handle().equals(disk)).toList();
        if (running.size() == 1) {
            running.get(0).write(line);
        }
        return running.size() == 1;
    }

    @Override
    public Sight look() {
        var servers = servers().stream()
                .map(server -> new Sight.Running(server.cluster(), server.namespace(), server.handle(), server.read()))
                .toList();
        var readable = new TreeMap<>(printed);
        printed.clear();
        readable.putAll(files(home.resolve("backend"), file -> true));
        readable.putAll(files(project, file -> file.getFileName().toString().startsWith("Pulumi.")));
        var volumes = clusters.values().stream().flatMap(cluster -> cluster.volumes().stream()).toList();
        return new Sight(Sight.Disk.all(google), servers, volumes, readable);
    }

    @Override
    public void close() {
        engine.close();
        clusters.values().forEach(MemoryCluster::close);
        google.close();
        try {
            janitor.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Outcome between(String command) {
        try {
            return run(command);
        } finally {
            moments.never();
            clusters.values().forEach(cluster -> cluster.crash(0));
        }
    }

    private Outcome run(Engine engine, String command, String input) {
        if (command.startsWith("gcloud ")) {
            return Gcloud.run(google, command);
        }
        if (command.startsWith("pulumi ") && command.contains(AND)) {
            return both(engine, command, input);
        }
        var pulumi = Words.of(command).filter(words -> words.runs("pulumi"));
        var helm = Words.of(command).filter(words -> words.runs("helm"));
        var result = pulumi.isPresent() ? pulumi(engine, pulumi.get(), input)
                : helm.isPresent() ? helm(helm.get()) : shell(command);
        synchronized (printed) {
            printed.merge("what was printed", result.output(), String::concat);
        }
        return new Outcome(command, result.exitCode(), result.exitCode() == 137, result.output());
    }

    /** Two commands, of which the second runs if the first ended well. */
    private Outcome both(Engine engine, String command, String input) {
        var at = command.indexOf(AND);
        var first = run(engine, command.substring(0, at), input);
        var second = first.good() ? run(engine, command.substring(at + AND.length()), input) : first;
        return new Outcome(command, second.exitCode(), second.killed(),
                first.good() ? first.output() + second.output() : first.output());
    }

    private Engine.Result pulumi(Engine engine, Words line, String input) {
        var all = new LinkedHashMap<>(environment);
        all.putAll(line.variables());
        return engine.run(line.words().subList(1, line.words().size()), project, all, input);
    }

    /** Helm's own code can't read what {@link HelmAtOnce} writes. */
    private Engine.Result helm(Words line) {
        var all = new LinkedHashMap<>(environment);
        all.putAll(line.variables());
        return HelmAtOnce.byHand(tools.path(Tool.HELM), project, all, line.words().subList(1, line.words().size()))
                .map(why -> new Engine.Result(1, "Error: " + why + "\n")).orElse(new Engine.Result(0, ""));
    }

    private Engine.Result shell(String command) {
        try {
            var builder =
                    new ProcessBuilder("bash", "-c", command).directory(project.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            var said = home.resolve("said").toFile();
            var process = builder.redirectOutput(said).start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            return new Engine.Result(process.exitValue(), Files.readString(said.toPath()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private List<Server> servers() {
        return clusters.values().stream().flatMap(cluster -> cluster.servers().stream()).toList();
    }

    private static Map<String, String> files(Path folder, Predicate<Path> meant) {
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        try (var files = Files.walk(folder)) {
            var contents = new TreeMap<String, String>();
            for (var file : files.filter(Files::isRegularFile).filter(meant).toList()) {
                contents.put(file.toString(), Files.readString(file));
            }
            return contents;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void aside(Runnable work) {
        var thread = new Thread(work, "second-operator");
        thread.setDaemon(true);
        thread.start();
    }
}
