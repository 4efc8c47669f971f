package skystate;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import skystate.engine.RunnerThrottle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The SDK's runner rests between two looks at what is not done yet")
class RunnerThrottleTest {

    @Test
    @DisplayName("The runner's logger rests when it asks again")
    void rests() {
        RunnerThrottle.install();
        var start = System.nanoTime();
        for (var time = 0; time < 20; time++) {
            RunnerThrottle.LOGGER.log(Level.FINEST, RunnerThrottle.ASKING + "1]: {}");
        }
        assertTrue(System.nanoTime() - start >= 50_000_000, "20 times asked, some 5 ms each");
    }

    @Test
    @DisplayName("What the runner has to tell still gets through, and its asking doesn't")
    void tells() {
        RunnerThrottle.install();
        var filter = RunnerThrottle.LOGGER.getFilter();
        assertTrue(filter.isLoggable(new LogRecord(Level.WARNING, "something failed")));
        assertFalse(filter.isLoggable(new LogRecord(Level.FINEST, RunnerThrottle.ASKING)));
        assertFalse(filter.isLoggable(new LogRecord(Level.FINEST, null)));
    }

    @Test
    @DisplayName("This SDK's runner has that logger, and says those words")
    void words() throws IOException {
        assertTrue(constants(RunnerThrottle.LOGGER.getName() + "$DefaultRunner").contains(RunnerThrottle.ASKING));
        assertTrue(constants(RunnerThrottle.LOGGER.getName() + "$DeploymentState")
                .contains(RunnerThrottle.LOGGER.getName().replace('.', '/')));
    }

    private static String constants(String name) throws IOException {
        try (var bytes = RunnerThrottle.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            return new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
