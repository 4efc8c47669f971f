package rehearsal.scenario;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import rehearsal.world.Scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The runbook")
class RunbookTest {

    private static final Path RUNBOOK = Path.of("docs/runbook.md");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https:)([^)#]*)(?:#([a-z-]+))?\\)");
    private static final int README_LINES = 130;
    private static final int WORDS = 8500;

    @Test
    @DisplayName("has one entry per scenario, and no other, but for the main story and the one that types the runbook")
    void entries() throws IOException {
        var entries = found("(?m)^### (.+)$", Files.readString(RUNBOOK));
        assertEquals(Scenarios.ALL.stream().map(Scenario::name)
                .filter(name -> !Set.of("life", "runbook").contains(name)).sorted().toList(),
                entries.stream().sorted().toList());
    }

    @Test
    @DisplayName("says in each entry what to type and what to expect")
    void whatToTypeAndToExpect() throws IOException {
        for (var entry : Files.readString(RUNBOOK).split("(?m)^##+ (?=[a-z-]+$)")) {
            if (!entry.startsWith("# ") && !entry.contains("The same as [")) {
                assertTrue(entry.contains("```") && entry.contains("**Expect**"), entry);
            }
        }
    }

    @Test
    @DisplayName("and all other pages link only to what is there")
    void links() throws IOException {
        assertTrue(LINK.matcher(Files.readString(RUNBOOK)).results().count() > 10);
        for (var page : pages()) {
            LINK.matcher(Files.readString(page)).results().forEach(link -> {
                var target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertTrue(Files.exists(target), () -> page + ": " + link.group());
                assertTrue(link.group(2) == null || anchors(target).contains(link.group(2)),
                        () -> page + ": " + link.group());
            });
        }
    }

    @Test
    @DisplayName("and all other pages are short")
    void sizes() throws IOException {
        assertTrue(Files.readAllLines(Path.of("README.md")).size() <= README_LINES, "lines of README.md");
        var words = 0;
        for (var page : pages()) {
            words += page.startsWith("src") ? 0 : Files.readString(page).split("\\s+").length;
        }
        assertTrue(words <= WORDS, "README.md and docs/*.md have " + words + " words");
    }

    private static List<Path> pages() throws IOException {
        try (var docs = Files.list(Path.of("docs"))) {
            return Stream.concat(docs.filter(page -> page.toString().endsWith(".md")),
                    Stream.of(Path.of("README.md"), Path.of("src/rehearsal/lives.md"))).toList();
        }
    }

    /** The headings of a page, as links name them. */
    private static List<String> anchors(Path page) {
        try {
            return found("(?m)^#+ (.+)$", Files.readString(page)).stream()
                    .map(heading -> heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z -]", "").replace(' ', '-'))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
    }
}
