package rehearsal.cluster;

import rehearsal.google.Google;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running servers of a cluster, by pod. */
final class Servers {

    private final Google google;
    private final Map<String, Server> running = new ConcurrentHashMap<>();

    Servers(Google google) {
        this.google = google;
    }

    /** Starts the server in a running pod, once. A disk that the server of the pod already has is left at that. */
    void run(Mount mount) {
        running.computeIfAbsent(mount.uid(), uid -> Server.start(mount, google, () -> running.containsKey(uid)));
    }

    /** Ends the servers of all other pods. */
    void retain(Set<String> pods) {
        running.keySet().retainAll(pods);
    }

    List<Server> list() {
        return List.copyOf(running.values());
    }
}
