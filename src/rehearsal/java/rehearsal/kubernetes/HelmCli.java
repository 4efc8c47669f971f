package rehearsal.kubernetes;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The real Helm: its CLI, with a private folder for the kubeconfig, values and Helm's own caches that only this user
 * can read and that goes with the instance.
 */
final class HelmCli implements Helm {

    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** Options of a chart that tell how to render it, and not which it is. */
    private static final Set<String> RENDERING =
            Set.of("--post-renderer", "--dependency-update", "--render-subchart-notes", "--skip-crds");

    private final Path binary;
    private final Path launchDirectory;
    private final Map<String, String> environment;
    private final Path home;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    /** Held for reading while something is under way, so that the folder goes last. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private volatile boolean closed;

    /**
     * @param binary          the helm executable
     * @param kubeconfig      the effective kubeconfig, or null where there is none: then only {@link #template} works
     * @param launchDirectory where relative chart paths start
     */
    HelmCli(Path binary, Kubeconfig kubeconfig, Path launchDirectory, Map<String, String> environment)
            throws IOException {
        this.binary = binary;
        this.launchDirectory = launchDirectory;
        this.environment = environment;
        var temporary = Path.of(environment.getOrDefault("TMPDIR", System.getProperty("java.io.tmpdir")));
        this.home = Files.createTempDirectory(temporary, "kubernetes-provider-");
        write("kubeconfig", kubeconfig == null ? "" : kubeconfig.yaml());
    }

    @Override
    public String template(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        var crds = chart.contains("--skip-crds") ? List.<String>of() : List.of("--include-crds");
        return withValues(values, file -> run(namespace, concat(List.of("template", name), chart, crds,
                List.of("--values", file.toString(), "--disable-openapi-validation"))));
    }

    @Override
    public String version(List<String> chart) throws IOException {
        var loading = chart.stream().filter(option -> !RENDERING.contains(option.replaceFirst("=.*", ""))).toList();
        return Tree.text(Json.readYaml(run("default", concat(List.of("show", "chart"), loading))), "version");
    }

    @Override
    public void install(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        withValues(values,
                file -> run(namespace, concat(List.of("install", name), chart, List.of("--values", file.toString()))));
    }

    @Override
    public void upgrade(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        withValues(values,
                file -> run(namespace, concat(List.of("upgrade", name), chart, List.of("--values", file.toString()))));
    }

    @Override
    public String uninstall(String name, String namespace, List<String> options) throws IOException {
        return run(namespace, concat(List.of("uninstall", name), options));
    }

    @Override
    public Optional<Map<String, Object>> metadata(String name, String namespace) throws IOException {
        try {
            return Optional.of(Json.read(run(namespace, List.of("get", "metadata", name, "--output", "json"))));
        } catch (Failed failed) {
            if (failed.notFound()) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    @Override
    public String manifest(String name, String namespace) throws IOException {
        return run(namespace, List.of("get", "manifest", name));
    }

    @Override
    public Map<String, Object> values(String name, String namespace) throws IOException {
        var values = run(namespace, List.of("get", "values", name, "--output", "json")).strip();
        return values.startsWith("{") ? Json.read(values) : Map.of();
    }

    @Override
    public void cancel() {
        running.forEach(Process::destroy);
    }

    /** Ends what runs, as the end of the provider's process would, and removes the folder. */
    @Override
    public void close() throws IOException {
        closed = true;
        running.forEach(Process::destroyForcibly);
        use.writeLock().lock();
        try (var files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } finally {
            use.writeLock().unlock();
        }
    }

    private interface Step<T> {
        T with(Path file) throws IOException;
    }

    private <T> T withValues(Map<String, Object> values, Step<T> step) throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            var file = write("values-" + Metadata.suffix() + ".yaml", Json.writeYaml(values));
            try {
                return step.with(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    private Path write(String name, String text) throws IOException {
        var file = Files.createFile(home.resolve(name), PosixFilePermissions.asFileAttribute(PRIVATE));
        return Files.writeString(file, text);
    }

    private void requireOpen() {
        if (closed) {
            throw new Failed("the provider instance has ended");
        }
    }

    private String run(String namespace, List<String> arguments) throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            return runOpen(namespace, arguments);
        } finally {
            use.readLock().unlock();
        }
    }

    private String runOpen(String namespace, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(binary.toString());
        command.addAll(arguments);
        command.addAll(List.of("--namespace", namespace, "--kubeconfig", home.resolve("kubeconfig").toString()));
        var error = Files.createTempFile(home, "stderr-", "", PosixFilePermissions.asFileAttribute(PRIVATE)).toFile();
        var builder = new ProcessBuilder(command).directory(launchDirectory.toFile()).redirectError(error);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().remove("KUBECONFIG");
        // Read by Helm, and no use of this instance's: its context and namespace are the command's.
        builder.environment().keySet().removeIf(key -> key.startsWith("HELM_KUBE") || key.equals("HELM_NAMESPACE"));
        for (var folder : List.of("CACHE", "CONFIG", "DATA")) {
            builder.environment().putIfAbsent("HELM_" + folder + "_HOME",
                    home.resolve(folder.toLowerCase()).toString());
        }
        var process = builder.start();
        running.add(process);
        if (closed) {
            process.destroyForcibly();
        }
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new Failed(words(error));
            }
            return arguments.get(0).equals("uninstall") ? output + Files.readString(error.toPath()) : output;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroy();
            throw new IOException("interrupted while helm " + arguments.get(0) + " was running", interrupted);
        } finally {
            running.remove(process);
            error.delete();
        }
    }

    /** The last error, without what the CLI puts before it. */
    private static String words(File error) throws IOException {
        var text = Files.exists(error.toPath()) ? Files.readString(error.toPath()).strip() : "";
        var start = text.lastIndexOf("Error: ");
        var words = start < 0 ? text : text.substring(start + "Error: ".length());
        for (var prefix : List.of("INSTALLATION FAILED: ", "UPGRADE FAILED: ")) {
            words = words.startsWith(prefix) ? words.substring(prefix.length()) : words;
        }
        // Said by the CLI alone, of its own option.
        words = words.replaceFirst("\\s+Use --debug flag to render out invalid YAML$", "");
        return words.isEmpty() ? "helm was ended before it had finished" : words;
    }

    @SafeVarargs
    private static List<String> concat(List<String>... parts) {
        var all = new ArrayList<String>();
        for (var part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
