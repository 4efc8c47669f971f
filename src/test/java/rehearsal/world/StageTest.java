package rehearsal.world;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.OutputStream;
import java.io.PrintStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("A stage")
class StageTest {

    private final Stage stage = new Stage(null, new PrintStream(OutputStream.nullOutputStream()));

    @Test
    @DisplayName("A step that throws is broken, as one whose rule doesn't hold: the other scenarios and the closing "
            + "table still come")
    void throwing() {
        var noServer = new IllegalStateException("no server runs");

        var broken = assertThrows(Stage.Broken.class, () -> stage.step("the state is back", () -> {
            throw noServer;
        }));

        assertTrue(broken.getMessage().contains("no server runs"));
        assertSame(noServer, broken.getCause());
        assertEquals(0, stage.held().size());
    }

    @Test
    @DisplayName("A step that holds is told with the number of its rules")
    void holding() {
        stage.step("two rules", () -> {
            stage.holds("one", true);
            stage.holds("another", true);
        });

        assertEquals(2, stage.held().get(0).rules());
    }
}
