package rehearsal.cluster;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import rehearsal.tools.SkyPilot;
import rehearsal.tools.Supervised;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * SkyPilot's own API server for a pod, a process of this machine: its home has links to the disk's folders where the
 * pod has mounts, and its environment is the pod's. What is written to it is a user, with a password, a service account
 * token and a workspace, each made by its REST API.
 */
final class RealServer implements Server {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int BUSY_TRIES = 60;
    private static final String ROOT = "/root";
    /** SkyPilot lets loopback in unasked, unless a proxy says that it asks for somebody else: as ingress-nginx does. */
    private static final List<String> STRANGER = List.of(Front.FORWARDED_FOR, Front.CLIENT);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Mount mount;
    private final Supplier<Optional<String>> atIngress;
    private final Set<String> secrets;
    private final Map<String, String> environment;
    private final Map<String, String> tokens;
    private final int port;
    private final Supervised process;
    private volatile boolean closed;

    private RealServer(Mount mount, Supplier<Optional<String>> atIngress, Set<String> secrets,
                       Map<String, String> environment, Map<String, String> tokens, int port,
                       Supervised process) {
        this.mount = mount;
        this.atIngress = atIngress;
        this.secrets = secrets;
        this.environment = environment;
        this.tokens = tokens;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one; {@link #isHealthy} says when it serves.
     *
     * @param sky         what is run
     * @param atIngress   the users whom the ingress lets in, if it asks who they are
     * @param environment the container's
     * @param tokens      the service account tokens that users keep, by the line that each was made for
     * @param home        a folder of its own for what isn't on the disk, private to this user
     */
    static RealServer start(SkyPilot sky, Mount mount, Supplier<Optional<String>> atIngress, Set<String> secrets,
                            Map<String, String> environment,
                            Map<String, String> tokens, Path home) {
        try {
            var root = Files.createDirectories(home.resolve("root"));
            for (var folder : mount.folders().entrySet()) {
                if (folder.getKey().startsWith(ROOT + "/")) {
                    var link = root.resolve(folder.getKey().substring(ROOT.length() + 1));
                    Files.createDirectories(folder.getValue());
                    Files.createDirectories(link.getParent());
                    if (!Files.isSymbolicLink(link)) {
                        Files.createSymbolicLink(link, folder.getValue());
                    }
                }
            }
            var temporary = Files.createDirectories(home.resolve("tmp"));
            var port = freePort();
            var process = Supervised.start("SkyPilot's API server of " + mount.pod(), sky.server(port),
                    home.resolve("server.log"), builder -> {
                        builder.directory(root.toFile());
                        builder.environment().keySet().retainAll(Set.of("PATH", "LANG", "LC_ALL"));
                        builder.environment().putAll(environment);
                        builder.environment().putAll(sky.environment());
                        builder.environment().put("SKYPILOT_API_SERVER_LOCAL_PORT", String.valueOf(port));
                        builder.environment().put("HOME", root.toString());
                        builder.environment().put("TMPDIR", temporary.toString());
                    });
            return new RealServer(mount, atIngress, secrets, environment, tokens, port, process);
        } catch (IOException failed) {
            throw new UncheckedIOException("SkyPilot's API server of " + mount.pod() + " cannot be started", failed);
        }
    }

    /** Whether its process has not ended by itself. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it serves, as the pod's readiness probe asks. */
    boolean isHealthy() {
        try {
            return send(request("/api/health").timeout(Duration.ofSeconds(5)).build()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The last line of its log that says something. */
    String lastWords() {
        return process.tail().lines().filter(line -> !line.isBlank()).reduce((first, second) -> second)
                .orElse("no output");
    }

    @Override
    public Optional<Front> front() throws IOException {
        return Optional.of(Front.before(URI.create("http://127.0.0.1:" + port), atIngress));
    }

    @Override
    public Optional<String> version() {
        return Optional.of(JsonParser.parseString(get("/api/health")).getAsJsonObject().get("version").getAsString());
    }

    @Override
    public String namespace() {
        return mount.namespace();
    }

    @Override
    public String pod() {
        return mount.pod();
    }

    @Override
    public String disk() {
        return mount.store().name();
    }

    @Override
    public String read() {
        return String.join("\n", users());
    }

    @Override
    public void write(String line) {
        post("/users/create", Map.of("username", line, "password", password(line), "role", "user"));
        var token = JsonParser
                .parseString(post("/users/service-account-tokens", Map.of("token_name", slug(line)), as(line)).body())
                .getAsJsonObject();
        tokens.put(line, token.get("token").getAsString());
        var asked = post("/workspaces/create", Map.of("workspace_name", slug(line), "config", Map.of()));
        get("/api/get?request_id=" + asked.headers().firstValue("X-Skypilot-Request-ID").orElseThrow());
    }

    @Override
    public boolean has(String line) {
        if (!users().contains(line)) {
            return false;
        }
        var found = new TreeSet<>(Set.of("user"));
        var who = as(line);
        if (names(get("/users/service-account-tokens", who), "token_name").contains(slug(line))) {
            found.add("token");
        }
        var workspaces =
                JsonParser.parseString(get("/users/me/workspace", who)).getAsJsonObject().getAsJsonArray("accessible");
        if (elements(workspaces).anyMatch(name -> name.getAsString().equals(slug(line)))) {
            found.add("workspace");
        }
        if (takesTokens() && tokens.containsKey(line) && status("/users/me/workspace", bearer(line)) != 200) {
            found.remove("token");
        }
        if (found.size() != 3) {
            throw new IllegalStateException(
                    "Of a user, a service account token and a workspace that were made, there is only the "
                            + String.join(", ", found));
        }
        return true;
    }

    @Override
    public String kept() {
        return "SkyPilot's server has the same user, who gets in as before, the same service account token and the "
                + "same workspace";
    }

    @Override
    public List<String> starts() {
        check();
        return mount.store().read(STARTS).orElse("").lines().toList();
    }

    @Override
    public boolean admits(String user, String password) {
        var asked = atIngress.get();
        var login = new ArrayList<>(STRANGER);
        if (asked.isEmpty()) {
            login.addAll(basic(user, password));
        }
        return asked.map(users -> Logins.match(users, user, password)).orElse(true) && status("/users", login) == 200;
    }

    @Override
    public boolean hasKey(String key) {
        return secrets.contains(key);
    }

    @Override
    public void close() {
        closed = true;
        process.close();
    }

    /** How somebody shows to be the user of this name, as far as the server asks. */
    private List<String> as(String line) {
        var headers = new ArrayList<>(STRANGER);
        if (isOn("ENABLE_BASIC_AUTH")) {
            headers.addAll(basic(line, password(line)));
        } else if (isOn("SKYPILOT_AUTH_OAUTH2_PROXY_ENABLED")) {
            return bearer(line);
        } else {
            // What is before the server has asked, and tells whom it let in.
            headers.addAll(
                    List.of(environment.getOrDefault("SKYPILOT_AUTH_USER_HEADER", "X-Auth-Request-Email"), line));
        }
        return headers;
    }

    private List<String> bearer(String line) {
        var headers = new ArrayList<>(STRANGER);
        headers.addAll(List.of("Authorization", "Bearer " + tokens.get(line)));
        return headers;
    }

    private boolean takesTokens() {
        return isOn("ENABLE_SERVICE_ACCOUNTS");
    }

    private boolean isOn(String variable) {
        return "true".equals(environment.get(variable));
    }

    private Set<String> users() {
        return names(get("/users"), "name");
    }

    private static Set<String> names(String array, String key) {
        return elements(JsonParser.parseString(array).getAsJsonArray())
                .map(each -> each.getAsJsonObject().get(key).getAsString()).collect(Collectors.toSet());
    }

    private static Stream<JsonElement> elements(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static List<String> basic(String user, String password) {
        return List.of("Authorization", "Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    private static String password(String line) {
        return "password of " + line;
    }

    /** A name as tokens and workspaces may have it. */
    private static String slug(String line) {
        return "of-" + line.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private String get(String path) {
        return get(path, List.of());
    }

    private String get(String path, List<String> headers) {
        return ask(request(path), headers).body();
    }

    private HttpResponse<String> post(String path, Map<String, ?> body) {
        return post(path, body, List.of());
    }

    private HttpResponse<String> post(String path, Map<String, ?> body, List<String> headers) {
        return ask(request(path).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(new Gson().toJson(body))), headers);
    }

    private HttpResponse<String> ask(HttpRequest.Builder request, List<String> headers) {
        var built = with(request, headers).build();
        try {
            var answer = send(built);
            // On a busy machine it says that its database is slow, and asks for another try.
            for (var left = BUSY_TRIES; answer.statusCode() == 503 && left > 0; left--) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                answer = send(built);
            }
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("SkyPilot's server answered " + answer.statusCode() + " to "
                        + built.method() + " " + built.uri().getPath()
                        + ": " + message(answer.body()));
            }
            return answer;
        } catch (IOException broken) {
            throw new IllegalStateException(
                    "SkyPilot's server gave no answer: " + broken + ". The end of its log:\n" + process.tail(), broken);
        }
    }

    private int status(String path, List<String> headers) {
        try {
            return send(with(request(path), headers).build()).statusCode();
        } catch (IOException broken) {
            throw new IllegalStateException("SkyPilot's server gave no answer: " + broken, broken);
        }
    }

    /** What a failed request of its own says in the midst of much else. */
    private static String message(String body) {
        var found = Pattern.compile("\\\\?\"message\\\\?\": *\\\\?\"(.*?)\\\\?\"").matcher(body);
        return found.find() ? found.group(1) : body;
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, List<String> headers) {
        return headers.isEmpty() ? request : request.headers(headers.toArray(String[]::new));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        check();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("The server is gone: pod " + namespace() + "/" + pod() + " no longer runs");
        }
    }

    /**
     * Whoever takes it in the moment before the server does has the server end, and the kubelet start it at another.
     */
    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
