package rehearsal.lives;

import rehearsal.google.Fault;
import rehearsal.lives.Act.Verb;
import rehearsal.lives.Theatre.Part;
import rehearsal.lives.Theatre.Thing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes up lives. The same seed makes the same life, wherever it is played. */
public final class Generator {

    /**
     * Permissions that the program's or the provider's calls need, and a fault's being met with each tells something.
     */
    private static final List<String> PERMISSIONS =
            List.of("compute.disks.get", "compute.disks.create", "compute.disks.setLabels", "compute.disks.resize",
                    "compute.disks.delete", "compute.disks.addResourcePolicies", "compute.resourcePolicies.get",
                    "compute.resourcePolicies.create", "compute.zoneOperations.get");
    private static final int LONGEST_UP = 30;
    private static final int LONGEST_DESTROY = 16;

    private final SplittableRandom random;

    private Generator(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** The life of a seed. @param length how many acts it has */
    public static List<Act> life(long seed, int length) {
        var generator = new Generator(seed);
        var acts = new ArrayList<Act>();
        var model = Model.START;
        while (acts.size() < length) {
            var act = generator.next(model, acts.isEmpty());
            if (act.possible(model)) {
                acts.add(act);
                model = act.after(model);
            }
        }
        return List.copyOf(acts);
    }

    /** Most lives begin with an up, for there is little to lose before. */
    private Act next(Model now, boolean first) {
        if (first) {
            return switch (random.nextInt(8)) {
                case 0, 1 -> run(Verb.UP);
                case 2 -> helmInstall();
                default -> new Act.Run(Verb.UP);
            };
        }
        if (!now.clusterRuns() && random.nextInt(2) == 0) {
            return afterLoss(now);
        }
        return switch (random.nextInt(22)) {
            case 0, 1, 2, 3, 4 -> new Act.Run(Verb.UP);
            case 5 -> new Act.Run(oneOf(List.of(Verb.PREVIEW, Verb.REFRESH)));
            case 6 -> new Act.Run(Verb.DESTROY);
            case 7, 8, 9, 10 -> run(Verb.UP);
            case 11 -> run(Verb.DESTROY);
            case 12, 13, 14 -> config(now);
            case 15, 16 -> new Act.Delete(oneOf(List.of(Thing.values())));
            case 17 -> oneOf(List.of(new Act.LoseNode(), new Act.GrowByHand(oneOf(List.of(15L, 20L, 30L)))));
            case 18 -> oneOf(now.clusters().stream().sorted().toList().isEmpty() ? List.of(afterLoss(now))
                    : List.<Act>of(new Act.LoseCluster(now.cluster(), random.nextInt(4) == 0)));
            case 19, 20 -> byHand(now);
            default -> stacks(now);
        };
    }

    /** What somebody does with kubectl and Helm who doesn't know the program. */
    private Act byHand(Model now) {
        var made = now.handMade();
        var releases = made.stream().filter(thing -> thing.contains("/")).toList();
        var volumes = Stream.concat(Stream.of(ByHand.OWN), made.stream().filter(thing -> !thing.contains("/")))
                .distinct().toList();
        return switch (random.nextInt(6)) {
            case 0, 1 -> helmInstall();
            case 2 -> releases.isEmpty() ? helmInstall() : uninstall(oneOf(releases));
            case 3 -> new Act.VolumeByHand(oneOf(List.of("unbound", "by-hand-state", "data")));
            default -> new Act.PolicyDelete(oneOf(volumes));
        };
    }

    private Act helmInstall() {
        return new Act.HelmInstall(oneOf(List.of("skypilot", "sky")), oneOf(List.of("skypilot", "sky-two")),
                random.nextInt(3) == 0 ? 0 : 1);
    }

    private static Act uninstall(String release) {
        var parts = release.split("/");
        return new Act.HelmUninstall(parts[1], parts[0]);
    }

    /** A run that something comes in between. */
    private Act run(Verb verb) {
        var longest = verb == Verb.UP ? LONGEST_UP : LONGEST_DESTROY;
        // Few more often than many: where little changes, the state is written a few times only.
        var writes = 1 + random.nextInt(random.nextBoolean() ? longest : 1 + random.nextInt(longest));
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> new Act.Kill(verb, writes);
            case 4, 5 -> new Act.Crash(oneOf(List.of(Part.values())), verb, writes);
            case 6 -> new Act.Cramped(verb);
            case 7 -> new Act.Together(verb);
            default -> faulty(verb);
        };
    }

    private Act faulty(Verb verb) {
        var permission = oneOf(PERMISSIONS);
        // What only reads begins no operation that could end in an error.
        var fault =
                oneOf(permission.endsWith(".get") ? List.of(Fault.DENIED, Fault.QUOTA, Fault.LATE, Fault.UNAVAILABLE)
                        : List.of(Fault.DENIED, Fault.QUOTA, Fault.STOCK_OUT, Fault.QUOTA_LATER, Fault.LATE,
                                Fault.UNAVAILABLE));
        return new Act.Faulty(verb, permission, fault, 1 + random.nextInt(3));
    }

    private Act config(Model now) {
        return switch (random.nextInt(10)) {
            case 0 -> new Act.Configure("diskSize", oneOf(List.of("10", "20", "30")));
            case 1 -> new Act.Configure("namespace", oneOf(List.of("skypilot", "sky-two")));
            case 2 -> new Act.Configure("release", oneOf(List.of("skypilot", "sky")));
            case 3, 4 -> new Act.Configure("authPassword", oneOf(List.of("1", "2", "3")));
            case 5 -> new Act.Configure("values.apiService.terminationGracePeriodSeconds", oneOf(List.of("30", "90")));
            case 6 -> new Act.Configure("zone", oneOf(List.of(Model.ZONE, Model.OTHER_ZONE)));
            case 7 -> new Act.Configure("disk", oneOf(List.of("create", "adopt", "reference")));
            case 8 -> new Act.Configure("deleteDisk", Model.DISK);
            default -> new Act.Unset("deleteDisk");
        };
    }

    private Act afterLoss(Model now) {
        return switch (random.nextInt(3)) {
            case 0 -> new Act.FreshCluster(now.cluster());
            case 1 -> new Act.FreshCluster(name(now));
            default -> now.clusters().isEmpty() ? new Act.FreshCluster(name(now)) : elsewhere(now);
        };
    }

    private Act stacks(Model now) {
        return random.nextBoolean() && now.stacks().size() > 1
                ? new Act.Select(oneOf(now.stacks().keySet().stream().sorted().toList()))
                : now.clusters().size() < 2 ? new Act.FreshCluster(name(now)) : elsewhere(now);
    }

    /** The selected stack, or a new one, names a cluster that runs. */
    private Act elsewhere(Model now) {
        var cluster = oneOf(now.clusters().stream().sorted().toList());
        return random.nextBoolean() ? new Act.Configure("context", cluster)
                : new Act.NewStack("stack" + (now.stacks().size() + 1), cluster);
    }

    private static String name(Model now) {
        return IntStream.rangeClosed(2, 99).mapToObj(number -> "cluster" + number)
                .filter(name -> !now.clusters().contains(name) && !now.lost().contains(name)).findFirst().orElseThrow();
    }

    private <T> T oneOf(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
