package rehearsal.lives;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Plays a life: act by act, with all that has to hold after each, and at its end the way back by the documented
 * commands.
 */
public final class Life {

    private final Theatre theatre;
    private final Invariants invariants;
    private final PrintStream out;
    private final Memory memory = new Memory();
    private Model now = Model.START;
    private Sight sight = new Sight(List.of(), List.of(), List.of(), Map.of());
    private int written;

    /** @param out where it is told */
    public Life(Theatre theatre, Invariants invariants, PrintStream out) {
        this.theatre = theatre;
        this.invariants = invariants;
        this.out = out;
    }

    /**
     * Plays these acts; one that isn't possible when its turn has come is left out.
     *
     * @throws Broken if an invariant doesn't hold
     */
    public void play(List<Act> acts) {
        for (var act : acts) {
            if (act.possible(now)) {
                out.println(act.words());
                play(act);
            } else {
                out.println("(not possible: " + act.words() + ")");
            }
        }
        out.println("recovery");
        new Recovery(this, theatre).play();
    }

    /** How often the engine was run so far. */
    long commands() {
        return memory.outcomes().stream().filter(Outcome::runsEngine).count();
    }

    /** What has been said so far. */
    Model now() {
        return now;
    }

    /** Plays an act, and holds all invariants. */
    List<Outcome> play(Act act) {
        var before = now;
        now = act.after(before);
        memory.said(now);
        act.first(before).forEach(theatre::run);
        var outcomes = new ArrayList<>(act.play(theatre, before));
        check(outcomes);
        return List.copyOf(outcomes);
    }

    /**
     * Holds all invariants after a command that belongs to no act, which may have been one that sets or takes out a
     * line of the config.
     */
    void told(Outcome outcome) {
        now = outcome.good() ? now.typed(outcome.command()) : now;
        check(List.of(outcome));
    }

    /** What there was after the last command. */
    Sight sight() {
        return sight;
    }

    /** Holds all invariants after these commands, and has the servers write another line. */
    private void check(List<Outcome> outcomes) {
        outcomes.forEach(outcome -> out.printf("   %s %s%n", outcome.killed() ? "☠" : outcome.good() ? "✓" : "✗",
                outcome.command()));
        sight = theatre.look();
        invariants.check(now, memory, outcomes, sight);
        memory.ended(now, outcomes, sight);
        sight.servers().forEach(server -> {
            var line = "line " + ++written + " of this life";
            if (theatre.write(server.disk(), line)) {
                memory.wrote(server.disk(), line);
            }
        });
    }
}
