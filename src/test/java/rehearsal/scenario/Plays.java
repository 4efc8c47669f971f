package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import rehearsal.NeedsTools;
import rehearsal.world.Options;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Scenarios of {@code ./rehearse list} as tests, each in a world of its own. */
final class Plays {

    private Plays() {
    }

    /** A test each. */
    static Stream<DynamicTest> of(List<Scenario> scenarios) {
        NeedsTools.get();
        return scenarios.stream().map(scenario -> DynamicTest.dynamicTest(
                scenario.name() + ": " + scenario.what(), () -> play(scenario)));
    }

    private static void play(Scenario scenario) throws Exception {
        var told = new ByteArrayOutputStream();
        var options = new Options(Optional.empty(), false, false, scenario.needsMaven());
        try (var world = World.open(Path.of(""), NeedsTools.get(), options)) {
            scenario.play(new Stage(world, new PrintStream(told, true, StandardCharsets.UTF_8)));
        } catch (Stage.Broken broken) {
            throw new AssertionError(told.toString(StandardCharsets.UTF_8) + "\n" + broken.getMessage(), broken);
        }
    }
}
