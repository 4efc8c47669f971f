package rehearsal.lives;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code ./rehearse lives}: plays lives that nobody chose, and makes one that breaks an invariant as short as it finds. */
public final class Lives {

    /**
     * What to play.
     *
     * @param count  how many lives
     * @param seed   seed of the first; each further one's is the next number
     * @param length acts of each
     * @param acts   in place of these, the acts of one life
     * @param shrink how many shorter lives are tried once one breaks an invariant
     */
    public record Order(int count, long seed, int length, Optional<List<Act>> acts, int shrink) {

        /** One life. */
        public static final Order ONE = new Order(1, 1, 10, Optional.empty(), 4);

        public Order withCount(int count) {
            return new Order(count, seed, length, acts, shrink);
        }

        public Order withSeed(long seed) {
            return new Order(count, seed, length, acts, shrink);
        }

        public Order withLength(int length) {
            return new Order(count, seed, length, acts, shrink);
        }

        public Order withActs(List<Act> acts) {
            return new Order(1, seed, length, Optional.of(acts), shrink);
        }

        public Order withShrink(int shrink) {
            return new Order(count, seed, length, acts, shrink);
        }
    }

    /** Makes a theatre for one life. */
    @FunctionalInterface
    public interface Theatres {

        Theatre open() throws IOException;
    }

    private final Path checkout;
    private final Theatres theatres;
    private final PrintStream out;

    /**
     * @param checkout the project's checkout, compiled
     * @param theatres where each life is played
     * @param out      where it is told
     */
    public Lives(Path checkout, Theatres theatres, PrintStream out) {
        this.checkout = checkout;
        this.theatres = theatres;
        this.out = out;
    }

    /** Plays them, and gives how many broke an invariant. */
    public int play(Order order) throws IOException {
        var failed = 0;
        for (var number = 0; number < order.count(); number++) {
            var seed = order.seed() + number;
            var acts = order.acts().orElseGet(() -> Generator.life(seed, order.length()));
            out.println("\nlife " + (order.acts().isPresent() ? "" : seed) + ": " + Act.words(acts));
            var start = System.nanoTime();
            var broken = play(acts);
            out.printf("life %d %s after %d s%n", seed, broken.isEmpty() ? "passed" : "FAILED", (System.nanoTime() - start) / 1_000_000_000);
            if (broken.isPresent()) {
                failed++;
                out.println("\n✗ " + broken.get().invariant() + ": " + broken.get().getMessage());
                var shortest = shrink(acts, broken.get().invariant(), order.shrink());
                out.println("\nTo play it again:\n  ./rehearse lives --acts '" + Act.words(shortest) + "'");
            }
        }
        return failed;
    }

    /** Plays one life in a theatre of its own, and gives what broke. */
    public Optional<Broken> play(List<Act> acts) throws IOException {
        try (var theatre = theatres.open()) {
            new Life(theatre, new Invariants(documented(checkout.resolve("README.md"))), out).play(acts);
            return Optional.empty();
        } catch (Broken broken) {
            return Optional.of(broken);
        }
    }

    /** Leaves out half of the acts, a quarter, …, and goes on with what still breaks the same invariant. */
    private List<Act> shrink(List<Act> acts, String invariant, int tries) throws IOException {
        var shortest = acts;
        var size = acts.size() / 2;
        var left = tries;
        while (size > 0) {
            var shorter = Optional.<List<Act>>empty();
            for (var from = 0; from < shortest.size() && shorter.isEmpty() && left > 0; from += size, left--) {
                var rest = new ArrayList<>(shortest.subList(0, from));
                rest.addAll(shortest.subList(Math.min(shortest.size(), from + size), shortest.size()));
                out.println("\nshorter: " + Act.words(rest));
                shorter = play(rest).filter(broken -> broken.invariant().equals(invariant)).map(broken -> List.copyOf(rest));
            }
            shortest = shorter.orElse(shortest);
            size = shorter.isPresent() ? Math.min(size, shortest.size() / 2) : size / 2;
            if (left == 0) {
                break;
            }
        }
        return shortest;
    }

    /** The messages that the README's table of failures has, as patterns: … stands for anything. */
    public static List<Pattern> documented(Path readme) throws IOException {
        var text = Files.readString(readme);
        var table = text.substring(text.indexOf("## When it fails"), text.indexOf("## How it works"));
        return Pattern.compile("(?m)^\\| (.*?) \\|").matcher(table).results()
                .flatMap(row -> Pattern.compile("`([^`]+)`").matcher(row.group(1)).results())
                .filter(code -> code.group(1).contains(" "))
                .map(code -> Pattern.compile(List.of(code.group(1).split("…")).stream().map(Pattern::quote).reduce((one, other) -> one + ".*" + other).orElseThrow()))
                .toList();
    }
}
