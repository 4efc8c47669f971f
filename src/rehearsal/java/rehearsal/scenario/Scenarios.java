package rehearsal.scenario;

import rehearsal.world.Scenario;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every scenario. */
public final class Scenarios {

    /** The main story. */
    static final Scenario LIFE = new Life();

    /** One of each kind. */
    static final List<Scenario> ONE_OF_EACH = List.of(new SameStack(), new DiskMissing(), new DiskExists(), new DiskDeleted(),
            new OtherDisk(), WrongPlace.ZONE, HandDeleted.CLAIM, RefusedChange.ZONE, Moved.SIZE);

    /** The others of a kind. */
    static final List<Scenario> OTHERS = List.of(new StateGone(), new ClusterDeadCleanup(), new OldHolder(), WrongPlace.PROJECT, new WrongCluster(), new GrownByHand(), new InstallFails(),
            new ProgramChanged(), HandDeleted.RELEASE, HandDeleted.VOLUME, RefusedChange.NAME, RefusedChange.SIZE,
            Moved.NAMESPACE, Moved.RELEASE);

    /** All of them, the main story first. */
    public static final List<Scenario> ALL = Stream.of(List.of(LIFE), ONE_OF_EACH, OTHERS).flatMap(List::stream).toList();

    private Scenarios() {
    }

    /** The scenario of that name. */
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }
}
