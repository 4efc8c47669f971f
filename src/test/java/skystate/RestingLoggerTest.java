package skystate;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The SDK's runner rests between two looks at what is not done yet")
class RestingLoggerTest {

    @Test
    @DisplayName("The runner's logger rests when it asks again, and only then")
    void rests() {
        RestingLogger.install();
        var logger = Logger.getLogger(RestingLogger.NAME);

        assertTrue(millis(() -> logger.log(Level.FINEST, RestingLogger.ASKING + "1]: {}")) >= 50, "20 times asked, some 5 ms each");
        assertTrue(millis(() -> logger.log(Level.FINEST, "Completed task")) < 50);
    }

    @Test
    @DisplayName("This SDK's runner has that logger, and says those words")
    void words() throws IOException {
        assertTrue(constants(RestingLogger.NAME + "$DefaultRunner").contains(RestingLogger.ASKING));
        assertTrue(constants(RestingLogger.NAME + "$DeploymentState").contains(RestingLogger.NAME.replace('.', '/')));
    }

    private static long millis(Runnable twentyTimes) {
        var start = System.nanoTime();
        for (var time = 0; time < 20; time++) {
            twentyTimes.run();
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static String constants(String name) throws IOException {
        try (var bytes = RestingLogger.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            return new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
