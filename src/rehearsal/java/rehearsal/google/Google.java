package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import rehearsal.http.Loopback;
import rehearsal.http.Query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Google Cloud, as far as this project asks for it: Compute Engine's REST API (v1) on loopback. What exists is kept in
 * files below a folder, so that it outlives every cluster and every run. <p> A stack meets it through the provider's
 * setting {@code gcp:computeCustomEndpoint} (facts: G12), a test or the story through {@link #console()}, which is a
 * client like any other, and looks at disks with {@link #disk}.
 */
public final class Google implements AutoCloseable {

    /** The bearer token of {@link #console()}, by which its requests are told from others'. */
    public static final String CONSOLE = "console";

    /** What every link in an answer begins with, wherever the API is asked: so what is stored outlives the port. */
    static final String LINK = "https://www.googleapis.com/compute/v1/";

    /**
     * A request as it came in.
     *
     * @param path   what follows {@code /compute/v1/}, without the query
     * @param caller the bearer token
     */
    public record Request(String method, String path, String caller) {

        /** Whether it would change something. */
        public boolean write() {
            return !method.equals("GET") && !path.endsWith("/wait");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final Loopback server;
    private final Store store;
    private final Faults faults = new Faults();
    private final Operations operations;
    private final Compute compute;
    private final Role role = Role.ofTheDocs();
    private final String token = UUID.randomUUID().toString();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private Google(Path home) throws IOException {
        this.store = new Store(home);
        this.operations = new Operations();
        this.compute = new Compute(store, faults, operations);
        this.server = Loopback.serve("google", this::serve);
    }

    /**
     * Starts answering.
     *
     * @param home     where everything is kept
     * @param projects projects that exist, besides those that are there already
     */
    public static Google start(Path home, String... projects) throws IOException {
        for (var project : projects) {
            Files.createDirectories(home.resolve("projects").resolve(project));
        }
        return new Google(home);
    }

    /** The API's address, as {@code gcp:computeCustomEndpoint} wants it: with {@code /compute/v1/} at its end. */
    public String endpoint() {
        return address() + "/compute/v1/";
    }

    /**
     * A project's {@code Pulumi.yaml} by which the gcp provider asks this one in Google's place. It is project config,
     * so that the commands that a user types are those for Google's own.
     */
    public String configured(String pulumiYaml) {
        return pulumiYaml.replaceFirst("(?m)^config:\n", """
                config:
                  gcp:computeCustomEndpoint: {value: "%s"}
                  gcp:accessToken: {value: %s}
                  gcp:userProjectOverride: {value: false}
                """.formatted(endpoint(), token));
    }

    /**
     * The access token of a user who has the role of docs/rights/google.yaml, and no more; every cluster takes it as
     * well.
     */
    public String token() {
        return token;
    }

    private String address() {
        return "http://" + server.address();
    }

    /** A client for what a person does in the cloud console. */
    public ComputeClient console() {
        return new ComputeClient(endpoint(), CONSOLE);
    }

    /** The disk, if there is one. */
    public Optional<DiskFolder> disk(String project, String location, String name) {
        return disk(new DiskName(project, location, name));
    }

    /** The disk, if there is one. */
    public Optional<DiskFolder> disk(DiskName name) {
        return compute.disk(name)
                .map(resource -> new DiskFolder(name, Long.parseLong(Json.text(resource, "sizeGb", "0")),
                        Disks.last(Json.text(resource, "type", "")), Json.strings(resource, "labels"),
                        compute.users(name), store.folder(name.path())));
    }

    /** The permissions of the user's role. */
    public Set<String> permissions() {
        return role.permissions();
    }

    /** Those of {@link #permissions} that some call of the user's needed so far. */
    public Set<String> usedPermissions() {
        return role.used();
    }

    /** From now on calls that need this permission, as in {@code compute.disks.create}, are refused. */
    public void deny(String permission) {
        fail(permission, Fault.DENIED, Integer.MAX_VALUE);
    }

    /** The next calls that need this permission meet a fault. */
    public void fail(String permission, Fault fault, int times) {
        faults.plan(permission, fault, times);
    }

    /** A zone's outage: its machines can be looked at, and nothing can be done to them. */
    public void loseZone(String zone) {
        faults.lose(zone);
    }

    /** Ends all that was arranged by {@link #deny}, {@link #fail} and {@link #loseZone}. */
    public void heal() {
        faults.clear();
    }

    /**
     * A day passes: every snapshot schedule takes its snapshots, and deletes those that it has kept for as long as it
     * says. What was made before is a day older from now on.
     */
    public void dayPasses() {
        compute.dayPasses();
    }

    /** How long each operation from now on stays RUNNING. */
    public void delay(Duration delay) {
        operations.delay(delay);
    }

    /** All requests so far, oldest first, those of the console left out. */
    public List<Request> requests() {
        return requests.stream().filter(request -> !request.caller().equals(CONSOLE)).toList();
    }

    /** Those of {@link #requests} that would change something. */
    public List<Request> writes() {
        return requests().stream().filter(Request::write).toList();
    }

    /** Forgets the requests so far. */
    public void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        server.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status;
            JsonObject answer;
            try {
                answer = answer(exchange);
                status = 200;
            } catch (ApiError refused) {
                answer = refused.body();
                status = refused.status;
            } catch (RuntimeException broken) {
                var error = new ApiError(500, "internalError", "the rehearsal's Google is broken: " + broken);
                answer = error.body();
                status = error.status;
            }
            var bytes = Json.GSON.toJson(answer).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
            // A connection kept alive could close under a client that is about to use it.
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private JsonObject answer(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var whole = exchange.getRequestURI().getPath();
        var authorization = exchange.getRequestHeaders().getFirst("Authorization");
        var caller = authorization == null ? "" : authorization.replaceFirst("^Bearer\\s+", "");
        var path = whole.startsWith("/compute/v1/") ? whole.substring("/compute/v1/".length()) : whole;
        requests.add(new Request(exchange.getRequestMethod(), path, caller));
        if (caller.isEmpty()) {
            throw new ApiError(401, "required", "Request is missing required authentication credential."
                    + " Expected OAuth 2 access token, login cookie or other valid authentication credential.");
        }
        if (path.equals(whole)) {
            throw ApiError.notRehearsed("API at " + whole + ": only /compute/v1/");
        }
        var call =
                new Call(exchange.getRequestMethod(), List.of(path.split("/")), Query.of(exchange), Json.object(body),
                        Optional.of(role).filter(role -> caller.equals(token)));
        return compute.answer(call);
    }

    static JsonObject items(String kind, Iterable<JsonObject> resources) {
        var items = new JsonArray();
        resources.forEach(items::add);
        var list = new JsonObject();
        list.addProperty("kind", kind);
        if (!items.isEmpty()) {
            list.add("items", items);
        }
        return list;
    }
}
