package rehearsal.scenario;

import rehearsal.world.Scenario;

import java.util.List;
import java.util.Optional;

/** Every scenario, the main story first. */
public final class Scenarios {

    /** All of them. */
    public static final List<Scenario> ALL = List.of(new Life(), new SameStack(), new StateGone(), new ClusterDeadCleanup(),
            new DiskMissing(), new DiskExists(), new DiskDeleted(), new GrownByHand(), new ProgramChanged(),
            RefusedChange.ZONE, RefusedChange.NAME, RefusedChange.SIZE, Moved.NAMESPACE, Moved.RELEASE, Moved.SIZE,
            HandDeleted.CLAIM, HandDeleted.RELEASE, HandDeleted.VOLUME);

    private Scenarios() {
    }

    /** The scenario of that name. */
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }
}
