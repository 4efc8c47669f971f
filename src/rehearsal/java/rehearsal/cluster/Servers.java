package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import rehearsal.tools.SkyPilot;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running servers of a cluster, by pod. */
final class Servers {

    private static final Duration BACK_OFF = Duration.ofSeconds(10);

    private final Logins logins;
    private final PodSecrets secrets;
    private final ServerConfig config;
    private final Path home;
    private final Map<String, Server> running = new ConcurrentHashMap<>();
    private final Map<String, RealServer> starting = new ConcurrentHashMap<>();
    private final Map<String, Instant> ended = new HashMap<>();
    private volatile Real real;

    private record Real(SkyPilot sky, Map<String, String> tokens) {
    }

    /** @param home a folder for what servers have besides their state */
    Servers(Logins logins, PodSecrets secrets, ServerConfig config, Path home) {
        this.logins = logins;
        this.secrets = secrets;
        this.config = config;
        this.home = home;
    }

    /**
     * From now on a pod that is to run SkyPilot's server does. @param tokens the service account tokens that its users
     * keep
     */
    void serveWith(SkyPilot sky, Map<String, String> tokens) {
        real = new Real(sky, tokens);
    }

    /** Starts a pod's real server, if it is to have one. The pod doesn't get ready before its server is. */
    void begin(Pod pod, Mount mount) throws NotYet {
        var uid = mount.uid();
        if (real == null || running.containsKey(uid) || !runsSkyPilot(pod)) {
            return;
        }
        if (Instant.now().isBefore(ended.getOrDefault(uid, Instant.MIN))) {
            throw new NotYet();
        }
        var server = starting.computeIfAbsent(uid, anew -> {
            started(mount);
            return RealServer.start(real.sky(), mount, () -> logins.ofIngress(mount), secrets.of(mount),
                    secrets.environment(pod), real.tokens(), home.resolve(uid));
        });
        if (!server.isAlive()) {
            var words = server.lastWords();
            starting.remove(uid).close();
            ended.put(uid, Instant.now().plus(BACK_OFF));
            throw new NotYet("BackOff",
                    "Back-off restarting failed container skypilot-api in pod " + mount.pod() + ": " + words);
        }
        if (!server.isHealthy()) {
            throw new NotYet();
        }
    }

    /** The server of a running pod, once; on the first of its disks, should it have several. */
    void run(Mount mount) {
        var uid = mount.uid();
        if (!mount.store().attached()) {
            // It would write on to what another machine has by now.
            if (running.get(uid) instanceof RealServer server) {
                server.close();
            }
            return;
        }
        running.computeIfAbsent(uid, anew -> {
            var server = starting.remove(uid);
            if (server != null) {
                return server;
            }
            started(mount);
            return LightServer.start(mount, logins, secrets.of(mount), () -> running.containsKey(uid));
        });
    }

    /** Ends the servers of all other pods. */
    void retain(Set<String> pods) {
        for (var some : List.of(starting, running)) {
            some.entrySet().removeIf(each -> {
                if (pods.contains(each.getKey())) {
                    return false;
                }
                each.getValue().close();
                return true;
            });
        }
        ended.keySet().retainAll(pods);
    }

    List<Server> list() {
        return List.copyOf(running.values());
    }

    private void started(Mount mount) {
        config.settle(mount);
        mount.store().append(Server.STARTS,
                Instant.now() + " " + mount.namespace() + "/" + mount.pod() + " on " + mount.node() + "\n");
    }

    private static boolean runsSkyPilot(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .anyMatch(container -> String.join(" ", container.getArgs()).contains("sky api start"));
    }
}
