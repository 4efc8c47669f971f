package rehearsal.world;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import rehearsal.NeedsTools;
import rehearsal.scenario.DevStack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The program comes to its end on each JDK that is installed beside this one, on all cores and on one: the SDK's runner
 * spins on the common pool, and hangs where that pool has too few workers (facts: THE TRAP).
 */
class JdksIT {

    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = World.open(Path.of(""), NeedsTools.get(), Options.STAND_INS);
        world.startCluster("first", World.ZONE);
        DevStack.init(new Stage(world, new PrintStream(new ByteArrayOutputStream())), "dev", "first", World.ZONE);
    }

    @AfterAll
    static void end() {
        if (world != null) {
            world.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> previewEnds() throws IOException {
        return jdks().stream().flatMap(jdk -> Stream.of("", "taskset -c 0 ").map(cores -> DynamicTest.dynamicTest(
                "preview ends on " + jdk.getFileName() + (cores.isEmpty() ? ", all cores" : ", one core"), () -> {
                    var result = world.cli().run("JAVA_HOME=" + jdk + " timeout 180 " + cores + "pulumi preview");
                    Assertions.assertEquals(0, result.exitCode(), result.output());
                    Assertions.assertTrue(result.output().contains("to create"), result.output());
                })));
    }

    /** This JDK, and one of each further version from 17 on that is installed beside it. */
    private static List<Path> jdks() throws IOException {
        try (var beside = Files.list(Path.of(System.getProperty("java.home")).toRealPath().getParent())) {
            return beside.filter(home -> !Files.isSymbolicLink(home) && Files.isExecutable(home.resolve("bin/javac")))
                    .filter(home -> version(home) >= 17).sorted().toList();
        }
    }

    private static int version(Path home) {
        var release = new Properties();
        try (var file = Files.newBufferedReader(home.resolve("release"))) {
            release.load(file);
        } catch (IOException none) {
            return 0;
        }
        return Integer.parseInt(release.getProperty("JAVA_VERSION", "0").replace("\"", "").split("[.+-]")[0]);
    }
}
