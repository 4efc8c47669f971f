package rehearsal.scenario;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import java.util.stream.Stream;

/** The other scenarios: they take ten minutes more, and run with {@code mvn verify -Dscenarios=all}. */
@EnabledIfSystemProperty(named = "scenarios", matches = "all")
class OtherScenariosIT {

    @TestFactory
    Stream<DynamicTest> others() {
        return Plays.of(Scenarios.OTHERS);
    }
}
