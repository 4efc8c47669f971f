package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ControlPlaneIT {

    private static Tools tools;

    @TempDir
    Path home;

    @BeforeAll
    static void findTools() {
        tools = NeedsTools.get();
    }

    @Test
    void twoRunSideBySideAndCloseFreesWhatTheyTook() throws IOException {
        int port;
        try (var one = ControlPlane.start(tools, home.resolve("one"), "one");
                var other = ControlPlane.start(tools, home.resolve("other"), "other")) {
            assertEquals("v1.36.3", one.client().getKubernetesVersion().getGitVersion());
            assertNotEquals(one.server(), other.server());
            one.client().namespaces().resource(new NamespaceBuilder()
                    .withNewMetadata().withName("only-in-one").endMetadata().build()).create();
            assertNull(other.client().namespaces().withName("only-in-one").get());
            assertTrue(Files.readString(one.kubeconfig()).contains("current-context: one"));
            port = URI.create(one.server()).getPort();
            assertThrows(IOException.class, () -> listen(port), "the port is taken");
        }
        assertEquals(List.of(), processesOf(home));
        listen(port);
    }

    @Test
    void aKilledJvmLeavesNoProcess() throws Exception {
        var owner = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
                System.getProperty("java.class.path"), Owner.class.getName(), home.resolve("owned").toString())
                .redirectErrorStream(true).start();
        var output = owner.inputReader();
        var line = output.readLine();
        while (line != null && !line.equals("ready")) {
            line = output.readLine();
        }
        assertEquals("ready", line);
        assertTrue(processesOf(home).size() >= 4, "etcd and three of Kubernetes");

        owner.destroyForcibly().waitFor();

        var deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!processesOf(home).isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        assertEquals(List.of(), processesOf(home));
    }

    @Test
    void aProcessThatDoesNotStartIsNamedWithTheEndOfItsLog() throws IOException {
        Files.writeString(home.resolve("etcd"), "a file where the data folder is to be");

        var failed = assertThrows(IllegalStateException.class, () -> ControlPlane.start(tools, home, "one"));

        assertTrue(failed.getMessage().startsWith("etcd ended with code"), failed.getMessage());
        assertTrue(failed.getMessage().contains("not a directory"), failed.getMessage());
        assertEquals(List.of(), processesOf(home));
    }

    /** What the JVM that is killed does. */
    static final class Owner {

        public static void main(String[] arguments) throws InterruptedException {
            var controlPlane = ControlPlane.start(Tools.get(System.err::println), Path.of(arguments[0]), "owned");
            System.out.println("ready");
            Thread.sleep(Duration.ofMinutes(5).toMillis());
            controlPlane.close();
        }
    }

    private static void listen(int port) throws IOException {
        new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    }

    private static List<String> processesOf(Path home) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(home.toString()) && !line.contains(Owner.class.getName()))
                .toList();
    }
}
