package skystate;

import com.pulumi.exceptions.RunException;
import skystate.config.Settings;
import skystate.config.State;
import skystate.config.Volume;

import java.util.Optional;

/** Refuses, before anything is registered, a server that would start without the state that this stack's server had elsewhere. */
final class MoveCheck {

    private MoveCheck() {
    }

    /**
     * Checks where the state is to be.
     *
     * @param settings the stack's settings
     * @param last     what the stack had
     * @return what to tell the user of a move; empty if there is none
     * @throws RunException if the state was elsewhere, and the user didn't say that it was moved
     */
    static Optional<String> refuseUnlessMoved(Settings settings, LastUp last) {
        var state = settings.state();
        var before = before(last).filter(place -> !place.equals(state.word()));
        before.ifPresent(place -> {
            if (!settings.stateMoved()) {
                throw new RunException(leftBehind(place, state));
            }
            if (last.onDestroy().filter(text -> text.contains("DELETES")).isPresent()) {
                throw new RunException("The state moves to " + state.word() + ", and what it was on would be deleted with its place in this stack: as `pulumi stack output onDestroy` says of"
                        + " the last up. Nothing was changed.\nTo have it kept, set persistence back and do what that output says for one up.");
            }
        });
        if (before.isEmpty() && state instanceof Volume volume) {
            last.size().map(Integer::valueOf).filter(size -> size > volume.sizeGib()).ifPresent(size -> {
                throw new RunException("The volume " + volume.handle() + " has " + size + " GiB, and volume.size says " + volume.sizeGib()
                        + "; a claim can't shrink, so nothing was changed.\n  pulumi config set --path volume.size " + size);
            });
        }
        return before.map(place -> "The server goes on with the state in " + state.word() + ", where it was moved. " + kept(place, last));
    }

    /** Outputs of an earlier version of this program tell of a disk alone. */
    private static Optional<String> before(LastUp last) {
        return last.place().or(() -> last.disk().map(disk -> "disk"));
    }

    private static String kept(String place, LastUp last) {
        return last.disk().filter(disk -> place.equals("disk")).map(disk -> "The disk " + disk + " is kept, with the state of before.")
                .orElse("What it was in before stays as it is.");
    }

    private static String leftBehind(String place, State state) {
        return "This stack's server has its state in " + place + ", and the config says " + state.word()
                + ": the server would start without its users, clusters and jobs. Nothing was changed.\n"
                + "Set persistence back to what it was. To go on there, once the state was moved, as docs/state.md, \"Moving the state\", has it:\n"
                + "  pulumi config set stateMoved " + state.word() + " && pulumi up && pulumi config rm stateMoved";
    }
}
