package skystate;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Asks a cluster's API, by the connection and the login that a kubeconfig tells. The answers are read as they come: the library's own model of
 * them takes longer to load than all else that a preview does. Closed, it leaves no thread behind; the JDK's own HTTP client does, for which a JVM
 * waits at its exit (see {@link EngineChannels}).
 */
final class ClusterApi implements AutoCloseable {

    private static final HttpClient.Factory HTTP = new OkHttpClientFactory();
    private static final int NOT_FOUND = 404;

    private final HttpClient client;
    private final String server;
    private final int patienceMillis;

    /** @param config how to reach it, and how long a request may take */
    ClusterApi(Config config) {
        client = HTTP.newBuilder(config).build();
        server = config.getMasterUrl().replaceFirst("/$", "");
        patienceMillis = config.getRequestTimeout();
    }

    /**
     * What is at a path, if anything is.
     *
     * @throws KubernetesClientException if the cluster doesn't answer, or refuses
     */
    Optional<JsonElement> find(String path) {
        return ask(path).get();
    }

    /** What a list at a path has; nothing if there is none. */
    Stream<JsonElement> items(String path) {
        return items(ask(path));
    }

    /** What a list has that was asked for. */
    static Stream<JsonElement> items(Supplier<Optional<JsonElement>> asked) {
        return asked.get().flatMap(list -> ClusterLookup.at(list, "items")).stream().flatMap(items -> items.getAsJsonArray().asList().stream());
    }

    /** Asks what is at a path. What is returned waits for the answer, as {@link #find} does; so several requests can be under way at once. */
    Supplier<Optional<JsonElement>> ask(String path) {
        var sent = client.sendAsync(client.newHttpRequestBuilder().uri(server + path).build(), String.class).orTimeout(patienceMillis, TimeUnit.MILLISECONDS);
        return () -> answered(sent);
    }

    private Optional<JsonElement> answered(CompletableFuture<HttpResponse<String>> sent) {
        try {
            var answer = sent.join();
            if (answer.code() == NOT_FOUND) {
                return Optional.empty();
            }
            if (!answer.isSuccessful()) {
                throw new KubernetesClientException(refusal(answer));
            }
            return Optional.of(JsonParser.parseString(answer.body()));
        } catch (JsonParseException notKubernetes) {
            throw new KubernetesClientException("what answers at " + server + " is no Kubernetes API");
        } catch (CompletionException unanswered) {
            throw new KubernetesClientException("no answer from " + server, unanswered.getCause());
        }
    }

    /** In the API server's own words, but for one that stands before it and has others. */
    private static String refusal(HttpResponse<String> answer) {
        var status = "HTTP status " + answer.code();
        try {
            return ClusterLookup.text(JsonParser.parseString(answer.body()), "message").orElse(status);
        } catch (JsonParseException | IllegalStateException notKubernetes) {
            return status;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
