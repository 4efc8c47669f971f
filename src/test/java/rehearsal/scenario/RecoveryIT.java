package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** What is lost comes back, and the disk stays. */
class RecoveryIT {

    @TestFactory
    Stream<DynamicTest> scenarios() {
        return Plays.of(Scenarios.RECOVERY);
    }
}
