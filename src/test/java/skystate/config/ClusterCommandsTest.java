package skystate.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A printed line reaches the cluster that the program looked at, whatever KUBECONFIG says where it is typed. */
class ClusterCommandsTest {

    private static final String WRITE = "(umask 077 && pulumi config get kubeconfig > sky-api-server.kubeconfig)";

    @Test
    void defaultKubeconfigIsNamed() {
        var cluster = GivenConfig.complete().read().cluster();
        assertEquals("kubectl --kubeconfig ~/.kube/config --context my-context", cluster.kubectl());
        assertEquals("helm --kubeconfig ~/.kube/config --kube-context my-context", cluster.helm());
        assertEquals("  one\n  two", cluster.lines("one", "two"));
    }

    @Test
    void whatKubeconfigSaidIsSaidAgain() {
        assertEquals("kubectl --kubeconfig /a/b.yaml --context my-context",
                GivenConfig.complete().ambient("/a/b.yaml").read().cluster().kubectl());
        var several = GivenConfig.complete().ambient("/a/b.yaml:/c d.yaml").read().cluster();
        assertEquals("KUBECONFIG='/a/b.yaml:/c d.yaml' kubectl --context my-context", several.kubectl());
        assertEquals("KUBECONFIG='/a/b.yaml:/c d.yaml' helm --kube-context my-context", several.helm());
    }

    @Test
    void configsOwnFileGoesBeforeAndIsAbsolute(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("it's b.yaml"), "{}");
        var cluster = GivenConfig.complete().ambient("/a/a.yaml").with("kubeconfig", file.toString())
                .with("context", "my context").read().cluster();
        assertEquals("kubectl --kubeconfig '" + folder + "/it'\\''s b.yaml' --context 'my context'", cluster.kubectl());
        var relative = Path.of("").toAbsolutePath().relativize(file).toString();
        assertEquals(cluster.kubectl(), GivenConfig.complete().with("kubeconfig", relative)
                .with("context", "my context").read().cluster().kubectl());
    }

    @Test
    void contentsAreWrittenToAFileFirst() {
        var cluster = GivenConfig.complete().without("context")
                .withSecret("kubeconfig", "apiVersion: v1\nkind: Config\n").read().cluster();
        assertEquals("kubectl --kubeconfig sky-api-server.kubeconfig", cluster.kubectl());
        assertEquals("  " + WRITE + "    # once: these lines need it as a file\n  " + cluster.kubectl() + " get pv",
                cluster.lines(cluster.kubectl() + " get pv"));
    }

    @Test
    void secretPathIsNotShown(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("b.yaml"), "{}");
        assertEquals("kubectl --kubeconfig \"$(pulumi config get kubeconfig)\" --context my-context",
                GivenConfig.complete().withSecret("kubeconfig", file.toString()).read().cluster().kubectl());
    }
}
