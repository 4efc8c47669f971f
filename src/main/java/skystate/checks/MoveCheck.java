package skystate.checks;

import com.pulumi.exceptions.RunException;
import skystate.config.Settings;
import skystate.config.Volume;
import skystate.engine.PreviousOutputs;

/** Refuses a server that would start without the state that this stack's server has in another place. */
public final class MoveCheck {

    private MoveCheck() {
    }

    /**
     * Checks where the state is to be.
     *
     * @param settings the stack's settings
     * @param last     what the stack had
     * @throws RunException if the state was elsewhere, or on a volume that was larger
     */
    public static void refuseAnotherPlace(Settings settings, PreviousOutputs last) {
        var state = settings.state();
        // Outputs of an earlier version of this program name a disk alone.
        last.place().or(() -> last.disk().map(disk -> "disk")).filter(place -> !place.equals(state.word()))
                .ifPresent(place -> {
                    var named = place.equals("disk") || place.equals("database");
                    throw new RunException("This stack's server has its state in " + place + ", and the config says "
                            + state.word() + ": the server would start without its users, clusters and jobs."
                            + " Nothing was changed.\nTo stay there:\n  pulumi config set "
                            + (named ? "persistence " + place
                                    : "persistence volume && pulumi config set --path volume.handle " + place)
                            + "\nTo go on in " + state.word() + ", see docs/state.md, \"Moving the state\".");
                });
        if (state instanceof Volume volume) {
            last.volumeSize().filter(size -> size > volume.sizeGib()).ifPresent(size -> {
                throw new RunException("The volume " + volume.handle() + " has " + size + " GiB, and volume.size says "
                        + volume.sizeGib() + "; a claim can't shrink, so nothing was changed.\n"
                        + "  pulumi config set --path volume.size " + size);
            });
        }
    }
}
