package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** What config, program or hands change leaves the server on its disk. */
class ChangesIT {

    @TestFactory
    Stream<DynamicTest> scenarios() {
        return Plays.of(Scenarios.CHANGES);
    }
}
