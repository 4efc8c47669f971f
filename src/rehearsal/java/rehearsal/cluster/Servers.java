package rehearsal.cluster;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running servers of a cluster, by pod. */
final class Servers {

    private final Logins logins;
    private final PodSecrets secrets;
    private final ServerConfig config;
    private final Map<String, Server> running = new ConcurrentHashMap<>();

    Servers(Logins logins, PodSecrets secrets, ServerConfig config) {
        this.logins = logins;
        this.secrets = secrets;
        this.config = config;
    }

    /** Starts the server in a running pod, once; on the first of its disks, should it have several. */
    void run(Mount mount) {
        running.computeIfAbsent(mount.uid(), uid -> {
            config.settle(mount);
            return Server.start(mount, logins, secrets.of(mount), () -> running.containsKey(uid));
        });
    }

    /** Ends the servers of all other pods. */
    void retain(Set<String> pods) {
        running.keySet().retainAll(pods);
    }

    List<Server> list() {
        return List.copyOf(running.values());
    }
}
