package rehearsal.tools;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ToolsTest {

    @TempDir
    Path folder;

    private final List<String> progress = new ArrayList<>();
    private Path first;
    private Path second;
    private Path cache;

    @BeforeEach
    void makeFolders() throws IOException {
        first = Files.createDirectory(folder.resolve("first"));
        second = Files.createDirectory(folder.resolve("second"));
        cache = folder.resolve("cache");
    }

    @Test
    void aToolOfTheRightVersionOnThePathGoesFirst() throws IOException {
        script(first, "etcd", "echo etcd Version: 3.7.3");
        goThatBuilds("unused");

        var tools = get(Tool.ETCD);

        assertEquals(first.resolve("etcd").toRealPath(), tools.path(Tool.ETCD).toRealPath());
        assertEquals(List.of(), progress);
    }

    @Test
    void aToolOfAnotherVersionIsPassedOverForOneFurtherDownThePath() throws IOException {
        script(first, "etcd", "echo etcd Version: 3.6.9");
        script(second, "etcd", "echo etcd Version: 3.7.4");

        assertEquals(second.resolve("etcd").toRealPath(), get(Tool.ETCD).path(Tool.ETCD).toRealPath());
    }

    @Test
    void aToolThatFailsToTellItsVersionIsPassedOver() throws IOException {
        script(first, "etcd", "echo etcd Version: 3.7.3; exit 1");

        assertThrows(MissingToolsException.class, () -> get(Tool.ETCD));
    }

    @Test
    void theLanguageHostCountsBesideAnEngineOfTheRightVersion() throws IOException {
        script(first, "pulumi-language-java", "exit 1");
        script(second, "pulumi", "echo v3.274.1");
        script(second, "pulumi-language-java", "exit 1");

        var tools = get(Tool.PULUMI, Tool.PULUMI_LANGUAGE_JAVA);

        assertEquals(second.resolve("pulumi-language-java").toRealPath(),
                tools.path(Tool.PULUMI_LANGUAGE_JAVA).toRealPath());
        assertEquals(tools.bin(), tools.path(Tool.PULUMI).getParent());
    }

    @Test
    void whatIsNotOnThePathIsBuiltOnceFromThePinnedModules() throws IOException {
        goThatBuilds("built");

        var tools = get(Tool.KUBECTL);
        get(Tool.KUBECTL);

        assertEquals("built", Files.readString(tools.path(Tool.KUBECTL)));
        assertEquals(1, builds().size(), "a second get must find the first one's build");
        var asked = builds().get(0);
        assertTrue(asked.contains("/kubernetes build") && asked.endsWith("k8s.io/kubernetes/cmd/kubectl"), asked);
        assertTrue(asked.contains("gitVersion=v1.36.3"), "else it would not know its own version: " + asked);
        assertEquals("building kubectl v1.36.3 from pinned modules: up to 1 min on 2 cores, once per user",
                progress.get(0));
    }

    @Test
    void otherModulesAreAnotherBuild() throws IOException {
        goThatBuilds("built");
        var modules = Files.createDirectories(folder.resolve("modules/etcd"));
        Files.writeString(modules.resolve("go.mod"), "module a");
        Files.writeString(modules.resolve("go.sum"), "");

        Tools.get(Set.of(Tool.ETCD), progress::add, path(), cache, folder.resolve("modules"));
        Files.writeString(modules.resolve("go.sum"), "changed");
        Tools.get(Set.of(Tool.ETCD), progress::add, path(), cache, folder.resolve("modules"));

        assertEquals(2, builds().size());
    }

    @Test
    void twoProcessesThatNeedAToolBuildItOnce() throws Exception {
        goThatBuilds("built");
        var command = List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
                System.getProperty("java.class.path"), AnotherProcess.class.getName(), path(), cache.toString());
        var output = folder.resolve("output");

        var one = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        var other = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("other").toFile()).start();

        assertEquals(0, one.waitFor(), () -> read(output));
        assertEquals(0, other.waitFor(), () -> read(folder.resolve("other")));
        assertEquals(1, builds().size());
    }

    @Test
    void withNeitherToolNorGoItSaysWhatToInstall() {
        var missing = assertThrows(MissingToolsException.class, () -> get(Tool.ETCD, Tool.KWOK));

        assertEquals(List.of(Tool.ETCD, Tool.KWOK),
                missing.missing().stream().map(MissingToolsException.Missing::tool).toList());
        assertEquals(
                "etcd v3.7.3, kwok v0.7.0 not found: install just Go 1.26 or later (https://go.dev/dl), and all are "
                        + "built from pinned modules",
                missing.getMessage());
    }

    @Test
    void aModuleThatTheRegistryRefusesIsNamed() throws IOException {
        script(first, "go",
                "echo 'go: go.etcd.io/bbolt@v1.5.0: reading https://example.org/go.etcd.io/bbolt/@v/v1.4.3.zip: 403 "
                        + "Forbidden'; exit 1");

        var missing = assertThrows(MissingToolsException.class, () -> get(Tool.ETCD));

        assertTrue(
                missing.getMessage()
                        .startsWith("etcd v3.7.3 not found: the Go module proxy gave no go.etcd.io/bbolt@v1.5.0 (see "),
                missing.getMessage());
        assertTrue(missing.refused(), "nothing that this machine could install mends it");
    }

    @Test
    void aBuildThatFailsLeavesNothingThatPassesForATool() throws IOException {
        script(first, "go",
                "while [ $# -gt 0 ]; do [ \"$1\" = -o ] && echo half > \"$2\"; shift; done; echo 'no space left on "
                        + "device'; exit 1");

        var missing = assertThrows(MissingToolsException.class, () -> get(Tool.ETCD));

        assertTrue(missing.getMessage().contains("its build failed: no space left on device"), missing.getMessage());
        assertFalse(missing.refused(), "this machine's own failure");
        assertThrows(MissingToolsException.class, () -> get(Tool.ETCD));
    }

    /** What the other process of a test does. */
    static final class AnotherProcess {

        public static void main(String[] arguments) {
            Tools.get(Set.of(Tool.ETCD), System.out::println, arguments[0], Path.of(arguments[1]), modules());
        }
    }

    private Tools get(Tool... wanted) {
        return Tools.get(Set.of(wanted), progress::add, path(), cache, modules());
    }

    private String path() {
        return first + ":" + second;
    }

    private static Path modules() {
        return Path.of("src/rehearsal/go").toAbsolutePath();
    }

    /** A go that takes a moment, and notes where and for what it was called. */
    private void goThatBuilds(String content) throws IOException {
        script(first, "go", """
                echo "$PWD $*" >> %s
                sleep 0.5
                while [ $# -gt 0 ]; do
                  if [ "$1" = -o ]; then printf %s > "$2"; chmod +x "$2"; fi
                  shift
                done
                """.formatted(folder.resolve("builds"), content));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(folder.resolve("builds"));
    }

    private static void script(Path folder, String name, String body) throws IOException {
        var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
