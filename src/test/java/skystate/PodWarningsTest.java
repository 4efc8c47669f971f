package skystate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import rehearsal.NeedsTools;
import rehearsal.http.Loopback;
import skystate.cluster.PodWarnings;
import skystate.config.ClusterSettings;
import skystate.config.GivenConfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("What is said, after a failure, of pods that are not ready, is")
class PodWarningsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String PULL = "Failed to pull image \"registry.invalid/skypilot:none\": no such host";

    private final CountDownLatch closing = new CountDownLatch(1);
    private Loopback api;
    private String pods = "";
    private String events = "";

    @BeforeAll
    static void kubectl() {
        NeedsTools.kubectl();
    }

    @BeforeEach
    void start() throws IOException {
        api = Loopback.serve("pods", exchange -> {
            try (exchange) {
                var path = exchange.getRequestURI().getPath();
                if (path.startsWith("/api/v1/namespaces/silent/")) {
                    closing.await();
                } else {
                    var answer = ("{\"items\": [" + (path.endsWith("/pods") ? pods : events) + "]}")
                            .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void stop() {
        closing.countDown();
        api.close();
    }

    @Test
    @DisplayName("the last three warnings of each, the oldest first, whoever tells when")
    void warnings() {
        pods = pod("skypilot-api-server-a", "Pending", "False");
        events = events(event("skypilot-api-server-a", "Failed", PULL, "\"lastTimestamp\": \"2026-11-23T10:00:02Z\""),
                event("skypilot-api-server-a", "Failed", "Error: ImagePullBackOff",
                        "\"lastTimestamp\": \"2026-11-23T10:00:04Z\""),
                event("skypilot-api-server-a", "Failed", "Error: ErrImagePull",
                        "\"lastTimestamp\": \"2026-11-23T10:00:03Z\""),
                event("skypilot-api-server-a", "FailedScheduling", "no nodes",
                        "\"lastTimestamp\": null, \"eventTime\": \"2026-11-23T10:00:01.000000Z\""));

        assertEquals(List.of("pod skypilot-api-server-a: Failed: " + PULL,
                "pod skypilot-api-server-a: Failed: Error: ErrImagePull",
                "pod skypilot-api-server-a: Failed: Error: ImagePullBackOff"), look(GivenConfig.complete()));
    }

    @Test
    @DisplayName("nothing of one that is ready, evicted, being deleted, or of another release")
    void othersPods() {
        pods = String.join(",", pod("skypilot-api-server-ready", "Running", "True"),
                pod("skypilot-api-server-evicted", "Failed", "False"),
                pod("skypilot-api-server-leaving", "Running", "False").replace("\"uid\"",
                        "\"deletionTimestamp\": \"2026-11-23T10:00:00Z\", \"uid\""),
                pod("database-0", "Pending", "False"));
        events = events(List
                .of("skypilot-api-server-ready", "skypilot-api-server-evicted", "skypilot-api-server-leaving",
                        "database-0")
                .stream()
                .map(pod -> event(pod, "Failed", "it failed", "\"lastTimestamp\": \"2026-11-23T10:00:00Z\""))
                .toArray(String[]::new));

        assertEquals(List.of(), look(GivenConfig.complete()));
    }

    @Test
    @DisplayName("without its message, which may quote them, where the chart's values are secret")
    void secretValues() {
        pods = pod("skypilot-api-server-a", "Pending", "False");
        events = event("skypilot-api-server-a", "Failed", PULL, "\"lastTimestamp\": \"2026-11-23T10:00:00Z\"");

        assertEquals(List.of("pod skypilot-api-server-a: Failed"), look(GivenConfig.complete().withSecret("values",
                "{\"apiService\": {\"image\": \"registry.invalid/skypilot:none\"}}")));
    }

    @Test
    @DisplayName("in one line each, and cut off where it is long")
    void longMessages() {
        pods = pod("skypilot-api-server-a", "Pending", "False");
        events = event("skypilot-api-server-a", "Failed", "two\\nlines " + "x".repeat(1000),
                "\"lastTimestamp\": \"2026-11-23T10:00:00Z\"");

        var line = look(GivenConfig.complete()).get(0);

        assertTrue(line.startsWith("pod skypilot-api-server-a: Failed: two lines xxx"), line);
        assertTrue(line.length() < 400 && line.endsWith("…"), line);
    }

    @Test
    @DisplayName("nothing, if the cluster is out of reach or doesn't answer at once: it is a help, and no failure of "
            + "its own")
    void noAnswer() {
        assertEquals(List.of(), PodWarnings.of(cluster(),
                GivenConfig.complete().with("namespace", "silent").read().server(), Duration.ofMillis(300)));
        stop();
        assertEquals(List.of(), look(GivenConfig.complete()));
    }

    private List<String> look(GivenConfig config) {
        return PodWarnings.of(cluster(), config.read().server(), TIMEOUT);
    }

    private ClusterSettings cluster() {
        return new ClusterSettings(Optional.of("""
                apiVersion: v1
                kind: Config
                current-context: it
                clusters: [{name: it, cluster: {server: "http://%s"}}]
                users: [{name: it, user: {token: none}}]
                contexts: [{name: it, context: {cluster: it, user: it}}]
                """.formatted(api.address())), true, Optional.of("it"), false, "");
    }

    private static String pod(String name, String phase, String ready) {
        return "{\"metadata\": {\"name\": \"" + name + "\", \"uid\": \"uid of " + name
                + "\"}, \"status\": {\"phase\": \"" + phase
                + "\", \"conditions\": [{\"type\": \"PodScheduled\", \"status\": \"True\"}, {\"type\": \"Ready\", "
                + "\"status\": \""
                + ready + "\"}]}}";
    }

    private static String event(String pod, String reason, String message, String time) {
        return "{\"metadata\": {\"creationTimestamp\": \"2026-11-23T09:00:00Z\"}, \"involvedObject\": {\"kind\": "
                + "\"Pod\", \"uid\": \"uid of "
                + pod + "\"}, \"reason\": \"" + reason
                + "\", \"message\": \"" + message.replace("\"", "\\\"") + "\", " + time + "}";
    }

    private static String events(String... events) {
        return List.of(events).stream().collect(joining(","));
    }
}
