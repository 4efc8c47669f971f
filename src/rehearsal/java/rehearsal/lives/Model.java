package rehearsal.lives;

import rehearsal.world.World;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What people have said so far, which decides what they can say next: stacks with their config, and clusters. It
 * follows from the acts alone. What came of them is for the {@link Theatre} to tell.
 *
 * @param at       the selected stack
 * @param stacks   config by stack: what was set of the keys that acts set; {@code context} is the cluster's name
 * @param clusters the clusters that run
 * @param lost     the names of those that were lost, and that no other took since
 * @param tried    the stacks in which an up was begun
 * @param byHand   what was made by hand: volumes as {@code CLUSTER/VOLUME}, releases as
 *                 {@code CLUSTER/NAMESPACE/RELEASE}
 */
public record Model(String at, Map<String, Map<String, String>> stacks, Set<String> clusters, Set<String> lost,
                    Set<String> tried, Set<String> byHand) {

    /** The disk's zone. */
    public static final String ZONE = "us-east5-b";
    /** Another zone, in which clusters have nodes too. */
    public static final String OTHER_ZONE = "us-east5-c";
    /** The disk's name. */
    public static final String DISK = "sky-api-server-state";
    /** A configured stack that was never up, and a cluster for it. */
    public static final Model START =
            new Model("dev", Map.of("dev", Map.of("context", "first", "zone", ZONE, "authPassword", "1")),
                    Set.of("first"), Set.of(), Set.of(), Set.of());

    public Model {
        stacks = Map.copyOf(stacks);
        clusters = Set.copyOf(clusters);
        lost = Set.copyOf(lost);
        tried = Set.copyOf(tried);
        byHand = Set.copyOf(byHand);
    }

    /** The password of a number. It is found nowhere by chance. */
    public static String password(String number) {
        return "correct horse battery staple " + number + " of a life";
    }

    /** Config of the selected stack. */
    public Map<String, String> config() {
        return stacks.get(at);
    }

    /** A key's value in the selected stack, or what it is by default. */
    public String config(String key, String otherwise) {
        return config().getOrDefault(key, otherwise);
    }

    /** The cluster that the selected stack names. */
    public String cluster() {
        return config().get("context");
    }

    /** Whether that one runs. */
    public boolean clusterRuns() {
        return clusters.contains(cluster());
    }

    /** Path of the disk that the selected stack names. */
    public String disk() {
        return "projects/" + World.PROJECT + "/zones/" + config().get("zone") + "/disks/" + DISK;
    }

    /** Whether an up was begun in the selected stack. */
    public boolean wasUp() {
        return tried.contains(at);
    }

    Model select(String stack) {
        return new Model(stack, stacks, clusters, lost, tried, byHand);
    }

    Model withStack(String stack, Map<String, String> config) {
        var all = new TreeMap<>(stacks);
        all.put(stack, Map.copyOf(config));
        return new Model(stack, all, clusters, lost, tried, byHand);
    }

    Model set(String key, String value) {
        var config = new LinkedHashMap<>(config());
        config.put(key, value);
        return withStack(at, config);
    }

    Model unset(String key) {
        var config = new LinkedHashMap<>(config());
        config.remove(key);
        return withStack(at, config);
    }

    /**
     * With the line of the config that a command sets or takes out, if it is such a command; messages name none for the
     * context.
     */
    Model typed(String command) {
        var words = command.split(" ");
        return command.matches("pulumi config set \\w+ \\S+") ? set(words[3], words[4])
                : command.matches("pulumi config rm \\w+") ? unset(words[3]) : this;
    }

    Model began() {
        return new Model(at, stacks, clusters, lost, with(tried, at), byHand);
    }

    Model made(String cluster) {
        return new Model(at, stacks, with(clusters, cluster), without(lost, cluster), tried, byHand);
    }

    Model lost(String cluster) {
        return new Model(at, stacks, without(clusters, cluster), with(lost, cluster), tried,
                byHand.stream().filter(thing -> !thing.startsWith(cluster + "/")).collect(Collectors.toSet()));
    }

    /** With something made by hand in the stack's cluster. @param thing as in {@link #byHand}, without the cluster */
    Model madeByHand(String thing) {
        return new Model(at, stacks, clusters, lost, tried, with(byHand, cluster() + "/" + thing));
    }

    /** With a release that was made by hand uninstalled. */
    Model uninstalled(String release) {
        return new Model(at, stacks, clusters, lost, tried, without(byHand, cluster() + "/" + release));
    }

    /**
     * Whether something was made by hand in the selected stack's cluster.
     *
     * @param thing as in {@link #byHand}, without the cluster
     */
    boolean hasByHand(String thing) {
        return byHand.contains(cluster() + "/" + thing);
    }

    /** What was made by hand in the selected stack's cluster, as in {@link #byHand}, without the cluster. */
    List<String> handMade() {
        return byHand.stream().filter(thing -> thing.startsWith(cluster() + "/"))
                .map(thing -> thing.substring(cluster().length() + 1)).sorted().toList();
    }

    private static Set<String> with(Set<String> names, String name) {
        var all = new TreeSet<>(names);
        all.add(name);
        return all;
    }

    private static Set<String> without(Set<String> names, String name) {
        var all = new TreeSet<>(names);
        all.remove(name);
        return all;
    }
}
