package rehearsal.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import rehearsal.world.Scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The runbook")
class RunbookTest {

    private static final Path RUNBOOK = Path.of("docs/runbook.md");

    @Test
    @DisplayName("has one entry per scenario, and no other; the main story is the README's, and one scenario types the runbook")
    void entries() throws IOException {
        var entries = found("(?m)^### (.+)$", Files.readString(RUNBOOK));
        assertEquals(Scenarios.ALL.stream().map(Scenario::name).filter(name -> !Set.of("life", "runbook").contains(name)).sorted().toList(),
                entries.stream().sorted().toList());
    }

    @Test
    @DisplayName("says in each entry what to type and what to expect")
    void whatToTypeAndToExpect() throws IOException {
        for (var entry : Files.readString(RUNBOOK).split("(?m)^##+ (?=[a-z-]+$)")) {
            if (entry.startsWith("# ") || entry.contains("The same as [") || entry.contains("is the one of [")) {
                continue;
            }
            assertTrue(entry.contains("```") && entry.contains("**Expect**"), entry);
        }
    }

    @Test
    @DisplayName("is where the README points")
    void links() throws IOException {
        var entries = found("(?m)^### (.+)$", Files.readString(RUNBOOK));
        var links = Stream.concat(found("docs/runbook\\.md#([a-z-]+)", Files.readString(Path.of("README.md"))).stream(),
                found("\\]\\(#([a-z-]+)\\)", Files.readString(RUNBOOK)).stream()).toList();
        assertTrue(links.size() > 10, links::toString);
        links.forEach(link -> assertTrue(entries.contains(link), link));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
    }
}
