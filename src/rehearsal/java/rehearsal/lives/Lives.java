package rehearsal.lives;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** {@code ./rehearse lives}: plays random lives, and shortens one that breaks an invariant. */
public final class Lives {

    /**
     * What to play.
     *
     * @param count  how many lives
     * @param atOnce how many at the same time; each is then told once it is over
     * @param seed   seed of the first; each further one's is the next number
     * @param length acts of each
     * @param acts   in place of these, the acts of one life
     * @param shrink how many shorter lives are tried once one breaks an invariant
     */
    public record Order(int count, int atOnce, long seed, int length, Optional<List<Act>> acts, int shrink) {

        /** One life. */
        public static final Order ONE = new Order(1, 1, 1, 10, Optional.empty(), 4);

        public Order withCount(int count) {
            return new Order(count, atOnce, seed, length, acts, shrink);
        }

        public Order withAtOnce(int atOnce) {
            return new Order(count, atOnce, seed, length, acts, shrink);
        }

        public Order withSeed(long seed) {
            return new Order(count, atOnce, seed, length, acts, shrink);
        }

        public Order withLength(int length) {
            return new Order(count, atOnce, seed, length, acts, shrink);
        }

        public Order withActs(List<Act> acts) {
            return new Order(1, atOnce, seed, length, Optional.of(acts), shrink);
        }

        public Order withShrink(int shrink) {
            return new Order(count, atOnce, seed, length, acts, shrink);
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
    private final LongAdder commands = new LongAdder();

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
        var pool = Executors.newFixedThreadPool(order.atOnce());
        var lives = LongStream.range(order.seed(), order.seed() + order.count())
                .mapToObj(seed -> pool.submit(() -> passes(order, seed))).toList();
        pool.shutdown();
        var failed = 0;
        for (var life : lives) {
            try {
                failed += life.get() ? 0 : 1;
            } catch (ExecutionException unplayable) {
                throw new IOException("a life could not be played", unplayable.getCause());
            } catch (InterruptedException interrupted) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
        out.println("\n" + (order.count() - failed) + " passed, " + failed + " failed; with " + commands
                + " pulumi commands");
        return failed;
    }

    /** Plays one life in a theatre of its own, and gives what broke. */
    public Optional<Broken> play(List<Act> acts) throws IOException {
        return play(acts, out);
    }

    private Optional<Broken> play(List<Act> acts, PrintStream told) throws IOException {
        try (var theatre = theatres.open()) {
            var life = new Life(theatre, new Invariants(documented(checkout.resolve("docs/runbook.md"))), told);
            try {
                life.play(acts);
            } finally {
                commands.add(life.commands());
            }
            return Optional.empty();
        } catch (Broken broken) {
            return Optional.of(broken);
        }
    }

    /** Whether a life passes. One of several at once is told when it is over. */
    private boolean passes(Order order, long seed) throws IOException {
        var buffer = new ByteArrayOutputStream();
        var told = order.atOnce() == 1 ? out : new PrintStream(buffer, false, StandardCharsets.UTF_8);
        var acts = order.acts().orElseGet(() -> Generator.life(seed, order.length()));
        told.println("\nlife " + (order.acts().isPresent() ? "" : seed) + ": " + Act.words(acts));
        var start = System.nanoTime();
        var broken = play(acts, told);
        told.printf("life %d %s after %d s%n", seed, broken.isEmpty() ? "passed" : "FAILED",
                (System.nanoTime() - start) / 1_000_000_000);
        if (broken.isPresent()) {
            told.println("\n✗ " + broken.get().invariant() + ": " + broken.get().getMessage());
            var shortest = shrink(acts, broken.get().invariant(), order.shrink(), told);
            told.println("\nTo play it again:\n  ./rehearse lives --acts '" + Act.words(shortest) + "'");
        }
        told.flush();
        synchronized (out) {
            buffer.writeTo(out);
        }
        return broken.isEmpty();
    }

    /** Leaves out half of the acts, a quarter, …, and goes on with what still breaks the same invariant. */
    private List<Act> shrink(List<Act> acts, String invariant, int tries, PrintStream told) throws IOException {
        var shortest = acts;
        var size = acts.size() / 2;
        var left = tries;
        while (size > 0) {
            var shorter = Optional.<List<Act>>empty();
            for (var from = 0; from < shortest.size() && shorter.isEmpty() && left > 0; from += size, left--) {
                var rest = new ArrayList<>(shortest.subList(0, from));
                rest.addAll(shortest.subList(Math.min(shortest.size(), from + size), shortest.size()));
                told.println("\nshorter: " + Act.words(rest));
                shorter = play(rest, told).filter(broken -> broken.invariant().equals(invariant))
                        .map(broken -> List.copyOf(rest));
            }
            shortest = shorter.orElse(shortest);
            size = shorter.isPresent() ? Math.min(size, shortest.size() / 2) : size / 2;
            if (left == 0) {
                break;
            }
        }
        return shortest;
    }

    /** The messages with which rows, points and entries of the runbook begin, as patterns: … stands for anything. */
    public static List<Pattern> documented(Path runbook) throws IOException {
        var begins = Pattern.compile("(?m)^(?:\\| |- |### .+\n\n)((?:`[^`]+`(?:, )?)+)");
        return begins.matcher(Files.readString(runbook)).results()
                .flatMap(begin -> Pattern.compile("`([^`]+)`").matcher(begin.group(1)).results())
                .map(message -> message.group(1)).filter(message -> message.contains(" "))
                .map(message -> Pattern.compile(
                        Stream.of(message.split("…")).map(Pattern::quote).collect(Collectors.joining(".*"))))
                .toList();
    }
}
