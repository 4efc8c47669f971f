package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.stream.Stream;

/** The main story, as {@code ./rehearse} plays it. */
class LifeIT {

    @TestFactory
    Stream<DynamicTest> life() {
        return Plays.of(List.of(Scenarios.LIFE));
    }
}
