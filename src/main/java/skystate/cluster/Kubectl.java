package skystate.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import skystate.config.ClusterSettings;
import skystate.config.Yaml;
import skystate.engine.Background;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Asks a cluster's API through {@code kubectl proxy}: kubectl knows every way to a cluster, and every login. A
 * {@code kubectl get} for each question would start kubectl, and the plugin that logs in, each time. Only this user can
 * open the proxy's socket, and the proxy takes no request that changes anything.
 */
public final class Kubectl implements AutoCloseable {

    /** Why the cluster did not answer, in kubectl's words or in its own. */
    public static final class Failure extends RuntimeException {

        private Failure(String reason) {
            super(reason);
        }
    }

    private static final String METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,";
    /** As many of the last lines of kubectl, and of the plugin that logs in, are shown. */
    private static final int LINES = 12;

    private final ClusterSettings cluster;
    private final Duration timeout;
    /** The folder last. */
    private final Deque<Path> files = new ArrayDeque<>();
    private final Path socket;
    private final Path printed;
    private final Process process;
    private volatile boolean late;

    /**
     * Starts kubectl.
     *
     * @param cluster how to reach the cluster
     * @param timeout when kubectl is killed, whatever it is doing
     * @throws Failure if kubectl is missing, or can't use the kubeconfig
     */
    public Kubectl(ClusterSettings cluster, Duration timeout) {
        this.cluster = cluster;
        this.timeout = timeout;
        // Without one kubectl asks whatever listens at localhost:8080.
        if (cluster.context().isEmpty()
                && cluster.contents().flatMap(Yaml::parse).filter(Kubectl::hasContext).isEmpty()) {
            throw new Failure("the kubeconfig has no current context: pulumi config set context CONTEXT");
        }
        try {
            var folder = temporary(Files.createTempDirectory("sky-"));
            socket = temporary(folder.resolve("socket"));
            printed = temporary(folder.resolve("printed"));
            // Like the folder, it is open to this user only.
            process = start(temporary(Files.createTempFile(folder, "kubeconfig", "")));
        } catch (IOException failed) {
            delete();
            throw new Failure("kubectl could not be started: " + failed.getMessage()
                    + "\nThis program needs kubectl on the PATH: https://kubernetes.io/docs/tasks/tools/#kubectl");
        }
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS, Background::start).execute(() -> {
            late = true;
            kill();
        });
        if (!listens()) {
            var refusal = late ? unanswered() : new Failure(refusal(printed()));
            close();
            throw refusal;
        }
    }

    private static boolean hasContext(Object kubeconfig) {
        return kubeconfig instanceof Map<?, ?> config
                && config.get("current-context") instanceof String name && !name.isBlank();
    }

    /** Asks for what is at a path, which may be nothing. The result waits, so send several requests first. */
    public Supplier<Optional<JsonElement>> ask(String path) {
        // A Secret is asked for its name and labels, and keeps its data for itself.
        var request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\nAccept: "
                + (path.contains("/secrets?") ? METADATA : "") + "application/json\r\n\r\n";
        try {
            var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
            return () -> answer(channel);
        } catch (IOException killed) {
            throw unanswered();
        }
    }

    /** Asks for the items of the list at a path, as {@link #ask} does. */
    public Supplier<Stream<JsonElement>> list(String path) {
        var asked = ask(path);
        return () -> asked.get().stream().flatMap(list -> JsonPath.list(list, "items"));
    }

    /** Ends kubectl, and deletes its files. */
    @Override
    public void close() {
        kill();
        delete();
    }

    private void delete() {
        files.forEach(file -> file.toFile().delete());
    }

    private Path temporary(Path file) {
        file.toFile().deleteOnExit();
        files.addFirst(file);
        return file;
    }

    private Process start(Path kubeconfig) throws IOException {
        Files.writeString(kubeconfig, cluster.contents().orElse(""));
        var command = cluster.command(System.getProperty("skystate.kubectl", "kubectl"), kubeconfig);
        command.command().addAll(List.of("proxy", "--unix-socket=" + socket, "--append-server-path",
                "--reject-methods=POST,PUT,PATCH,DELETE"));
        var started = command.redirectError(printed.toFile()).start();
        started.getOutputStream().close();
        return started;
    }

    /** Whether kubectl says that its socket is there; it ends at once if it can't use the kubeconfig. */
    private boolean listens() {
        try {
            return process.inputReader(UTF_8).readLine() != null;
        } catch (IOException killed) {
            return false;
        }
    }

    /** @param words of kubectl: of a context they have no more than its name */
    private String refusal(String words) {
        var error = words.replaceFirst("(?i)^error( in configuration)?:\\s*", "");
        var quotes = cluster.secret() || error.contains("yaml:") || error.contains("unmarshal");
        return quotes && !error.matches("context .*")
                ? "kubectl can't use the kubeconfig. What it says is not shown: it may quote a secret." : error;
    }

    private Optional<JsonElement> answer(SocketChannel channel) {
        String answer;
        try (channel) {
            answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        } catch (IOException killed) {
            throw unanswered();
        }
        var parts = answer.split("\r\n\r\n", 2);
        if (late || parts.length < 2) {
            throw unanswered();
        }
        var status = parts[0].split(" ", 3)[1];
        var body = parse(parts[1]);
        if (status.equals("200")) {
            return Optional.of(body.orElseThrow(() -> new Failure("what answers is no Kubernetes API")));
        }
        if (status.equals("404") && body.isPresent()) {
            return Optional.empty();
        }
        // kubectl's own words are plain text. An HTML page is of some other proxy.
        throw new Failure(body.flatMap(its -> JsonPath.text(its, "message"))
                .orElseGet(() -> parts[1].isBlank() || parts[1].startsWith("<") ? "HTTP status " + status
                        : (parts[1].strip() + "\n" + printed()).strip()));
    }

    private Failure unanswered() {
        return new Failure(((late ? "no answer within " + timeout.toSeconds() + " s" : "kubectl ended") + "\n"
                + printed()).strip());
    }

    /** What kubectl and the plugin that logs in printed, but for what the answer says too. */
    private String printed() {
        try {
            var lines = new String(Files.readAllBytes(printed), UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.contains("Error while proxying request")).toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException none) {
            return "";
        }
    }

    private static Optional<JsonElement> parse(String body) {
        try {
            return Optional.of(JsonParser.parseString(body)).filter(JsonElement::isJsonObject);
        } catch (JsonParseException none) {
            return Optional.empty();
        }
    }

    /** With the plugin that logs in. Waited for: a JVM at its exit waits for each thread that waits for a process. */
    private void kill() {
        if (process.isAlive()) {
            process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
    }
}
