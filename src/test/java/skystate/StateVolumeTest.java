package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.STORAGE_CLASS;
import static skystate.StackRun.VOLUME;

/** What the stack does about the PersistentVolume as the cluster has it. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class StateVolumeTest {

    private static final Map<String, Object> NAMED = Map.of("name", "sky-api-server-pv");

    @Parameter
    private boolean preview;

    /** No claim binds to such a volume again (facts: 3, 7). */
    @ParameterizedTest
    @ValueSource(strings = {"Released", "Failed"})
    void volumeWhoseClaimIsGoneIsNotWaitedFor(String phase) {
        refuses(phase, Map.of("metadata", NAMED, "status", Map.of("phase", phase)));
    }

    /** A volume that is being deleted stays Bound for as long as its claim is there. */
    @ParameterizedTest
    @ValueSource(strings = {"Bound", "Released", "Available"})
    void volumeThatIsBeingDeletedIsNotClaimed(String phase) {
        refuses("being deleted",
                Map.of("metadata", Map.of("name", "sky-api-server-pv", "deletionTimestamp", "2026-11-23T09:00:00Z"),
                        "status", Map.of("phase", phase)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "Available", "Bound"})
    void volumeThatIsOrWillBeReadyIsClaimed(String phase) {
        claims(StackRun.given(preview).actual(VOLUME, Map.of("metadata", NAMED, "status", Map.of("phase", phase)))
                .run());
    }

    @Test
    void statusWithoutAPhaseIsNoReasonToRefuse() {
        claims(StackRun.given(preview).actual(VOLUME, Map.of("metadata", NAMED, "status", Map.of())).run());
    }

    /**
     * At a preview it is then unknown: the cluster can't be reached, or has another such volume that is to go first.
     */
    @Test
    void volumeWithoutAStatusIsClaimedByAKnownName() {
        claims(StackRun.given(preview).run());
    }

    /**
     * The disk driver raises a bound volume's capacity after the claim's; set beforehand, the claim would never grow.
     */
    @Test
    void volumeThatTheClaimHoldsGrowsAfterTheClaim() {
        assertEquals(List.of("spec.capacity"), ignored("skypilot/skypilot-state", true));
    }

    /** Made anew with a larger size, or waiting for a claim of a larger size, it has to have that size at once. */
    @Test
    void volumeThatNoClaimHoldsHasTheSizeAtOnce() {
        assertEquals(List.of(), ignored("skypilot/skypilot-state", false));
        assertEquals(List.of(),
                ignored("elsewhere/skypilot-state", true, Map.of("namespace", "elsewhere", "claim", "skypilot-state")));
        assertEquals(List.of(), StackRun.given(preview).run().request(VOLUME).getIgnoreChangesList());
    }

    /** A volume that was deleted by hand, and its claim with it, is made and not replaced. */
    @Test
    void releaseIsMadeAnewWithAnyOtherVolume() {
        var run = StackRun.given(preview)
                .actual(VOLUME, Map.of("metadata", Map.of("name", "sky-api-server-pv", "uid", "one-volume"))).run();
        assertEquals("one-volume", run.request(RELEASE).getReplacementTrigger().getStringValue());
    }

    /** The release has the same inputs as before, so the provider would leave it as it is. */
    @Test
    void serverWhoseDeploymentIsGoneIsMadeAnewOnce() {
        var before = Map.of("owner", StackRun.OWN_LABEL.get("sky-api-server-stack"), "diskId", StackRun.DISK_ID,
                "serverRemade", "2");
        assertEquals(3, rebuildGeneration(before, "skypilot/skypilot-state", Set.of("another")));
        assertEquals(2, rebuildGeneration(before, "skypilot/skypilot-state", Set.of("skypilot", "another")), "it runs");
        assertEquals(3,
                rebuildGeneration(StackRun.given(preview).lastUp(before)
                        .getDisk(StackRun.disk(10, "pd-balanced", StackRun.OWN_LABEL))),
                "an up that was killed meanwhile changes nothing of it");
    }

    /** What was made in a cluster before an up was cut off is not in another; the engine would look for it there. */
    @Test
    void volumeIsMadeAnewInAnotherContextBeforeTheFirstUpHasFinished() {
        var here = rebuildGeneration(StackRun.given(preview));
        assertEquals(here, rebuildGeneration(StackRun.given(preview)), "the up that goes on");
        assertNotEquals(here, rebuildGeneration(StackRun.given(preview).with("context", "another")));
        assertEquals(here,
                rebuildGeneration(
                        StackRun.given(preview).with("context", "another")
                                .lastUp(Map.of("owner", "dev", "serverRemade", String.valueOf(here)))
                                .cluster(StackRun.cluster(List.of(StackRun.NODE), List.of(), Optional.empty(),
                                        Optional.empty(), Map.of(), Set.of("skypilot")))),
                "another name of a cluster that has it");
    }

    /** Helm upgrades it no more, and would go on with the uninstall alone. */
    @Test
    void serverWhoseUninstallWasCutOffIsMadeAnew() {
        var cluster = StackRun.cluster(List.of(StackRun.NODE), List.of(), Optional.empty(), Optional.empty(),
                Map.of("skypilot", "uninstalling"), Set.of("skypilot"));
        assertEquals(rebuildGeneration(StackRun.given(preview)) + 1,
                rebuildGeneration(StackRun.given(preview).cluster(cluster)));
    }

    private int rebuildGeneration(Map<String, String> lastUp, String claim, Set<String> running) {
        return rebuildGeneration(holding(claim, true, running).lastUp(lastUp));
    }

    private int rebuildGeneration(StackRun.Given given) {
        var run = given.run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(run.output("serverRemade"),
                String.valueOf((int) run.request(VOLUME).getReplacementTrigger().getNumberValue()),
                "the next up goes on from there");
        assertEquals(run.request(VOLUME).getReplacementTrigger(), run.request(STORAGE_CLASS).getReplacementTrigger());
        return (int) run.request(VOLUME).getReplacementTrigger().getNumberValue();
    }

    private List<String> ignored(String claim, boolean bound) {
        return ignored(claim, bound, Map.of());
    }

    private List<String> ignored(String claim, boolean bound, Map<String, String> lastUp) {
        return holding(claim, bound, Set.of("skypilot")).lastUp(lastUp).run().request(VOLUME).getIgnoreChangesList();
    }

    private StackRun.Given holding(String claim, boolean bound, Set<String> running) {
        var volume = StackRun.volume(StackRun.OWN_LABEL.get("sky-api-server-stack"), StackRun.DISK_ID, claim, bound,
                false, true);
        return StackRun.given(preview).getDisk(StackRun.disk(10, "pd-balanced", StackRun.OWN_LABEL))
                .cluster(StackRun.cluster(List.of(StackRun.NODE), List.of(volume), Optional.empty(), Optional.empty(),
                        Map.of(), running));
    }

    private static void claims(StackRun run) {
        assertEquals(List.of(), run.result().errors());
        var storage = (Map<?, ?>) ((Map<?, ?>) run.inputs(RELEASE).get("values")).get("storage");
        assertEquals("sky-api-server-pv", storage.get("volumeName"));
        assertTrue(run.waitsFor(RELEASE).contains(VOLUME), run.waitsFor(RELEASE)::toString);
    }

    private void refuses(String state, Map<String, Object> actual) {
        var run = StackRun.given(preview).actual(VOLUME, actual).run();
        assertEquals("The PersistentVolume sky-api-server-pv is " + state
                + ": it, its claim or the release was deleted by hand.\n"
                + "This replaces volume, claim and release on the same disk:\n"
                + "  pulumi up --replace "
                + "'urn:pulumi:dev::sky-api-server::skystate:index:StateVolume$kubernetes:core/"
                + "v1:PersistentVolume::volume'",
                run.refusal().strip());
        assertEquals(1, run.result().errors().size(), () -> "told once:\n" + run.refusal());
        assertFalse(run.types().contains(RELEASE), "no server that waits for it in vain");
        assertTrue(run.types().containsAll(List.of(DISK, VOLUME)), run.types()::toString);
    }
}
