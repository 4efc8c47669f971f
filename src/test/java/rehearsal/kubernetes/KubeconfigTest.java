package rehearsal.kubernetes;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("Which cluster a kubeconfig means")
class KubeconfigTest {

    private static final String TWO = """
            apiVersion: v1
            kind: Config
            current-context: first
            contexts:
            - {name: first, context: {cluster: one, user: me, namespace: here}}
            - {name: second, context: {cluster: two, user: me}}
            clusters:
            - {name: one, cluster: {server: "https://one", certificate-authority: ca.pem}}
            - {name: two, cluster: {server: "https://two"}}
            users:
            - {name: me, user: {token: t}}
            """;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("The provider's context and cluster win over the file's; the effective one has nothing else in it")
    void overrides() {
        var two = Kubeconfig.parse(TWO, folder, Map.of());
        assertEquals("https://one", Tree.text(two.activeCluster("", "").orElseThrow(), "server"));
        assertEquals("https://two", Tree.text(two.activeCluster("second", "").orElseThrow(), "server"));
        assertEquals("https://two", Tree.text(two.activeCluster("first", "two").orElseThrow(), "server"));
        assertEquals("here", two.effective("", "").namespace(""));
        assertEquals("default", two.effective("second", "").namespace(""));
        assertTrue(!two.effective("second", "").yaml().contains("https://one"));
    }

    @Test
    @DisplayName("A context that is not there, or none at all, is refused in kubectl's words")
    void refusals() {
        var two = Kubeconfig.parse(TWO, folder, Map.of());
        assertEquals("context \"third\" does not exist",
                assertThrows(IllegalArgumentException.class, () -> two.effective("third", "")).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> Kubeconfig.ambient(folder, Map.of("HOME", folder.toString())).effective("", ""))
                .getMessage().startsWith("invalid configuration: no configuration has been provided"));
        assertThrows(IllegalArgumentException.class, () -> Kubeconfig.parse("no/such/file", folder, Map.of()));
    }

    @Test
    @DisplayName("A path is relative to the plugin's directory or to ~, and paths in the file are relative to the file")
    void files() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("sub")).resolve("config"), TWO);
        for (var path : new String[]{"sub/config", "~/sub/config"}) {
            var read = Kubeconfig.parse(path, folder, Map.of("HOME", folder.toString()));
            assertEquals(folder.resolve("sub/ca.pem").toString(),
                    Tree.text(read.activeCluster("", "").orElseThrow(), "certificate-authority"));
        }
    }

    @Test
    @DisplayName("KUBECONFIG may name several files: the first to name something wins")
    void merged() throws IOException {
        var first = Files.writeString(folder.resolve("a"), TWO);
        var second = Files.writeString(folder.resolve("b"),
                TWO.replace("https://one", "https://late").replace("second", "third").replace("current-context: first",
                        "current-context: third"));
        var merged = Kubeconfig.ambient(folder, Map.of("KUBECONFIG", first + File.pathSeparator + second));
        assertEquals("https://one", Tree.text(merged.activeCluster("", "").orElseThrow(), "server"));
        assertEquals("https://two", Tree.text(merged.activeCluster("third", "").orElseThrow(), "server"));
    }
}
