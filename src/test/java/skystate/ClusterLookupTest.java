package skystate;

import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.NeedsTools;
import rehearsal.http.Loopback;
import skystate.cluster.ClusterLookup;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.engine.Background;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the program says of a kubeconfig that it can't read, a parser's own words quoting what it reads, and of answers
 * that are none; and what its look leaves behind.
 */
class ClusterLookupTest {

    private static final Set<String> WAITING =
            Set.of("jdk.internal.misc.Unsafe", "java.lang.Object", "java.lang.Thread");

    @TempDir
    private Path folder;

    @BeforeAll
    static void kubectl() {
        NeedsTools.kubectl();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "not a kubeconfig but\na-token",
            "users:\n- name: me\n  user: a-token",
            "users:\n- name: me\n  user:\n    token: a-token\n   contexts: [",
            "{\"users\": [{\"user\": {\"token\": \"a-token\"",
            "\n"})
    void malformedKubeconfigIsRefusedAndNoneOfItShown(String kubeconfig) throws IOException {
        var file = Files.writeString(folder.resolve("kubeconfig"), kubeconfig).toString();
        for (var given : List.of(kubeconfig, file)) {
            for (var context : List.of(Optional.of("my-context"), Optional.<String>empty())) {
                var refusal = assertThrows(RunException.class, () -> look(
                        new ClusterSettings(Optional.of(given), given.equals(kubeconfig), context, false, ""),
                        "skypilot"));
                assertTrue(refusal.getMessage().contains("nothing was changed"), refusal.getMessage());
                assertFalse(refusal.toString().contains("a-token"), refusal.toString());
            }
        }
    }

    @Test
    void leavesNoThreadThatTheJvmWaitsForAtItsExit() throws IOException {
        var before = inNativeCode();
        lookWhereAllIsAnswered(200, "{\"items\": []}");
        var left = inNativeCode();
        left.removeAll(before);
        assertEquals(Set.of(), left);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | <html>Sign in</html>                                              | is no Kubernetes API
            502 | <html>Bad gateway</html>                                          | HTTP status 502
            403 | {"kind": "Status", "message": "nodes is forbidden: User me …"} | so nothing was changed: nodes is \
            forbidden: User me …
            """)
    void whatElseIsAnsweredIsSaid(int status, String body, String said) {
        var refusal = assertThrows(RunException.class, () -> lookWhereAllIsAnswered(status, body));
        assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
    }

    private static void lookWhereAllIsAnswered(int status, String body) throws IOException {
        try (var api = Loopback.serve("api", exchange -> {
            try (exchange) {
                var answer = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, answer.length);
                exchange.getResponseBody().write(answer);
            }
        })) {
            look(new ClusterSettings(Optional.of("""
                    {"current-context": "it", "contexts": [{"name": "it", "context": {"cluster": "it"}}],
                     "clusters": [{"name": "it", "cluster": {"server": "http://%s"}}]}""".formatted(api.address())),
                    true, Optional.of("it"), false, ""), "skypilot");
        }
    }

    /** What waits in Java is none of them, although the JDK waits by native methods. */
    private static Set<Thread> inNativeCode() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(its -> its.getKey() != Thread.currentThread() && its.getValue().length > 0)
                .filter(its -> its.getValue()[0].isNativeMethod()
                        && !WAITING.contains(its.getValue()[0].getClassName()))
                .map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    @Test
    void whatHasNoWordsIsNamedByItsKind() {
        assertEquals("TimeoutException", Background.reason(new CompletionException(null, new TimeoutException())));
        assertEquals("connection refused", Background
                .reason(new CompletionException("Operation failed", new ConnectException("connection refused"))));
    }

    private static ClusterState look(ClusterSettings cluster, String namespace) {
        return ClusterLookup.look(StackRun.settings(cluster, namespace));
    }
}
