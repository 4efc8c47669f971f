package rehearsal.lives;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;

@DisplayName("What was said so far in a life")
class ModelTest {

    @Test
    @DisplayName("has what an operator's commands set and take out")
    void typed() {
        var moved = Model.START.typed("pulumi config set zone us-east5-c");
        assertEquals("projects/sky-rehearsal/zones/us-east5-c/disks/sky-api-server-state", moved.disk());
        assertEquals(Optional.empty(), Optional.ofNullable(moved.typed("pulumi config rm zone").config().get("zone")));
        for (var other : new String[]{"pulumi up", "pulumi config set --secret authPassword",
                "pulumi config set --path values.a b"}) {
            assertEquals(Model.START, Model.START.typed(other));
        }
    }
}
