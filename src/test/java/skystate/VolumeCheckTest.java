package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.cluster.ClusterState.Claim;
import skystate.cluster.ClusterState.Volume;
import skystate.cluster.ClusterState;
import skystate.config.StateReaderTest;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.NODE;
import static skystate.StackRun.OWN_LABEL;

/**
 * What stands on the disk decides, whatever it is called: nothing is registered while it could be deleted, or have two
 * writers.
 */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class VolumeCheckTest {

    private static final String KUBECTL = "kubectl --kubeconfig ~/.kube/config --context my-context ";
    private static final String HELM = "helm --kubeconfig ~/.kube/config --kube-context my-context ";
    private static final String OURS = OWN_LABEL.get("sky-api-server-stack");
    private static final String EXPECTED = "skypilot/skypilot-state";

    @Parameter
    private boolean preview;

    /**
     * SkyPilot's chart on the cluster's default class: the volume is called after its claim's uid, and its policy is
     * Delete.
     */
    @Test
    void volumeOfAnyNameThatTakesTheDiskAlongIsRefusedWithTheLineThatKeepsIt() {
        for (var handle : List.of(DISK_ID, "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/sky-api-server-state",
                "projects/UNSPECIFIED/zones/us-east5-b/disks/sky-api-server-state")) {
            for (var phase : List.of("Bound", "Released", "Available")) {
                var refusal = refusal(given(on("pvc-dyn-1", "", handle, EXPECTED, phase, "Delete")),
                        "PersistentVolume pvc-dyn-1 of the cluster of context my-context, on the disk "
                                + handle + ", has the reclaim policy Delete",
                        "Nothing was changed.",
                        "\n  " + KUBECTL
                                + "patch pv pvc-dyn-1 --patch"
                                + " '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'");
                assertFalse(refusal.contains("delete ") || refusal.contains("uninstall"), refusal);
            }
        }
    }

    @Test
    void everyVolumeThatTakesTheDiskAlongHasItsLine() {
        refusal(given(on("one", "", DISK_ID, "", "Released", "Delete"),
                on("two", "", DISK_ID, "", "Released", "Recycle")), "patch pv one", "patch pv two");
    }

    @Test
    void ownVolumeThatTakesTheDiskAlongIsRefusedToo() {
        refusal(given(on(StateVolume.NAME, OURS, DISK_ID, EXPECTED, "Bound", "Delete")), "patch pv sky-api-server-pv");
    }

    @Test
    void volumeOnAnotherDiskIsNobodysBusiness() {
        for (var handle : List.of("projects/my-project/zones/us-east5-c/disks/sky-api-server-state",
                "projects/my-project/regions/us-east5/disks/sky-api-server-state", "sky-api-server-state")) {
            assertEquals(List.of(), errors(given(on("pvc-1", "", handle, "other/data", "Bound", "Delete"))), handle);
        }
        assertEquals(List.of(), errors(
                given(new Volume("pvc-1", "", "ebs.csi.aws.com", DISK_ID, "other/data", "Bound", false, "Delete"))));
    }

    @Test
    void retainedVolumeThatNobodyHoldsIsNoHindrance() {
        for (var phase : List.of("Released", "Available", "Failed")) {
            assertEquals(List.of(), errors(given(on("pvc-dyn-1", "", DISK_ID, EXPECTED, phase, "Retain"))), phase);
        }
    }

    /** It is uninstalled once every volume on the disk is Retain, and not before. */
    @ParameterizedTest
    @ValueSource(strings = {"skypilot/skypilot-state", "there/sky-state"})
    void serverThatWasInstalledByHandHasTheLinesThatMoveItIntoTheStack(String claim) {
        var namespace = claim.split("/")[0];
        var release = claim.split("/")[1].replace("-state", "");
        var refusal = refusal(given(on("pvc-dyn-1", "", DISK_ID, claim, "Bound", "Retain")),
                "PersistentVolume pvc-dyn-1 of the cluster of context my-context, on the disk " + DISK_ID
                        + ", is bound to the claim " + claim + ", which this stack did not create.",
                "two servers on one disk",
                "\n  " + HELM + "uninstall " + release + " --ignore-not-found --namespace " + namespace + "\n",
                "\n  " + KUBECTL + "--namespace " + namespace + " delete --ignore-not-found deployment/" + release
                        + "-api-server pvc/" + release + "-state ",
                "from-helm");
        assertFalse(refusal.contains("delete pv"), refusal);
    }

    /** SkyPilot's guide by hand: the volume has the name of ours, and no label. */
    @Test
    void volumeOfTheGuideMakesWayAfterItsServer() {
        refusal(given(on(StateVolume.NAME, "", DISK_ID, EXPECTED, "Bound", "Retain")), "uninstall skypilot",
                "\n  " + KUBECTL + "delete pv sky-api-server-pv\n");
        refusal(given(on(StateVolume.NAME, "", DISK_ID, EXPECTED, "Released", "Retain")), "was made without a stack",
                "its reclaim policy is Retain",
                "\n  " + KUBECTL + "delete pv sky-api-server-pv");
    }

    @Test
    void claimThatIsNotTheChartsIsLookedAtAndNotDeleted() {
        var refusal = refusal(given(on("pvc-1", "", DISK_ID, "team/data", "Bound", "Retain")),
                "bound to the claim team/data", KUBECTL + "--namespace team describe pvc data");
        assertFalse(refusal.contains(" delete ") || refusal.contains("uninstall"), refusal);
    }

    @Test
    void anotherStacksVolumeHasNoLineThatDestroys() {
        for (var name : List.of(StateVolume.NAME, "another-pv")) {
            var refusal = refusal(given(on(name, "prod-00000000", DISK_ID, EXPECTED, "Bound", "Retain")),
                    "The stack prod-00000000 made that volume. Leave it alone.", "`pulumi destroy` in that stack");
            assertFalse(refusal.contains("kubectl") || refusal.contains("helm"), refusal);
        }
        var elsewhere = refusal(
                given(on(StateVolume.NAME, "prod-00000000", "projects/p/zones/z/disks/d", "theirs/skypilot-state",
                        "Bound", "Delete")),
                "has a PersistentVolume sky-api-server-pv already, which the stack prod-00000000 made",
                "Leave it alone", "pulumi config set context CONTEXT");
        assertFalse(
                elsewhere.contains("kubectl") || elsewhere.contains("helm") || elsewhere.contains("config set zone"),
                elsewhere);
    }

    @Test
    void diskThatDiffersFromTheConfigsInZoneOrNameAloneIsNamed() {
        var zone = refusal(
                given(on(StateVolume.NAME, "prod-00000000", DISK_ID.replace("us-east5-b", "us-east5-c"), EXPECTED,
                        "Bound", "Retain")),
                "Leave it alone", "If the config means the disk of that volume, name it",
                "\n  pulumi config set zone us-east5-c");
        assertFalse(zone.contains("config set diskName"), zone);
        var name = refusal(
                given(on(StateVolume.NAME, "prod-00000000", DISK_ID.replace("sky-api-server-state", "another"),
                        EXPECTED, "Bound", "Retain")),
                "\n  pulumi config set diskName another");
        assertFalse(name.contains("config set zone"), name);
    }

    @Test
    void volumeOfOurNameOnAnotherDiskIsKeptBeforeItMakesWay() {
        var refusal = refusal(given(on(StateVolume.NAME, "", "projects/p/zones/z/disks/d", "", "Available", "Delete")),
                "patch pv sky-api-server-pv");
        assertFalse(refusal.contains(" delete "), refusal);
    }

    @Test
    void ownVolumeIsNoStranger() {
        var ours = given(on(StateVolume.NAME, OURS, DISK_ID, EXPECTED, "Bound", "Retain"));
        assertEquals(List.of(), errors(ours));
        var formerly =
                given(on(StateVolume.NAME, "staging-00000000", DISK_ID, "theirs/skypilot-state", "Bound", "Retain"));
        assertEquals(List.of(), errors(formerly
                .lastUp(Map.of("owner", "staging-00000000", "namespace", "theirs", "claim", "skypilot-state"))));
    }

    /** The Pulumi state is lost, and the config names another server than the one that runs. */
    @Test
    void serverOfWhichTheStateDoesNotTellKeepsItsVolume() {
        for (var terminating : List.of(false, true)) {
            var held = given(new Volume(StateVolume.NAME, OURS, "pd.csi.storage.gke.io", DISK_ID, "there/sky-state",
                    "Bound", terminating, "Retain"));
            refusal(held,
                    "bound to the claim there/sky-state, which this stack did not create. The config expects "
                            + EXPECTED,
                    "\n  pulumi config set namespace there\n  pulumi config set release sky\n",
                    "\n  " + KUBECTL
                            + "--namespace there delete --ignore-not-found deployment/sky-api-server pvc/sky-state");
            refusal(held.lastUp(Map.of("diskId", DISK_ID, "namespace", "skypilot", "claim", "skypilot-state")),
                    "two servers on one disk");
            assertEquals(List.of(),
                    errors(held.lastUp(Map.of("diskId", DISK_ID, "namespace", "there", "claim", "sky-state"))));
        }
    }

    @Test
    void claimThatTheReleaseWouldMakeIsNotTakenFromAnother() {
        refusal(claim("pvc-9", false),
                "The claim skypilot/skypilot-state is there already, and takes PersistentVolume pvc-9, which is not "
                        + "on the disk "
                        + DISK_ID,
                "pulumi config set release ANOTHER_NAME");
        refusal(claim("", false), "takes any volume");
        refusal(claim("pvc-9", true), "is being deleted",
                KUBECTL + "--namespace skypilot wait --for=delete pvc/skypilot-state");
        assertEquals(List.of(), errors(claim(StateVolume.NAME, false)));
    }

    @Test
    void volumeUnderAnyDriverIsJudgedByItsHandle() {
        var byHand = new Volume("pvc-1", "", "ebs.csi.aws.com", "vol-0a", EXPECTED, "Bound", false, "Delete");
        refusal(StackRun.given(preview).config(StateReaderTest.onVolume()).cluster(cluster(byHand)),
                "on the disk vol-0a, has the reclaim policy Delete", "patch pv pvc-1");
    }

    private StackRun.Given claim(String volume, boolean terminating) {
        var none = cluster();
        return StackRun.given(preview)
                .cluster(new ClusterState(none.version(), none.nodes(), none.volumes(),
                        Optional.of(new Claim(volume, terminating)), none.storageClass(),
                        none.namespace(), none.pendingReleases(), none.releasesWithWorkload(), none.ingressClasses(),
                        none.serverConfig()));
    }

    private StackRun.Given given(Volume... volumes) {
        return StackRun.given(preview).with("disk", "adopt").getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL))
                .cluster(cluster(volumes));
    }

    private static ClusterState cluster(Volume... volumes) {
        return StackRun.cluster(List.of(NODE), List.of(volumes), Optional.empty(), Optional.empty(), Map.of(),
                Set.of());
    }

    private static Volume on(String name, String owner, String handle, String claim, String phase, String policy) {
        return new Volume(name, owner, "pd.csi.storage.gke.io", handle, claim, phase, false, policy);
    }

    private static List<String> errors(StackRun.Given given) {
        return given.run().result().errors();
    }

    private static String refusal(StackRun.Given given, String... words) {
        var run = given.run();
        var refusal = run.refusal();
        for (var word : words) {
            assertTrue(refusal.contains(word), () -> "\"" + word + "\" in:\n" + refusal);
        }
        assertEquals(List.of(), run.types(), "nothing is registered");
        return refusal;
    }
}
