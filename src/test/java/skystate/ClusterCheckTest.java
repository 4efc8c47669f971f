package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.ClusterState.Machine;
import skystate.ClusterState.Volume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.NODE;
import static skystate.StackRun.OWN_LABEL;

/** What the stack does about the cluster as it finds it. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class ClusterCheckTest {

    private static final Machine ELSEWHERE = new Machine("my-project", "us-east5-c", "projects/my-project/zones/us-east5-c/instances/a");
    private static final Machine FOREIGN = new Machine("their-project", "us-east5-b", "projects/their-project/zones/us-east5-b/instances/b");

    @Parameter
    private boolean preview;

    @Test
    void clusterWithoutANodeInTheDisksZoneIsRefused() {
        refuses(nodes(ELSEWHERE), "The cluster of context my-context has nodes in us-east5-c only, and the disk is in us-east5-b",
                "Nothing was changed.", "Add a node pool in us-east5-b", "pulumi config set nodesOnDemand true");
    }

    @Test
    void oneNodeInTheDisksZoneIsEnough() {
        assertEquals(List.of(), nodes(ELSEWHERE, NODE).run().result().errors());
    }

    @Test
    void clusterThatMakesItsNodesOnDemandMayHaveNoneYet() {
        assertEquals(List.of(), nodes(ELSEWHERE).with("nodesOnDemand", "true").run().result().errors());
        assertEquals(List.of(), nodes().run().result().errors());
    }

    @Test
    void nodesThatTellNoZoneOrNoProjectAreNoReasonToRefuse() {
        assertEquals(List.of(), nodes(new Machine("", "", "")).run().result().errors());
    }

    @Test
    void clusterOfAnotherProjectIsRefused() {
        refuses(nodes(FOREIGN), "The cluster of context my-context is of project their-project, and the disk of my-project",
                "Nothing was changed.", "pulumi config set gcp:project their-project", "pulumi config set context CONTEXT");
    }

    @Test
    void clusterThatRunsAnotherStacksServerIsRefused() {
        refuses(volume("prod-00000000"), "The cluster of context my-context has a PersistentVolume sky-api-server-pv already, which the stack"
                        + " prod-00000000 made; nothing was changed.", "its disk:  " + DISK_ID, "its claim: theirs/skypilot-state",
                "\n  helm uninstall skypilot --ignore-not-found --kube-context my-context --namespace theirs\n"
                        + "  kubectl --context my-context --namespace theirs delete --ignore-not-found deployment/skypilot-api-server pvc/skypilot-state ", "\n  kubectl --context my-context delete pv sky-api-server-pv");
    }

    @Test
    void clusterWithAVolumeMadeByHandIsRefused() {
        refuses(volume(""), "which was made without a stack");
        var free = volume(new Volume("", DISK_ID, "none", false, false, true));
        refuses(free, "which was made without a stack", "to be replaced:\n  kubectl --context my-context delete pv sky-api-server-pv");
    }

    @Test
    void ownVolumeIsNoStranger() {
        assertEquals(List.of(), volume(new Volume(OWN_LABEL.get("sky-api-server-stack"), DISK_ID, "skypilot/skypilot-state", true, false, true))
                .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run().result().errors());
        assertEquals(List.of(), volume("staging-00000000").lastUp(Map.of("owner", "staging-00000000", "namespace", "theirs", "claim", "skypilot-state"))
                .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run().result().errors());
    }

    /** A second server could run beside it, on the same node, once the volume is for another claim. */
    @Test
    void volumeThatAServerHoldsOfWhichTheStateDoesNotTellIsNotTakenFromIt() {
        refuses(heldBy("there/sky-state", false), "The cluster of context my-context has the PersistentVolume sky-api-server-pv held by the claim there/sky-state,"
                + " of a server that no finished up of this stack tells of, and the config says skypilot/skypilot-state: two servers would write to one disk. Nothing was changed.",
                "\n  pulumi config set namespace there\n  pulumi config set release sky\n",
                "\n  kubectl --context my-context --namespace there delete --ignore-not-found deployment/sky-api-server pvc/sky-state");
        refuses(heldBy("there/sky-state", true), "two servers would write to one disk");
        refuses(heldBy("there/sky-state", false).lastUp(Map.of("diskId", DISK_ID, "namespace", "skypilot", "claim", "skypilot-state")), "two servers would write to one disk");
        assertEquals(List.of(), heldBy("there/sky-state", false).lastUp(Map.of("diskId", DISK_ID, "namespace", "there", "claim", "sky-state")).run().result().errors());
        assertEquals(List.of(), heldBy("skypilot/skypilot-state", false).run().result().errors());
    }

    @Test
    void namespaceThatTheStackIsNotToMakeHasToBeThere() {
        refuses(StackRun.given(preview).with("createNamespace", "false").with("namespace", "team"), "has no namespace team, and createNamespace is false",
                "kubectl --context my-context create namespace team", "pulumi config set createNamespace true");
    }

    private StackRun.Given heldBy(String claim, boolean leaving) {
        return volume(new Volume(OWN_LABEL.get("sky-api-server-stack"), DISK_ID, claim, true, leaving, true)).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL));
    }

    /** The claim goes first where the volume is replaced, and the disk with it. */
    @Test
    void volumeThatTakesItsDiskAlongIsRefused() {
        var patch = "\n  kubectl --context my-context patch pv sky-api-server-pv --patch '{\"spec\": {\"persistentVolumeReclaimPolicy\": \"Retain\"}}'";
        refuses(volume(OWN_LABEL.get("sky-api-server-stack"), false).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)),
                "has the PersistentVolume sky-api-server-pv with another reclaim policy than Retain: its disk " + DISK_ID
                        + " would be deleted with the claim. Nothing was changed." + patch);
        refuses(volume("", false), "which was made without a stack", patch + "    # or its disk goes with the claim\n  helm uninstall");
    }

    @Test
    void storageClassOfOthersIsNotTakenOver() {
        refuses(storageClass(Map.of("team", "research")), "The cluster of context my-context has a StorageClass sky-api-server-pv-class already,"
                + " which this stack did not make; nothing was changed.", "kubectl --context my-context delete storageclass sky-api-server-pv-class");
        assertEquals(List.of(), storageClass(OWN_LABEL).run().result().errors());
    }

    /** Its destroy would delete the namespace with all that others have in it. */
    @Test
    void namespaceOfOthersIsNotTakenOver() {
        refuses(namespace(Map.of("team", "research")), "The cluster of context my-context has a namespace skypilot already, which this stack did"
                + " not make", "nothing was changed", "pulumi config set createNamespace false");
        assertEquals(List.of(), namespace(Map.of()).with("createNamespace", "false").run().result().errors());
        assertEquals(List.of(), namespace(OWN_LABEL).run().result().errors());
    }

    /** What is in it is still there to look at, and an up would end well before it goes. */
    @Test
    void namespaceThatIsBeingDeletedIsRefused() {
        for (var createNamespace : List.of("true", "false")) {
            refuses(namespace(createNamespace.equals("true") ? OWN_LABEL : Map.of(), true).with("createNamespace", createNamespace),
                    "The namespace skypilot is being deleted, with all that is in it; nothing was changed.", "\n  kubectl --context my-context wait --for=delete namespace/skypilot --timeout=10m");
        }
    }

    /** The engine would delete it, with the server in it, and call that a success. */
    @Test
    void ownNamespaceIsNotLetGoOfWhileTheServerIsInIt() {
        refuses(namespace(OWN_LABEL).with("createNamespace", "false"), "The cluster of context my-context has the namespace skypilot, which this"
                + " stack made, and createNamespace is false", "Nothing was changed.", "pulumi config set createNamespace true",
                "pulumi destroy && kubectl --context my-context create namespace skypilot && pulumi up");
    }

    /** Helm would refuse each further install or upgrade of it. */
    @ParameterizedTest
    @ValueSource(strings = {"pending-install", "pending-upgrade", "pending-rollback"})
    void releaseThatWasLeftHalfWayIsRefused(String status) {
        refuses(unsettled("skypilot", status), "The release skypilot is " + status, "Nothing was changed.",
                "kubectl --context my-context --namespace skypilot delete secret --selector owner=helm,name=skypilot,status=" + status);
        assertEquals(List.of(), unsettled("another", status).run().result().errors());
    }

    private StackRun.Given unsettled(String release, String status) {
        return StackRun.given(preview).cluster(new ClusterState(List.of(NODE), Optional.empty(), Optional.empty(), Optional.empty(), Map.of(release, status), Set.of()));
    }

    private StackRun.Given nodes(Machine... nodes) {
        return StackRun.given(preview).cluster(new ClusterState(List.of(nodes), Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Set.of()));
    }

    private StackRun.Given volume(String owner) {
        return volume(owner, true);
    }

    private StackRun.Given volume(String owner, boolean retained) {
        return volume(new Volume(owner, DISK_ID, "theirs/skypilot-state", true, false, retained));
    }

    private StackRun.Given volume(Volume volume) {
        return StackRun.given(preview).cluster(new ClusterState(List.of(NODE),
                Optional.of(volume),
                Optional.empty(), Optional.empty(), Map.of(), Set.of()));
    }

    private StackRun.Given storageClass(Map<String, String> labels) {
        return StackRun.given(preview).cluster(new ClusterState(List.of(NODE), Optional.empty(), Optional.of(labels), Optional.empty(), Map.of(), Set.of()));
    }

    private StackRun.Given namespace(Map<String, String> labels) {
        return namespace(labels, false);
    }

    private StackRun.Given namespace(Map<String, String> labels, boolean leaving) {
        var namespace = new ClusterState.Namespace(labels, leaving);
        return StackRun.given(preview).cluster(new ClusterState(List.of(NODE), Optional.empty(), Optional.empty(), Optional.of(namespace), Map.of(), Set.of()));
    }

    private static void refuses(StackRun.Given given, String... words) {
        var run = given.run();
        var refusal = run.refusal();
        for (var word : words) {
            assertTrue(refusal.contains(word), () -> "\"" + word + "\" in:\n" + refusal);
        }
        assertEquals(1, run.result().errors().size(), () -> "told once:\n" + refusal);
        assertEquals(List.of(), run.types(), "nothing is registered");
    }
}
