package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** What is lost comes back, and what changes leaves the server on its disk: one scenario of each kind. */
class ScenariosIT {

    @TestFactory
    Stream<DynamicTest> oneOfEach() {
        return Plays.of(Scenarios.ONE_OF_EACH);
    }
}
