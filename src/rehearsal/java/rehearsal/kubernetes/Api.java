package rehearsal.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An API server, asked for objects of any kind that it serves. The kubernetes-client library brings TLS and
 * credentials; objects stay plain trees, so that no kind needs a class.
 */
final class Api implements AutoCloseable {

    /** A kind as the server's discovery tells it. */
    private record Served(String plural, boolean namespaced) {
    }

    private static final long REQUEST_SECONDS = 60;

    private final KubernetesClient client;
    private final String server;
    private final Map<String, Map<String, Served>> discovered = new ConcurrentHashMap<>();

    private Api(KubernetesClient client) {
        this.client = client;
        this.server = client.getMasterUrl().toString().replaceAll("/+$", "");
    }

    /**
     * A client of the kubeconfig's cluster.
     *
     * @throws IOException if the server cannot be reached or refuses the credentials
     */
    static Api connect(Kubeconfig kubeconfig) throws IOException {
        var config = Config.fromKubeconfig(kubeconfig.yaml());
        config.setConnectionTimeout(5_000);
        config.setRequestRetryBackoffLimit(0);
        var api = new Api(new KubernetesClientBuilder().withConfig(config).build());
        try {
            api.send("GET", "/api", "application/json", null);
            return api;
        } catch (ApiException refused) {
            api.close();
            throw new IOException(refused.getMessage(), refused);
        } catch (IOException | RuntimeException unreachable) {
            api.close();
            throw unreachable;
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** Whether the server serves the kind. */
    boolean serves(String apiVersion, String kind) throws IOException {
        return served(apiVersion, kind).isPresent();
    }

    /**
     * Whether objects of the kind live in namespaces.
     *
     * @throws NoSuchKindException if the server does not serve it
     */
    boolean namespaced(String apiVersion, String kind) throws IOException {
        return require(apiVersion, kind).namespaced;
    }

    Map<String, Object> get(Ref ref) throws IOException {
        return send("GET", path(ref) + "/" + ref.name(), "application/json", null);
    }

    /** Creates the object; refuses if it is there. */
    Map<String, Object> create(Ref ref, Map<String, Object> object, String manager, boolean dryRun) throws IOException {
        return send("POST", path(ref) + "?fieldManager=" + encode(manager) + dryRun(dryRun), "application/json",
                object);
    }

    /** Server-side apply. */
    Map<String, Object> apply(Ref ref, Map<String, Object> object, String manager, boolean force, boolean dryRun)
            throws IOException {
        return send("PATCH", path(ref) + "/" + ref.name() + "?fieldManager=" + encode(manager) + "&force=" + force
                + dryRun(dryRun), "application/apply-patch+yaml", object);
    }

    /** A JSON patch. */
    Map<String, Object> patch(Ref ref, Object operations) throws IOException {
        return send("PATCH", path(ref) + "/" + ref.name(), "application/json-patch+json", operations);
    }

    /** A JSON merge patch. */
    Map<String, Object> merge(Ref ref, Map<String, Object> patch, String manager) throws IOException {
        return send("PATCH", path(ref) + "/" + ref.name() + "?fieldManager=" + encode(manager),
                "application/merge-patch+json", patch);
    }

    /** The objects of a kind and namespace. @param ref its name doesn't matter @param selector of their labels */
    List<Map<String, Object>> list(Ref ref, String selector) throws IOException {
        return Tree
                .list(send("GET", path(ref) + "?labelSelector=" + encode(selector), "application/json", null), "items")
                .stream().map(Tree::cast).toList();
    }

    /**
     * Begins the deletion; dependents first if the policy is Foreground. The provider watches it (await.go), which
     * takes a right of its own.
     */
    void delete(Ref ref, String propagationPolicy) throws IOException {
        try (var watch = watch(ref)) {
            send("DELETE", path(ref) + "/" + ref.name(), "application/json",
                    Map.of("propagationPolicy", propagationPolicy));
        }
    }

    /**
     * Has the server tell what becomes of an object, until this is closed. Nobody reads it: what became of it is asked
     * for.
     */
    private Closeable watch(Ref ref) throws IOException {
        var path = path(ref) + "?watch=true&fieldSelector=" + encode("metadata.name=" + ref.name());
        var response = answered("GET", path, request(path), InputStream.class);
        if (!response.isSuccessful()) {
            try (var body = response.body()) {
                throw new ApiException(response.code(), tree(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
            }
        }
        return response.body();
    }

    private String path(Ref ref) throws IOException {
        var served = require(ref.apiVersion(), ref.kind());
        return group(ref.apiVersion())
                + (served.namespaced ? "/namespaces/" + ref.namespaceOrDefault() : "")
                + "/" + served.plural;
    }

    private Served require(String apiVersion, String kind) throws IOException {
        return served(apiVersion, kind).orElseThrow(() -> new NoSuchKindException(apiVersion, kind));
    }

    private Optional<Served> served(String apiVersion, String kind) throws IOException {
        var kinds = discovered.get(apiVersion);
        if (kinds == null || !kinds.containsKey(kind)) {
            // What is not there may come with a CustomResourceDefinition, so only finds are kept.
            kinds = discover(apiVersion);
            discovered.put(apiVersion, kinds);
        }
        return Optional.ofNullable(kinds.get(kind));
    }

    private Map<String, Served> discover(String apiVersion) throws IOException {
        var kinds = new LinkedHashMap<String, Served>();
        try {
            for (var item : Tree.list(send("GET", group(apiVersion), "application/json", null), "resources")) {
                var resource = Tree.cast(item);
                if (!Tree.text(resource, "name").contains("/")) {
                    kinds.put(Tree.text(resource, "kind"),
                            new Served(Tree.text(resource, "name"), Boolean.TRUE.equals(resource.get("namespaced"))));
                }
            }
        } catch (ApiException refused) {
            if (!refused.notFound()) {
                throw refused;
            }
        }
        return kinds;
    }

    private static String group(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }

    private Map<String, Object> send(String method, String path, String type, Object body) throws IOException {
        var request = request(path).timeout(REQUEST_SECONDS, TimeUnit.SECONDS);
        if (body != null) {
            request.method(method, type, Json.write(body));
        }
        var response = answered(method, path, request, String.class);
        var answer =
                response.body() == null || response.body().isBlank() ? Map.<String, Object>of() : tree(response.body());
        if (!response.isSuccessful()) {
            throw new ApiException(response.code(), answer);
        }
        return answer;
    }

    private HttpRequest.Builder request(String path) {
        return client.getHttpClient().newHttpRequestBuilder().uri(server + path).header("Accept", "application/json");
    }

    private <T> HttpResponse<T> answered(String method, String path, HttpRequest.Builder request, Class<T> body)
            throws IOException {
        try {
            return client.getHttpClient().sendAsync(request.build(), body).get(REQUEST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IOException(method + " \"" + server + path + "\": " + failed.getCause().getMessage(),
                    failed.getCause());
        } catch (java.util.concurrent.TimeoutException late) {
            throw new IOException(method + " \"" + server + path + "\": no answer within " + REQUEST_SECONDS + " s",
                    late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static Map<String, Object> tree(String body) {
        // A proxy or an unready server may answer in plain text.
        return body.startsWith("{") ? Json.read(body) : Map.of("message", body.strip());
    }

    private static String dryRun(boolean dryRun) {
        return dryRun ? "&dryRun=All" : "";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
