package rehearsal.lives;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.NeedsTools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Some lives that nobody chose, and those that once broke something. {@code ./rehearse lives} plays others. */
class LivesIT {

    private static final int LENGTH = 4;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    @DisplayName("A life of a seed")
    @Execution(ExecutionMode.CONCURRENT)
    void seed(long seed) throws IOException {
        holds(Generator.life(seed, LENGTH));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            // A disk that is full under the stack's state leaves it cut off.
            "cramped up"
    })
    @DisplayName("A life that broke something once")
    @Execution(ExecutionMode.CONCURRENT)
    void known(String acts) throws IOException {
        holds(Act.parseAll(acts));
    }

    private static void holds(List<Act> acts) throws IOException {
        var told = new ByteArrayOutputStream();
        var broken = new Lives(Path.of(""), () -> WorldTheatre.open(Path.of(""), NeedsTools.get()),
                new PrintStream(told, true, StandardCharsets.UTF_8)).play(acts);
        broken.ifPresent(rule -> Assertions.fail(Act.words(acts) + "\n" + told.toString(StandardCharsets.UTF_8)
                + rule.invariant() + ": " + rule.getMessage() + "\nTo play it again:\n  ./rehearse lives --acts '"
                + Act.words(acts) + "'", rule));
    }
}
