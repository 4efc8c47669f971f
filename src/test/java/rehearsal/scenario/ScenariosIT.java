package rehearsal.scenario;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rehearsal.NeedsTools;
import rehearsal.postgres.Postgres;
import rehearsal.world.Options;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Every scenario of {@code ./rehearse list} as a test, each in a world of its own, and some at a time: they wait as much as they work. */
class ScenariosIT {

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> scenarios() {
        NeedsTools.get();
        return Scenarios.ALL.stream().map(scenario -> DynamicTest.dynamicTest(
                scenario.name() + ": " + scenario.what(), () -> play(scenario)));
    }

    private static void play(Scenario scenario) throws Exception {
        Assumptions.assumeTrue(!scenario.needsPostgres() || Postgres.isHere(), "there is no PostgreSQL for this platform");
        var told = new ByteArrayOutputStream();
        try (var world = World.open(Path.of(""), NeedsTools.get(), Options.STAND_INS)) {
            scenario.play(new Stage(world, new PrintStream(told, true, StandardCharsets.UTF_8)));
        } catch (Stage.Broken broken) {
            throw new AssertionError(told.toString(StandardCharsets.UTF_8) + "\n" + broken.getMessage(), broken);
        }
    }
}
