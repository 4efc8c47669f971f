package rehearsal.scenario;

import rehearsal.world.Scenario;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every scenario. */
public final class Scenarios {

    /** What is lost comes back. */
    static final List<Scenario> RECOVERY = List.of(new Life(), new SameStack(), new StateGone(), new ClusterDeadCleanup(),
            new DiskMissing(), new DiskExists(), new DiskDeleted(), new OldHolder(), HandDeleted.CLAIM, HandDeleted.RELEASE, HandDeleted.VOLUME);

    /** What changes leaves the server on its disk. */
    static final List<Scenario> CHANGES = List.of(new ProgramChanged(), new GrownByHand(), new OtherDisk(),
            RefusedChange.ZONE, RefusedChange.NAME, RefusedChange.SIZE, Moved.NAMESPACE, Moved.RELEASE, Moved.SIZE);

    /** All of them, the main story first. */
    public static final List<Scenario> ALL = Stream.concat(RECOVERY.stream(), CHANGES.stream()).toList();

    private Scenarios() {
    }

    /** The scenario of that name. */
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }
}
