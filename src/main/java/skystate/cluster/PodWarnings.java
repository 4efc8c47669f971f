package skystate.cluster;

import com.google.gson.JsonElement;
import skystate.config.ClusterSettings;
import skystate.config.ServerSettings;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;

/**
 * Says, once a run has failed, why the server's pods are not ready: the provider and Helm say no more than that it took
 * too long. It helps, and never fails itself: a cluster that does not answer at once is left out.
 */
public final class PodWarnings {

    /** As many of the last warnings of a pod: an image that can't be pulled comes to three. */
    private static final int WARNINGS = 3;
    private static final int LONGEST = 300;

    private PodWarnings() {
    }

    /**
     * A line for each of the last warnings on the release's pods that are not ready, the oldest first.
     *
     * @param cluster how to reach the cluster
     * @param server  whose pods
     * @param timeout how long the cluster may take to answer
     */
    public static List<String> of(ClusterSettings cluster, ServerSettings server, Duration timeout) {
        var within = "/api/v1/namespaces/" + server.namespace();
        try (var kubectl = new Kubectl(cluster, timeout)) {
            var pods = kubectl.list(within + "/pods");
            var events = kubectl.list(within + "/events?fieldSelector=type%3DWarning%2CinvolvedObject.kind%3DPod");
            var waiting = pods.get().filter(pod -> name(pod).startsWith(server.release() + "-") && !ready(pod))
                    .filter(pod -> !terminating(pod))
                    .collect(toMap(pod -> text(pod, "metadata", "uid"), PodWarnings::name, (one, same) -> one));
            var warnings = new LinkedHashMap<String, ArrayDeque<String>>();
            events.get().filter(event -> waiting.containsKey(uid(event)))
                    .sorted(Comparator.comparing(PodWarnings::time)).forEach(event -> {
                        var last = warnings.computeIfAbsent(uid(event), first -> new ArrayDeque<>());
                        last.addLast(line(waiting.get(uid(event)), event, server.valuesSecret()));
                        if (last.size() > WARNINGS) {
                            last.removeFirst();
                        }
                    });
            return warnings.values().stream().flatMap(ArrayDeque::stream).distinct().toList();
        } catch (Kubectl.Failure unanswered) {
            return List.of();
        }
    }

    /** A message may quote the chart's values, such as the image's name. */
    private static String line(String pod, JsonElement event, boolean secret) {
        var message = secret ? "" : ": " + text(event, "message").replaceAll("\\s+", " ");
        return "pod " + pod + ": " + text(event, "reason")
                + (message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
    }

    private static boolean ready(JsonElement pod) {
        return JsonPath.list(pod, "status", "conditions")
                .anyMatch(its -> text(its, "type").equals("Ready") && text(its, "status").equals("True"));
    }

    /** Or ended already: an evicted pod stays, and another takes its place. */
    private static boolean terminating(JsonElement pod) {
        return JsonPath.at(pod, "metadata", "deletionTimestamp").isPresent()
                || List.of("Failed", "Succeeded").contains(text(pod, "status", "phase"));
    }

    /** When it was last seen; the scheduler writes it elsewhere than the kubelet. */
    private static String time(JsonElement event) {
        return Stream.of(text(event, "series", "lastObservedTime"), text(event, "lastTimestamp"),
                text(event, "eventTime"), text(event, "metadata", "creationTimestamp"))
                .filter(time -> !time.isEmpty()).findFirst().orElse("");
    }

    private static String uid(JsonElement event) {
        return text(event, "involvedObject", "uid");
    }

    private static String name(JsonElement pod) {
        return text(pod, "metadata", "name");
    }

    private static String text(JsonElement object, String... path) {
        return JsonPath.text(object, path).orElse("");
    }
}
