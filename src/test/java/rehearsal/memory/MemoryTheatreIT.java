package rehearsal.memory;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.NeedsTools;
import rehearsal.lives.Act;
import rehearsal.lives.Lives;
import rehearsal.lives.Model;
import rehearsal.lives.Outcome;
import rehearsal.lives.Theatre;
import rehearsal.lives.WorldTheatre;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

@DisplayName("Lives in memory")
class MemoryTheatreIT {

    private static final Path CHECKOUT = Path.of("");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| `[a-z-]+`");
    private static final int AT_ONCE = 8;

    @ParameterizedTest
    @ValueSource(strings = {
            "up, kill up 7, delete deployment, set diskSize 20, up, lose-node, destroy, kill destroy 3, up",
            "up, lose-cluster first, fresh-cluster cluster2, new-stack stack2 cluster2, up, delete volume, together "
                    + "up, crash etcd up 4"
    })
    @DisplayName("Nothing breaks in them")
    void holds(String acts) throws IOException {
        var told = new ByteArrayOutputStream();
        new Lives(CHECKOUT, MemoryTheatreIT::memory, new PrintStream(told, true, StandardCharsets.UTF_8))
                .play(Act.parseAll(acts)).ifPresent(rule -> Assertions.fail(
                        told.toString(StandardCharsets.UTF_8) + rule.invariant() + ": " + rule.getMessage(), rule));
    }

    /** Many at once: most of their time Pulumi waits, to write once more what its full disk has no room for. */
    @TestFactory
    @DisplayName("Nothing breaks any more in those that broke something once, as src/rehearsal/lives.md has them")
    Stream<DynamicTest> known() throws IOException {
        var page = Files.readString(CHECKOUT.resolve("src/rehearsal/lives.md"));
        var lives = ROW.matcher(page.substring(page.indexOf("## What lives have found"))).results()
                .map(row -> row.group(1)).toList();
        assertFalse(lives.isEmpty(), page);
        var pool = Executors.newFixedThreadPool(AT_ONCE);
        var played = lives.stream().map(acts -> pool.submit(() -> {
            holds(acts);
            return acts;
        })).toList();
        pool.shutdown();
        return IntStream.range(0, lives.size())
                .mapToObj(number -> DynamicTest.dynamicTest(lives.get(number), () -> played.get(number).get()));
    }

    @Test
    @DisplayName("They come to what the same acts come to in the rehearsal's world: exit codes, disk and servers")
    void asInTheWorld() throws IOException {
        var acts = Act.parseAll(
                "up, set diskSize 20, up, delete claim, up, fresh-cluster cluster2, new-stack stack2 cluster2, up, "
                        + "lose-cluster first, up, delete login, up, destroy");
        try (var world = WorldTheatre.open(CHECKOUT, NeedsTools.get()); var memory = memory()) {
            assertEquals(seen(world, acts), seen(memory, acts));
        }
    }

    private static List<String> seen(Theatre theatre, List<Act> acts) {
        var now = Model.START;
        var seen = new ArrayList<String>();
        for (var act : acts) {
            var codes = act.play(theatre, now).stream().map(Outcome::exitCode).toList();
            now = act.after(now);
            var sight = theatre.look();
            seen.add(act.words() + ": " + codes
                    + sight.disks().stream().map(disk -> disk.path() + " " + disk.sizeGib() + " GiB").toList()
                    + sight.servers().stream()
                            .map(server -> server.cluster() + "/" + server.namespace() + " on " + server.disk())
                            .toList());
        }
        return seen;
    }

    private static Theatre memory() throws IOException {
        return MemoryTheatre.open(CHECKOUT, NeedsTools.get(MemoryTheatre.TOOLS));
    }
}
