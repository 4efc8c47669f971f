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
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The program comes to its end on each JDK that is installed beside this one, on all cores and on one: the SDK's runner
 * spins on the common pool, and hangs where that pool has too few workers (facts: THE TRAP).
 */
class JdksIT {

    /** Maven alone runs the program where there is no mvnw. */
    private static final Map<String, String> CASES = Map.of(
            "all cores", "timeout 180 pulumi preview",
            "one core", "timeout 180 taskset -c 0 pulumi preview",
            "one core, by Maven alone",
            "mv mvnw aside; timeout 180 taskset -c 0 pulumi preview; status=$?; mv aside mvnw; exit $status");

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
        return jdks().stream().flatMap(jdk -> CASES.entrySet().stream().map(each -> DynamicTest.dynamicTest(
                "preview ends on " + jdk.getFileName() + ", " + each.getKey(), () -> {
                    var result = world.cli().run("export JAVA_HOME=" + jdk + "; " + each.getValue());
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
