package skystate;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The SDK's runner rests between two looks at what is not done yet")
class RestingRunnerTest {

    @Test
    @DisplayName("The runner's logger rests when it asks again")
    void rests() {
        RestingRunner.install();
        var start = System.nanoTime();
        for (var time = 0; time < 20; time++) {
            RestingRunner.LOGGER.log(Level.FINEST, RestingRunner.ASKING + "1]: {}");
        }
        assertTrue(System.nanoTime() - start >= 50_000_000, "20 times asked, some 5 ms each");
    }

    @Test
    @DisplayName("What the runner has to tell still gets through, and its asking doesn't")
    void tells() {
        RestingRunner.install();
        var filter = RestingRunner.LOGGER.getFilter();
        assertTrue(filter.isLoggable(new LogRecord(Level.WARNING, "something failed")));
        assertFalse(filter.isLoggable(new LogRecord(Level.FINEST, RestingRunner.ASKING)));
        assertFalse(filter.isLoggable(new LogRecord(Level.FINEST, null)));
    }

    @Test
    @DisplayName("This SDK's runner has that logger, and says those words")
    void words() throws IOException {
        assertTrue(constants(RestingRunner.LOGGER.getName() + "$DefaultRunner").contains(RestingRunner.ASKING));
        assertTrue(constants(RestingRunner.LOGGER.getName() + "$DeploymentState").contains(RestingRunner.LOGGER.getName().replace('.', '/')));
    }

    private static String constants(String name) throws IOException {
        try (var bytes = RestingRunner.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            return new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
