package skystate;

import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.cluster.Cluster;
import rehearsal.cluster.ClusterSpec;
import rehearsal.cluster.TestCluster;
import skystate.cluster.ClusterLookup;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.engine.Background;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every way to a real control plane that a kubeconfig describes, and what is said where there is none. */
class KubectlIT {

    private static final ClusterSpec SPEC = new ClusterSpec("p", "sky", List.of("us-east5-b", "us-east5-c"), 1);
    /** By which the control plane's certificate knows it too; no resolver does. */
    private static final String NAME = "kubernetes.default";

    @TempDir
    static Path home;

    @AutoClose
    private static TestCluster world;
    private static Cluster cluster;
    private static String kubeconfig;

    @BeforeAll
    static void start() throws IOException {
        NeedsTools.kubectl();
        world = TestCluster.start(home, SPEC);
        cluster = world.cluster();
        kubeconfig = Files.readString(cluster.kubeconfig());
    }

    @Test
    @DisplayName("the contents of a kubeconfig serve as well as its path, with their own current context or another")
    void contents() throws IOException {
        assertReached(contents(kubeconfig, Optional.empty()));
        assertReached(contents(kubeconfig, Optional.of(SPEC.context())));
        var noneIsCurrent = kubeconfig.replaceFirst("(?m)^current-context:.*\n", "");
        assertReached(contents(noneIsCurrent, Optional.of(SPEC.context())));
        assertRefused(contents(noneIsCurrent, Optional.empty()), "the kubeconfig has no current context:"
                + " pulumi config set context CONTEXT");
        var goneIsCurrent = noneIsCurrent + "\ncurrent-context: gone\n";
        assertRefused(contents(goneIsCurrent, Optional.empty()), "context was not found for specified context: gone");
    }

    @Test
    @DisplayName("KUBECONFIG may name several files, of which one has the context and another the cluster")
    void severalFiles() throws IOException {
        var contexts = Files.writeString(home.resolve("contexts"),
                kubeconfig.replaceFirst("(?s)clusters:.*?\nusers:", "users:"));
        var clusters = Files.writeString(home.resolve("clusters"), kubeconfig.replaceFirst("(?s)users:.*", ""));
        assertReached(ambient(contexts + File.pathSeparator + clusters));
        assertReached(ambient(cluster.kubeconfig().toString()));
        assertRefused(ambient(contexts.toString()), "connect: connection refused");
    }

    @Test
    @DisplayName("a cluster behind a proxy, that the kubeconfig or HTTPS_PROXY names")
    void proxies() throws IOException {
        var server = URI.create(kubeconfig.replaceFirst("(?s).*server: (\\S+).*", "$1"));
        try (var proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            tunnel(proxy, server.getPort());
            var url = "http://127.0.0.1:" + proxy.getLocalPort();
            var named = kubeconfig.replace(server.toString(), "https://" + NAME);
            assertReached(contents(named.replaceFirst("(server: .*)", "$1\n    proxy-url: " + url), Optional.empty()));
            var kubectl = System.getProperty("skystate.kubectl");
            var proxied = script("proxied", "HTTPS_PROXY=" + url + " exec " + kubectl + " \"$@\"");
            System.setProperty("skystate.kubectl", proxied.toString());
            assertReached(contents(named, Optional.empty()));
            System.setProperty("skystate.kubectl", kubectl);
            assertRefused(contents(named, Optional.empty()), "lookup " + NAME);
        }
    }

    @Test
    @DisplayName("a cluster whose certificate has another name, which the kubeconfig tells")
    void serverName() {
        var localhost = kubeconfig.replace("https://127.0.0.1", "https://localhost");
        assertReached(contents(localhost.replaceFirst("(server: .*)", "$1\n    tls-server-name: " + NAME),
                Optional.empty()));
        assertRefused(contents(localhost, Optional.empty()), "x509: certificate is valid for");
    }

    @Test
    @DisplayName("a plugin that logs in, as that of GKE does, runs once; where it fails, its own words are shown")
    void plugin() throws IOException {
        var runs = home.resolve("runs");
        var token = "echo run >> " + runs + "; echo '{\"kind\": \"ExecCredential\", \"apiVersion\":"
                + " \"client.authentication.k8s.io/v1beta1\", \"status\": {\"token\": \"%s\"}}'";
        assertReached(byPlugin(script("good", token.formatted(world.google().token()))));
        assertEquals(1, Files.readAllLines(runs).size());
        assertRefused(byPlugin(script("expired", token.formatted("expired"))), "Unauthorized");
        assertRefused(byPlugin(script("failing", "echo 'You do not have an active account selected.' >&2; exit 3")),
                "failed with exit code 3\nYou do not have an active account selected.\n");
        assertRefused(byPlugin("no-such-plugin"), "exec: executable no-such-plugin not found");
    }

    @Test
    @DisplayName("a context that isn't there is refused, whatever context is current")
    void missingContext() {
        var gone = "gke_p_us-east5-b_gone";
        assertRefused(file(cluster.kubeconfig(), gone), "context \"" + gone + "\" does not exist");
        assertRefused(contents(kubeconfig, Optional.of(gone)), "context \"" + gone + "\" does not exist");
    }

    @Test
    @DisplayName("a cluster that is gone is refused, with what could not be checked")
    void unreachable() throws IOException {
        var dead = Files.writeString(home.resolve("dead"),
                kubeconfig.replaceFirst("server: .*", "server: https://127.0.0.1:1"));
        assertEquals("The cluster of context " + SPEC.context() + " could not be asked, so nothing was changed:"
                + " dial tcp 127.0.0.1:1: connect: connection refused\n"
                + "Not checked: the zones and the project of its nodes, and whether it runs another stack's server.\n"
                + "See that this works, and run the same command again:\n"
                + "  kubectl --kubeconfig " + dead + " --context " + SPEC.context() + " get nodes,pv",
                refusal(file(dead, SPEC.context())));
    }

    private static void assertReached(ClusterSettings cluster) {
        assertEquals(2, look(cluster).nodes().size());
    }

    private static void assertRefused(ClusterSettings cluster, String words) {
        var refusal = refusal(cluster);
        assertTrue(refusal.contains("could not be asked, so nothing was changed: "), refusal);
        assertTrue(refusal.contains(words), refusal);
    }

    private static String refusal(ClusterSettings cluster) {
        return assertThrows(RunException.class, () -> look(cluster)).getMessage();
    }

    private static ClusterState look(ClusterSettings cluster) {
        return ClusterLookup.look(StackRun.settings(cluster, "skypilot"));
    }

    private static ClusterSettings contents(String kubeconfig, Optional<String> context) {
        return new ClusterSettings(Optional.of(kubeconfig), true, context, false, "");
    }

    private static ClusterSettings file(Path kubeconfig, String context) {
        return new ClusterSettings(Optional.of(kubeconfig.toString()), false, Optional.of(context), false, "");
    }

    private static ClusterSettings ambient(String files) {
        return new ClusterSettings(Optional.empty(), false, Optional.of(SPEC.context()), false, files);
    }

    private static ClusterSettings byPlugin(Object plugin) {
        return contents(kubeconfig.replaceFirst("token: .*", "exec: {apiVersion: client.authentication.k8s.io/v1beta1,"
                + " interactiveMode: Never, command: " + plugin + "}"), Optional.of(SPEC.context()));
    }

    private static Path script(String name, String lines) throws IOException {
        var script = Files.writeString(home.resolve(name), "#!/bin/sh\n" + lines + "\n");
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }

    /** An HTTP proxy that leads to one port of this machine, whatever name is asked for. */
    private static void tunnel(ServerSocket proxy, int port) {
        aside(() -> {
            while (true) {
                var client = proxy.accept();
                var head = client.getInputStream();
                for (var last = ""; !last.endsWith("\r\n\r\n");) {
                    last += (char) head.read();
                }
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
                aside(() -> server.getInputStream().transferTo(client.getOutputStream()));
                aside(() -> head.transferTo(server.getOutputStream()));
            }
        });
    }

    private static void aside(Callable<?> work) {
        Background.start(new FutureTask<>(work));
    }
}
