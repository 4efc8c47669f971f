package skystate;

import com.google.gson.JsonElement;
import skystate.config.Settings;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Looks, once a run has failed, at why the server's pods don't get ready: the provider and Helm tell no more than that it took too long. It is a help and never
 * a failure of its own: what doesn't answer at once is left out.
 */
final class PodLookup {

    /** The last of what is said of a pod: an image that can't be pulled is said in three warnings. */
    private static final int WARNINGS = 3;
    private static final int LONGEST = 300;

    private PodLookup() {
    }

    /**
     * A line for each of the last warnings on the release's pods that are not ready, the oldest first.
     *
     * @param cluster  how to reach the cluster
     * @param server   whose pods
     * @param patience how long the cluster may take to answer
     */
    static List<String> warnings(Settings.Cluster cluster, Settings.Server server, Duration patience) {
        return CompletableFuture.supplyAsync(() -> {
            try (var api = new ClusterApi(ClusterLookup.config(cluster))) {
                return ask(api, server);
            }
        }, Beginning::aside).completeOnTimeout(List.of(), patience.toMillis(), TimeUnit.MILLISECONDS).exceptionally(unanswered -> List.of()).join();
    }

    private static List<String> ask(ClusterApi api, Settings.Server server) {
        var within = "/api/v1/namespaces/" + server.namespace();
        var waiting = new LinkedHashMap<String, String>();
        api.items(within + "/pods").filter(pod -> name(pod).startsWith(server.release() + "-") && !ready(pod) && !leaving(pod))
                .forEach(pod -> waiting.put(ClusterLookup.text(pod, "metadata", "uid").orElse(""), name(pod)));
        if (waiting.isEmpty()) {
            return List.of();
        }
        var said = new LinkedHashMap<String, ArrayDeque<String>>();
        api.items(within + "/events?fieldSelector=" + URLEncoder.encode("type=Warning,involvedObject.kind=Pod", StandardCharsets.UTF_8))
                .sorted(Comparator.comparing(PodLookup::at)).forEach(event -> ClusterLookup.text(event, "involvedObject", "uid").filter(waiting::containsKey).ifPresent(uid -> {
                    var last = said.computeIfAbsent(uid, first -> new ArrayDeque<>());
                    last.addLast(line(waiting.get(uid), event, server.valuesSecret()));
                    if (last.size() > WARNINGS) {
                        last.removeFirst();
                    }
                }));
        return said.values().stream().flatMap(ArrayDeque::stream).distinct().toList();
    }

    /** A message may quote what the chart's values say, as the image's name. */
    private static String line(String pod, JsonElement event, boolean secret) {
        var message = secret ? "" : ": " + ClusterLookup.text(event, "message").orElse("").replaceAll("\\s+", " ");
        return "pod " + pod + ": " + ClusterLookup.text(event, "reason").orElse("") + (message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
    }

    private static boolean ready(JsonElement pod) {
        return ClusterLookup.at(pod, "status", "conditions").stream().flatMap(conditions -> conditions.getAsJsonArray().asList().stream())
                .anyMatch(condition -> ClusterLookup.text(condition, "type").equals(Optional.of("Ready"))
                        && ClusterLookup.text(condition, "status").equals(Optional.of("True")));
    }

    /** Being deleted, or at its end: an evicted pod stays, and another takes its place. */
    private static boolean leaving(JsonElement pod) {
        return ClusterLookup.at(pod, "metadata", "deletionTimestamp").isPresent()
                || List.of("Failed", "Succeeded").contains(ClusterLookup.text(pod, "status", "phase").orElse(""));
    }

    /** When it was last seen; the scheduler tells it elsewhere than the kubelet. */
    private static String at(JsonElement event) {
        return Stream.of(List.of("series", "lastObservedTime"), List.of("lastTimestamp"), List.of("eventTime"), List.of("metadata", "creationTimestamp"))
                .flatMap(path -> ClusterLookup.text(event, path.toArray(String[]::new)).stream()).findFirst().orElse("");
    }

    private static String name(JsonElement pod) {
        return ClusterLookup.text(pod, "metadata", "name").orElse("");
    }
}
