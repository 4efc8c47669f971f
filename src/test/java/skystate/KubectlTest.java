package skystate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.http.Loopback;
import skystate.cluster.JsonPath;
import skystate.cluster.Kubectl;
import skystate.config.ClusterSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How kubectl is run, and what is left of it. {@link KubectlIT} has what it reaches. */
class KubectlTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String PROGRAM = "skystate.kubectl";

    @TempDir
    private Path folder;
    private String kubectl;

    @BeforeEach
    void kubectl() {
        NeedsTools.kubectl();
        kubectl = System.getProperty(PROGRAM);
    }

    @AfterEach
    void another() {
        System.setProperty(PROGRAM, kubectl);
    }

    @Test
    @DisplayName("the file with a kubeconfig's contents is open to this user only, and goes, as the socket does")
    void files() throws IOException {
        var seen = folder.resolve("seen");
        System.setProperty(PROGRAM, script("listing", "ls -ld \"$2\" \"$(dirname \"$2\")\" >> " + seen
                + "; exec " + kubectl + " \"$@\"").toString());
        for (var contents : List.of(at("http://127.0.0.1:1", ""), "contexts: {}\ncurrent-context: it\n")) {
            var cluster = cluster(contents);
            assertThrows(Kubectl.Failure.class, () -> ask(cluster, TIMEOUT));
        }
        var lines = Files.readAllLines(seen);
        assertEquals(4, lines.size(), lines::toString);
        for (var line : lines) {
            assertTrue(line.matches(".rw[-x]------.*"), line);
            assertFalse(Files.exists(Path.of(line.replaceFirst(".* ", ""))), line);
        }
    }

    @Test
    @DisplayName("without kubectl it says what to install")
    void missing() {
        System.setProperty(PROGRAM, folder.resolve("kubectl").toString());
        var refusal = assertThrows(Kubectl.Failure.class, () -> ask(cluster(at("http://127.0.0.1:1", "")), TIMEOUT));
        assertTrue(refusal.getMessage().contains("This program needs kubectl on the PATH: https://kubernetes.io/"),
                refusal::getMessage);
    }

    @Test
    @DisplayName("kubectl that hangs, or the plugin that logs in, is killed when the time is over, and said so")
    void hanging() throws IOException, InterruptedException {
        var pid = folder.resolve("pid");
        var hanging = script("hanging", "echo $$ > " + pid + "; sleep 600");
        var byPlugin = at("https://127.0.0.1:1", "exec: {apiVersion: client.authentication.k8s.io/v1beta1,"
                + " interactiveMode: Never, command: " + hanging + "}");
        for (var program : List.of(kubectl, hanging.toString())) {
            System.setProperty(PROGRAM, program);
            var refusal = assertThrows(Kubectl.Failure.class, () -> ask(cluster(byPlugin), Duration.ofSeconds(4)));
            // The shell that ran the plugin may say "Killed".
            assertTrue(refusal.getMessage().startsWith("no answer within 4 s"), refusal::getMessage);
            var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
            for (var wait = 0; wait < 100 && process.filter(ProcessHandle::isAlive).isPresent(); wait++) {
                Thread.sleep(50);
            }
            assertFalse(process.filter(ProcessHandle::isAlive).isPresent());
            Files.delete(pid);
        }
    }

    @Test
    @DisplayName("an address with a path is asked under that path, and for no data of a Secret")
    void requests() throws IOException {
        try (var api = Loopback.serve("api", exchange -> {
            try (exchange) {
                var asked = "{\"asked\": \"" + exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Accept") + "\"}";
                exchange.sendResponseHeaders(200, asked.length());
                exchange.getResponseBody().write(asked.getBytes());
            }
        }); var kubectl = new Kubectl(cluster(at("http://" + api.address() + "/clusters/it", "")), TIMEOUT)) {
            assertEquals("/clusters/it/version?a=b application/json", asked(kubectl, "/version?a=b"));
            var secrets = "/api/v1/namespaces/it/secrets?labelSelector=a";
            assertTrue(asked(kubectl, secrets).startsWith(
                    "/clusters/it" + secrets + " application/json;as=PartialObjectMetadataList;"));
        }
    }

    private static String asked(Kubectl kubectl, String path) {
        return JsonPath.text(kubectl.ask(path).get().orElseThrow(), "asked").orElseThrow();
    }

    private static void ask(ClusterSettings cluster, Duration timeout) {
        try (var kubectl = new Kubectl(cluster, timeout)) {
            kubectl.ask("/version").get();
        }
    }

    private static ClusterSettings cluster(String contents) {
        return new ClusterSettings(Optional.of(contents), true, Optional.empty(), false, "");
    }

    private static String at(String server, String user) {
        return """
                apiVersion: v1
                kind: Config
                current-context: it
                clusters: [{name: it, cluster: {server: "%s"}}]
                users: [{name: it, user: {%s}}]
                contexts: [{name: it, context: {cluster: it, user: it}}]
                """.formatted(server, user);
    }

    private Path script(String name, String lines) throws IOException {
        var script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + lines + "\n");
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }
}
