package rehearsal.lives;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("A life that is made up")
class GeneratorTest {

    private static final List<List<Act>> MANY =
            LongStream.range(0, 500).mapToObj(seed -> Generator.life(seed, 12)).toList();

    @Test
    @DisplayName("is the same for the same seed, and another for another")
    void seeds() {
        assertEquals(Generator.life(7, 12), Generator.life(7, 12));
        assertTrue(MANY.stream().distinct().count() > 490);
    }

    @Test
    @DisplayName("is played again by its words")
    void words() {
        MANY.forEach(life -> assertEquals(life, Act.parseAll(Act.words(life))));
        assertThrows(IllegalArgumentException.class, () -> Act.parse("deliver"));
        assertThrows(IllegalArgumentException.class, () -> Act.parse("kill up"));
    }

    @Test
    @DisplayName("has only acts that are possible when their turn comes")
    void possible() {
        for (var life : MANY) {
            var now = Model.START;
            for (var act : life) {
                assertTrue(act.possible(now), () -> act.words() + " in " + Act.words(life));
                now = act.after(now);
            }
        }
    }

    @Test
    @DisplayName("has each kind of act in some seed")
    void all() {
        assertEquals(kinds(Act.class).map(Class::getSimpleName).collect(Collectors.toSet()),
                MANY.stream().flatMap(List::stream).map(act -> act.getClass().getSimpleName())
                        .collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> kinds(Class<?> of) {
        return of.isSealed() ? Stream.of(of.getPermittedSubclasses()).flatMap(GeneratorTest::kinds) : Stream.of(of);
    }
}
