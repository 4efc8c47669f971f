package skystate;

import com.pulumi.exceptions.RunException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.config.Settings;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the program says of a kubeconfig that it can't read: a parser's own words quote what it reads. */
class ClusterLookupTest {

    @TempDir
    private Path folder;

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
                var refusal = assertThrows(RunException.class, () -> ClusterLookup.look(
                        new Settings.Cluster(Optional.empty(), Optional.of(given), true, context, false), "skypilot"));
                assertTrue(refusal.getMessage().contains("nothing was changed"), refusal.getMessage());
                assertFalse(refusal.toString().contains("a-token"), refusal.toString());
            }
        }
    }

    @Test
    void whatHasNoWordsIsNamedByItsKind() {
        assertEquals("TimeoutException", ClusterLookup.reason(new KubernetesClientException((String) null, new TimeoutException())));
        assertEquals("connection refused", ClusterLookup.reason(new KubernetesClientException("Operation failed", new ConnectException("connection refused"))));
    }
}
