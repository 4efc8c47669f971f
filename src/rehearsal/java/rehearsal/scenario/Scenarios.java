package rehearsal.scenario;

import rehearsal.world.Scenario;

import java.util.List;
import java.util.Optional;

/** Every scenario. */
public final class Scenarios {

    /** All of them, the main story first. */
    public static final List<Scenario> ALL = List.of(
            new Life(), new NewStack(), new SameStack(), new StateGone(), new ClusterDeadCleanup(), new OldHolder(),
            new TwoStacks(),
            WrongPlace.ZONE, WrongPlace.PROJECT, new WrongCluster(),
            new DiskMissing(), new DiskExists(), new DiskDeleted(), new OtherDisk(), new Referenced(), new Restored(),
            new SnapshotRestore(),
            new FromHelm(), new FromGuide(), new TwoKubeconfigs(), new OthersInNamespace(), new Runbook(),
            new ProgramChanged(), new ChartOlder(), new NewerChart(), new InstallFails(), new CloudFaults(),
            new ClusterFaults(),
            HandDeleted.CLAIM, HandDeleted.RELEASE, HandDeleted.VOLUME,
            new ZoneChange(), new ZoneLost(), RefusedChange.NAME, RefusedChange.SIZE,
            new Interrupted(), new NewContext(), new CloudCredentials(), new Login(), new LeastRights(), new Upgraded(),
            new OtherDriver(), new InDatabase(),
            new Redeploy(), new Destroy(), new DestroyDisk(),
            Moved.NAMESPACE, Moved.RELEASE, Grow.BY_CONFIG, Grow.BY_HAND);

    private Scenarios() {
    }

    /** The scenario of that name. */
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }
}
