package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.cluster.ClusterState.Node;
import skystate.cluster.ClusterState;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.NODE;
import static skystate.StackRun.OWN_LABEL;

/** What the stack does about the cluster as it finds it. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class ClusterCheckTest {

    private static final Node ELSEWHERE =
            new Node("my-project", "us-east5-c", "projects/my-project/zones/us-east5-c/instances/a");
    private static final Node FOREIGN =
            new Node("their-project", "us-east5-b", "projects/their-project/zones/us-east5-b/instances/b");

    @Parameter
    private boolean preview;

    @Test
    void clusterWithoutANodeInTheDisksZoneIsRefused() {
        refuses(nodes(ELSEWHERE),
                "The cluster of context my-context has nodes in us-east5-c only, and the disk is in us-east5-b",
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
        assertEquals(List.of(), nodes(new Node("", "", "")).run().result().errors());
    }

    @Test
    void clusterOfAnotherProjectIsRefused() {
        refuses(nodes(FOREIGN),
                "The cluster of context my-context is of project their-project, and the disk of my-project",
                "Nothing was changed.", "pulumi config set gcp:project their-project",
                "pulumi config set context CONTEXT");
    }

    @Test
    void storageClassOfOthersIsNotTakenOver() {
        refuses(storageClass(Map.of("team", "research")),
                "The cluster of context my-context has a StorageClass sky-api-server-pv-class already,"
                        + " which this stack did not make; nothing was changed.",
                "kubectl --kubeconfig ~/.kube/config --context my-context delete storageclass sky-api-server-pv-class");
        assertEquals(List.of(), storageClass(OWN_LABEL).run().result().errors());
    }

    /** What is in it is still there to look at, and an up would end well before it goes. */
    @Test
    void namespaceThatIsBeingDeletedIsRefused() {
        refuses(namespace(Map.of(), true),
                "The namespace skypilot is being deleted, with all that is in it; nothing was changed.",
                "\n  kubectl --kubeconfig ~/.kube/config --context my-context wait --for=delete namespace/skypilot "
                        + "--timeout=10m");
    }

    /** Helm would refuse each further install or upgrade of it. */
    @ParameterizedTest
    @ValueSource(strings = {"pending-install", "pending-upgrade", "pending-rollback"})
    void releaseThatWasLeftHalfWayIsRefused(String status) {
        refuses(pendingReleases("skypilot", status), "The release skypilot is " + status, "Nothing was changed.",
                "kubectl --kubeconfig ~/.kube/config --context my-context --namespace skypilot delete secret "
                        + "--selector owner=helm,name=skypilot,status="
                        + status);
        assertEquals(List.of(), pendingReleases("another", status).run().result().errors());
    }

    private StackRun.Given pendingReleases(String release, String status) {
        return StackRun.given(preview).cluster(StackRun.cluster(List.of(NODE), List.of(), Optional.empty(),
                Optional.empty(), Map.of(release, status), Set.of()));
    }

    private StackRun.Given nodes(Node... nodes) {
        return StackRun.given(preview).cluster(
                StackRun.cluster(List.of(nodes), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of()));
    }

    private StackRun.Given storageClass(Map<String, String> labels) {
        return StackRun.given(preview).cluster(
                StackRun.cluster(List.of(NODE), List.of(), Optional.of(labels), Optional.empty(), Map.of(), Set.of()));
    }

    private StackRun.Given namespace(Map<String, String> labels) {
        return namespace(labels, false);
    }

    private StackRun.Given namespace(Map<String, String> labels, boolean leaving) {
        var namespace = new ClusterState.Namespace(labels, leaving);
        return StackRun.given(preview).cluster(StackRun.cluster(List.of(NODE), List.of(), Optional.empty(),
                Optional.of(namespace), Map.of(), Set.of()));
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
