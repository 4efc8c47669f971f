package bench;

import bench.Contender.Kind;
import rehearsal.gcp.GcpProvider;
import rehearsal.google.Google;
import rehearsal.kubernetes.KubernetesProvider;
import rehearsal.provider.PluginHost;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What all contenders run in: one engine, one kind of backend, providers in memory. It is gone when it closes. */
final class Arena implements AutoCloseable {

    /** The one that the others are compared with. */
    static final String TYPESCRIPT = "TypeScript";

    /** How many servers a stack is measured with. */
    static final List<Integer> GROWTH = List.of(1, 10, 100);

    private static final String PROJECT = "bench-project";
    private static final String ZONE = "us-east5-b";
    /** Which cluster and which Google a provider instance is of. */
    private static final String WORLD = "BENCH_WORLD";
    private static final String EMPTY_JAVA = """
            package skystate;

            public final class App {

                public static void main(String[] args) {
                    com.pulumi.Pulumi.run(context -> { });
                }
            }
            """;

    private final Path home;
    private final Path checkout;
    private final Tools tools;
    private final List<Contender> contenders = new ArrayList<>();
    private final Map<String, Kubernetes> clusters = new ConcurrentHashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Thread atExit = new Thread(this::clear);
    private Certificate certificate;

    private Arena(Path home, Path checkout, Tools tools) {
        this.home = home;
        this.checkout = checkout;
        this.tools = tools;
    }

    /**
     * Prepares all.
     *
     * @param only names of the contenders that are meant; all if empty
     */
    static Arena open(Path checkout, Tools tools, List<String> only)
            throws IOException, InterruptedException, GeneralSecurityException {
        var arena = new Arena(Files.createTempDirectory("sky-bench-").toRealPath(), checkout, tools);
        Runtime.getRuntime().addShutdownHook(arena.atExit);
        arena.start(only);
        return arena;
    }

    /** In the order in which they take turns. */
    List<Contender> contenders() {
        return contenders;
    }

    /** Runs a command of Pulumi's in a contender's project. */
    Command.Taken pulumi(Contender contender, List<String> words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(tools.bin().resolve("pulumi").toString()));
        command.addAll(words);
        command.addAll(List.of("--non-interactive", "--color", "never"));
        return Command.run(contender.folder(), contender.environment(), command);
    }

    /** The name of this stack as its users run it, on this JDK. */
    static String java(int jdk) {
        return "Java " + jdk;
    }

    /** The name of a stack with this many servers. */
    static String servers(int count) {
        return count + (count == 1 ? " server" : " servers");
    }

    /** Where and with what it was measured. */
    String describe(LocalDate date) {
        return date + ", " + Runtime.getRuntime().availableProcessors() + " cores, Pulumi " + Tool.PULUMI.version()
                + ", Node " + version("node", "--version") + ", "
                + version("python3", "--version");
    }

    private static String version(String... words) {
        try {
            return new String(
                    new ProcessBuilder(words).redirectErrorStream(true).start().getInputStream().readAllBytes())
                    .strip();
        } catch (IOException none) {
            return "?";
        }
    }

    @Override
    public void close() {
        clear();
    }

    private void start(List<String> only) throws IOException, InterruptedException, GeneralSecurityException {
        var node = Sdks.node(checkout.resolve("bench/typescript"), System.err::println);
        var python = Sdks.python(checkout.resolve("bench/python"), System.err::println);
        certificate = Certificate.make(home);
        var plugins = Files.createDirectories(home.resolve("pulumi"));
        for (var version : List.of("4.0.0", "4.1.1", KubernetesProvider.VERSION)) {
            open.push(PluginHost.serve(plugins, "kubernetes", version,
                    launch -> clusters.get(launch.environment().get(WORLD)).provider(version)));
        }
        for (var version : List.of("7.0.0", GcpProvider.VERSION)) {
            open.push(PluginHost.serve(plugins, "gcp", version, GcpProvider::new));
        }
        var bin = Files.createDirectories(home.resolve("bin"));
        for (var language : List.of("nodejs", "python", LanguageHost.NONE)) {
            open.push(PluginHost.serve(bin.resolve("pulumi-language-" + language),
                    launch -> new LanguageHost(language, launch)));
        }
        Files.copy(checkout.resolve("bench/python/executor.py"), home.resolve("executor.py"));

        var compiled = Files.createDirectories(home.resolve("compiled"));
        copy(checkout.resolve("bench/typescript"), compiled);
        Files.createSymbolicLink(compiled.resolve("node_modules"), node.resolve("node_modules"));
        System.err.println("compiling the TypeScript program");
        Command.run(compiled, Map.of(), List.of("node_modules/.bin/tsc"));

        var environment = new HashMap<String, String>();
        add(only, TYPESCRIPT, Kind.STACK, "nodejs", environment, folder -> {
            Files.copy(compiled.resolve("package.json"), folder.resolve("package.json"));
            Files.copy(compiled.resolve("index.js"), folder.resolve("index.js"));
            Files.createSymbolicLink(folder.resolve("node_modules"), node.resolve("node_modules"));
        });
        for (var jdk : Jdks.all()) {
            add(only, java(jdk.version()), Kind.STACK, "java", Map.of("JAVA_HOME", jdk.home().toString()),
                    this::javaProject);
            add(only, java(jdk.version()) + " by Maven", Kind.STACK, "java", Map.of("JAVA_HOME", jdk.home().toString()),
                    folder -> {
                        javaProject(folder);
                        Files.deleteIfExists(folder.resolve("mvnw"));
                    });
        }
        add(only, "TypeScript by ts-node", Kind.STACK, "nodejs", Map.of("PULUMI_NODEJS_TYPESCRIPT", "true"), folder -> {
            copy(checkout.resolve("bench/typescript"), folder);
            Files.createSymbolicLink(folder.resolve("node_modules"), node.resolve("node_modules"));
        });
        add(only, "Python", Kind.STACK, "python",
                Map.of("PYTHON", python.resolve("bin/python").toString(), "EXECUTOR",
                        home.resolve("executor.py").toString()),
                folder -> Files.copy(checkout.resolve("bench/python/__main__.py"), folder.resolve("__main__.py")));
        for (var servers : GROWTH) {
            add(only, servers(servers), Kind.GROWTH, "java", Map.of("BENCH_SERVERS", String.valueOf(servers)),
                    folder -> {
                        javaProject(folder);
                        copy(checkout.resolve("bench/java/skystate/Servers.java"),
                                folder.resolve("src/main/java/skystate/Servers.java"));
                        var pom = folder.resolve("pom.xml");
                        Files.writeString(pom, Files.readString(pom).replace("<mainClass>skystate.App</mainClass>",
                                "<mainClass>skystate.Servers</mainClass>"));
                    });
        }
        add(only, "no program", Kind.FLOOR, LanguageHost.NONE, environment, folder -> {});
        add(only, "empty TypeScript", Kind.FLOOR, "nodejs", environment, folder -> {
            Files.copy(compiled.resolve("package.json"), folder.resolve("package.json"));
            Files.writeString(folder.resolve("index.js"), "require(\"@pulumi/pulumi\");\n");
            Files.createSymbolicLink(folder.resolve("node_modules"), node.resolve("node_modules"));
        });
        for (var jdk : Jdks.all()) {
            add(only, "empty Java " + jdk.version(), Kind.FLOOR, "java", Map.of("JAVA_HOME", jdk.home().toString()),
                    folder -> {
                        javaProject(folder);
                        delete(folder.resolve("src/main/java/skystate"));
                        Files.createDirectories(folder.resolve("src/main/java/skystate"));
                        Files.writeString(folder.resolve("src/main/java/skystate/App.java"), EMPTY_JAVA);
                    });
        }
    }

    /** What a contender's folder has besides Pulumi.yaml. */
    @FunctionalInterface
    private interface Program {

        void put(Path folder) throws IOException;
    }

    private void add(List<String> only, String name, Kind kind, String language, Map<String, String> environment,
                     Program program)
            throws IOException, InterruptedException {
        if (!only.isEmpty() && !only.contains(name)) {
            return;
        }
        var world = "world" + contenders.size();
        var folder = Files.createDirectories(home.resolve(world).resolve("project"));
        var google = Google.start(home.resolve(world).resolve("google"), PROJECT);
        open.push(google);
        var cluster = Kubernetes.start(certificate, PROJECT, ZONE);
        open.push(cluster);
        clusters.put(world, cluster);
        Files.writeString(home.resolve(world).resolve("kubeconfig"), cluster.kubeconfig(certificate));
        program.put(folder);
        Files.writeString(folder.resolve("Pulumi.yaml"),
                google.configured(Files.readString(checkout.resolve("Pulumi.yaml")))
                        .replaceFirst("(?m)^runtime: java$", "runtime: " + language));
        var all = new HashMap<>(environment);
        all.putAll(Map.of(
                WORLD, world,
                "PATH", home.resolve("bin") + ":" + tools.bin() + ":" + System.getenv("PATH"),
                "PULUMI_HOME", home.resolve("pulumi").toString(),
                "PULUMI_BACKEND_URL", "file://" + Files.createDirectories(home.resolve(world).resolve("backend")),
                "PULUMI_CONFIG_PASSPHRASE", "bench",
                "PULUMI_SKIP_UPDATE_CHECK", "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"));
        var contender = new Contender(name, folder, all, kind);
        pulumi(contender, List.of("stack", "init", "dev"));
        pulumi(contender,
                List.of("config", "set-all", "--plaintext", "gcp:project=" + PROJECT, "--plaintext", "zone=" + ZONE,
                        "--plaintext", "context=bench", "--plaintext",
                        "kubeconfig=" + home.resolve(world).resolve("kubeconfig"),
                        "--secret", "authHash=skypilot:$apr1$benchmrk$Q1G0ZEmQGRJXmTfgCDvDK/"));
        pulumi(contender, List.of("config", "set", "--path", "values.apiService.skipResourceCheck", "true"));
        contenders.add(contender);
    }

    private void javaProject(Path folder) throws IOException {
        for (var part : List.of("pom.xml", ".mvn", "src/main", "mvnw")) {
            copy(checkout.resolve(part), folder.resolve(part));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.notExists(from)) {
            return;
        }
        Files.createDirectories(to.getParent());
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void delete(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private synchronized void clear() {
        LanguageHost.RUNNING.forEach(Process::destroyForcibly);
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception failed) {
                System.err.println("bench: could not be ended: " + failed);
            }
        }
        if (Files.exists(home)) {
            delete(home);
        }
    }
}
