package rehearsal.memory;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;

@DisplayName("Command lines that need no shell")
class WordsTest {

    @Test
    @DisplayName("Variables in front, quotes and a comment are taken as a shell takes them")
    void simple() {
        assertEquals(Optional.of(new Words(Map.of("PULUMI_K8S_UPSERT_EXISTING_OBJECTS", "true"),
                List.of("pulumi", "up", "--replace", "urn:pulumi:dev::p::a$b::c", "--set", "a=b c", ""))),
                Words.of(
                        "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true pulumi up --replace 'urn:pulumi:dev::p::a$b::c' "
                                + "--set a=\"b c\" ''   # that's it"));
    }

    @Test
    @DisplayName("What only a shell can do is left to a shell")
    void shell() {
        for (var line : List.of("pulumi up && pulumi preview", "pulumi up --yes | tail",
                "pulumi config set context $(cat context)", "pulumi config set a \"$B\"",
                "rm dev.json*", "pulumi up > log", "pulumi config set a 'unfinished")) {
            assertEquals(Optional.empty(), Words.of(line), line);
        }
    }
}
