package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import rehearsal.NeedsTools;
import rehearsal.tools.Tools;
import rehearsal.world.Options;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Every scenario of {@code ./rehearse list} holds. */
class ScenariosIT {

    @TestFactory
    Stream<DynamicTest> scenarios() {
        var tools = NeedsTools.get();
        return Scenarios.ALL.stream().map(scenario -> DynamicTest.dynamicTest(
                scenario.name() + ": " + scenario.what(), () -> play(scenario, tools)));
    }

    private static void play(Scenario scenario, Tools tools) throws Exception {
        var told = new ByteArrayOutputStream();
        try (var world = World.open(Path.of(""), tools, new Options(Optional.empty(), false, false, scenario.needsMaven()))) {
            scenario.play(new Stage(world, new PrintStream(told, true, StandardCharsets.UTF_8)));
        } catch (Stage.Broken broken) {
            throw new AssertionError(told.toString(StandardCharsets.UTF_8) + "\n" + broken.getMessage(), broken);
        }
    }
}
