package rehearsal.scenario;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rehearsal.NeedsTools;
import rehearsal.postgres.Postgres;
import rehearsal.world.Options;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Every scenario of {@code ./rehearse list} as a test, each in a world of its own, and some at a time: they wait as
 * much as they work.
 */
class ScenariosIT {

    /**
     * The API server asks for these in the course of other calls: {@link rehearsal.cluster.RightsIT} shows it of bind
     * and escalate; and who creates by server-side apply, as the provider does, needs create beside patch.
     */
    private static final Pattern NOT_IN_THE_LOG = Pattern.compile(
            "(bind|escalate) .*|create (namespaces|persistentvolumes|storageclasses[.]storage[.]k8s[.]io)");
    private static final Set<String> NEVER_REHEARSED = Set.of(
            // The provider detaches a disk from the machines that hold it before it deletes it: where a cluster was
            // lost and its machines were not.
            "compute.instances.get", "compute.instances.detachDisk",
            // gcloud and the login to a GKE cluster ask for it.
            "container.clusters.get",
            // What changes on a stack that has it: snapshotDays.
            "compute.resourcePolicies.update",
            // The namespace's label changes with the stack's name; and the provider creates by server-side apply, which
            // is a patch.
            "patch namespaces",
            // Helm patches what a later chart has otherwise; the rehearsal's chart is one version.
            "patch clusterroles.rbac.authorization.k8s.io", "patch clusterrolebindings.rbac.authorization.k8s.io",
            "patch roles.rbac.authorization.k8s.io",
            "patch rolebindings.rbac.authorization.k8s.io", "patch configmaps", "patch services",
            "patch serviceaccounts", "patch ingressclasses.networking.k8s.io",
            // Helm waits by list and watch, or, with a newer client, by a watch that begins with what there is.
            "list jobs.batch", "watch pods",
            // The plugin of 2026-01 waits for no claim; others may.
            "list persistentvolumeclaims", "watch persistentvolumeclaims");
    private static final Set<String> GRANTED = ConcurrentHashMap.newKeySet();
    private static final Set<String> USED = ConcurrentHashMap.newKeySet();
    private static final Set<String> PLAYED = ConcurrentHashMap.newKeySet();

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> scenarios() {
        NeedsTools.get();
        return Scenarios.ALL.stream().map(scenario -> DynamicTest.dynamicTest(
                scenario.name() + ": " + scenario.what(), () -> play(scenario)));
    }

    /**
     * What a user is given by docs/rights.md and no scenario needs is to go from it: what is not given, the API server
     * and Google refuse. Only when all were played well can that be told.
     */
    @AfterAll
    static void everyRightIsNeeded() {
        if (PLAYED.size() == Scenarios.ALL.size()) {
            var unused = new TreeSet<>(GRANTED);
            unused.removeAll(USED);
            unused.removeAll(NEVER_REHEARSED);
            unused.removeIf(right -> NOT_IN_THE_LOG.matcher(right).matches());
            assertEquals(Set.of(), unused, "no scenario needs these of docs/rights/*.yaml");
        }
    }

    private static void play(Scenario scenario) throws Exception {
        Assumptions.assumeTrue(!scenario.needsPostgres() || Postgres.isHere(),
                "there is no PostgreSQL for this platform");
        var told = new ByteArrayOutputStream();
        try (var world = World.open(Path.of(""), NeedsTools.get(), Options.STAND_INS)) {
            if (scenario.playsSkyPilot()) {
                world.serveSkyPilot(System.err::println);
            }
            scenario.play(new Stage(world, new PrintStream(told, true, StandardCharsets.UTF_8)));
            assertEquals(Set.of(), world.exposed(), "a secret could be seen");
            GRANTED.addAll(world.granted());
            USED.addAll(world.used());
            PLAYED.add(scenario.name());
        } catch (Stage.Broken broken) {
            throw new AssertionError(told.toString(StandardCharsets.UTF_8) + "\n" + broken.getMessage(), broken);
        }
    }
}
