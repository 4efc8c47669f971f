package rehearsal.world;

import rehearsal.world.CommandLine.Result;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Where a {@link Scenario} plays: it runs the commands that a user would type, says what happens step by step, and
 * stops at the first rule that doesn't hold.
 */
public final class Stage {

    /** A rule that doesn't hold, with what was last printed. */
    public static final class Broken extends AssertionError {

        private static final long serialVersionUID = 1;

        Broken(String rule, String last) {
            super(rule + "\n" + last);
        }
    }

    /** What happens in a step. */
    @FunctionalInterface
    public interface Step {

        void play() throws Exception;
    }

    /**
     * A step that held.
     *
     * @param title what it was
     * @param took  how long it took
     * @param rules how many rules it showed
     */
    public record Held(String title, Duration took, int rules) {
    }

    private final World world;
    private final PrintStream out;
    private final List<Held> held = new ArrayList<>();
    private final StringBuilder transcript = new StringBuilder();
    private int rules;
    private String last = "";

    /**
     * @param world the world it plays in
     * @param out   where it is told
     */
    public Stage(World world, PrintStream out) {
        this.world = world;
        this.out = out;
    }

    /** The world. */
    public World world() {
        return world;
    }

    /** The steps that held so far. */
    public List<Held> held() {
        return List.copyOf(held);
    }

    /** Every command's output so far: what a user has seen. */
    public String transcript() {
        return transcript.toString();
    }

    /** Plays a step and tells how long it took. What it throws is a rule that doesn't hold, as is what it asserts. */
    public void step(String title, Step step) {
        out.println();
        out.println((held.size() + 1) + ". " + title);
        rules = 0;
        var start = System.nanoTime();
        try {
            step.play();
        } catch (Exception failed) {
            throw (Broken) new Broken(failed.toString(), last).initCause(failed);
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        held.add(new Held(title, took, rules));
        out.println("   " + seconds(took));
    }

    /** Runs a command that must succeed, and gives what it printed. */
    public String run(String command) {
        return run(command, "");
    }

    /** Runs a command that must succeed, with this input, which is not shown. */
    public String run(String command, String input) {
        var result = tell(command, input);
        if (result.exitCode() != 0) {
            throw new Broken("exit code " + result.exitCode() + ": " + command, result.output());
        }
        return result.output();
    }

    /** Runs a command that must fail, and gives what it printed. */
    public String refused(String command) {
        var result = tell(command, "");
        if (result.exitCode() == 0) {
            throw new Broken("this had to be refused: " + command, result.output());
        }
        return result.output();
    }

    /**
     * Runs a command that is killed, with all that it has started, at some point.
     *
     * @param point where that is, as in "once …"
     * @param when  whether it has come there
     */
    public void killed(String command, String point, BooleanSupplier when) {
        tell(command, () -> world.cli().runUntil(command, when));
        out.println("   ☠ killed " + point);
    }

    /**
     * Runs a command that must succeed although something is done to the world while it is at work, and gives what it
     * printed.
     *
     * @param point where that is and what is done, as in "once …, … went down"
     * @param when  whether it has come there
     * @param act   what is done then, once
     */
    public String during(String command, String point, BooleanSupplier when, Step act) {
        var result = tell(command, () -> meanwhile(command, point, when, act));
        if (result.exitCode() != 0) {
            throw new Broken("exit code " + result.exitCode() + ": " + command, result.output());
        }
        return result.output();
    }

    /** The same for a command that must fail by it, and that within this time. */
    public String refusedDuring(Duration limit, String command, String point, BooleanSupplier when, Step act) {
        return within(limit, () -> {
            var result = tell(command, () -> meanwhile(command, point, when, act));
            if (result.exitCode() == 0) {
                throw new Broken("this had to be refused: " + command, result.output());
            }
            return result.output();
        });
    }

    /** Runs a command that must fail, and that within this time, and gives what it printed. */
    public String refusedWithin(Duration limit, String command) {
        return within(limit, () -> refused(command));
    }

    private String within(Duration limit, Supplier<String> refused) {
        var start = System.nanoTime();
        var said = refused.get();
        var took = Duration.ofNanos(System.nanoTime() - start);
        holds("it failed within " + limit.toSeconds() + " s, in " + seconds(took), took.compareTo(limit) < 0);
        return said;
    }

    private Result meanwhile(String command, String point, BooleanSupplier when, Step act) {
        var ended = new AtomicBoolean();
        var acted = CompletableFuture.supplyAsync(() -> {
            try {
                while (!when.getAsBoolean()) {
                    if (ended.get()) {
                        return false;
                    }
                    Thread.sleep(20);
                }
                act.play();
                return true;
            } catch (Exception failed) {
                throw new CompletionException(failed);
            }
        }, work -> new Thread(work, "meanwhile").start());
        Result result;
        try {
            result = world.cli().run(command);
        } finally {
            ended.set(true);
        }
        if (!acted.join()) {
            throw new Broken("it ended before this: " + point, result.output());
        }
        out.println("   ⚡ " + point);
        return result;
    }

    /** Tells what isn't played here, and why. */
    public void notPlayed(String why) {
        out.println("   – " + why);
    }

    /** Asserts a rule. */
    public void holds(String rule, boolean holds) {
        if (!holds) {
            throw new Broken("does not hold: " + rule, last);
        }
        rules++;
        out.println("   ✓ " + rule);
    }

    /** Asserts that what was printed says this. */
    public void says(String printed, String words) {
        if (!printed.contains(words)) {
            throw new Broken("was not said: " + words, printed);
        }
        holds("says: " + words, true);
    }

    private Result tell(String command, String input) {
        return tell(command, () -> world.cli().run(command, input));
    }

    private Result tell(String command, Supplier<Result> run) {
        out.println("   $ " + command);
        var result = run.get();
        last = result.output();
        transcript.append("$ ").append(command).append('\n').append(result.output());
        return result;
    }

    /** A duration as it is shown. */
    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
