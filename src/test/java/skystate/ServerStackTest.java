package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import pulumirpc.Resource.RegisterResourceRequest;
import rehearsal.provider.Wire;
import skystate.disk.SnapshotSchedule;
import skystate.disk.StateDisk;
import skystate.server.ApiServer;
import skystate.volume.StateVolume;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.API_SERVER;
import static skystate.StackRun.CLUSTER;
import static skystate.StackRun.ATTACHMENT;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.NAMESPACE;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.POLICY;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.SECRET;
import static skystate.StackRun.STATE_DISK;
import static skystate.StackRun.STATE_VOLUME;
import static skystate.StackRun.STORAGE_CLASS;
import static skystate.StackRun.VOLUME;

/** The guide's own example, with nothing set but what has no default, and no disk yet. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class ServerStackTest {

    private static StackRun run;

    @Parameter
    private boolean preview;

    @BeforeParameterizedClassInvocation
    static void runOnce(boolean preview) {
        run = StackRun.given(preview).run();
    }

    @Test
    void itSucceeds() {
        assertEquals(List.of(), run.result().errors());
        assertEquals(0, run.result().exitCode());
    }

    /** A URN that changed would delete the resource and make another. */
    @Test
    void urnsNeverChange() {
        assertEquals(Set.of(
                "pulumi:providers:kubernetes::cluster",
                "skystate:index:StateDisk::disk",
                "skystate:index:StateDisk$gcp:compute/disk:Disk::disk",
                "skystate:index:SnapshotSchedule::snapshots",
                "skystate:index:SnapshotSchedule$gcp:compute/resourcePolicy:ResourcePolicy::snapshots",
                "skystate:index:SnapshotSchedule$gcp:compute/"
                        + "diskResourcePolicyAttachment:DiskResourcePolicyAttachment::snapshots",
                "skystate:index:StateVolume::volume",
                "skystate:index:StateVolume$kubernetes:storage.k8s.io/v1:StorageClass::volume-class",
                "skystate:index:StateVolume$kubernetes:core/v1:PersistentVolume::volume",
                "skystate:index:ApiServer::server",
                "skystate:index:ApiServer$kubernetes:core/v1:Namespace::server",
                "skystate:index:ApiServer$kubernetes:core/v1:Secret::server-auth",
                "skystate:index:ApiServer$kubernetes:helm.sh/v3:Release::server"), Set.copyOf(run.urns()));
        assertEquals(13, run.urns().size());
    }

    @Test
    void everyChildHasItsComponentAsParent() {
        var parents = Map.of(DISK, STATE_DISK, VOLUME, STATE_VOLUME,
                NAMESPACE, API_SERVER, SECRET, API_SERVER, RELEASE, API_SERVER);
        parents.forEach(
                (child, parent) -> assertEquals(parent, StackRun.typeOf(run.request(child).getParent()), child));
    }

    @Test
    void googleIsAskedForTheDiskAndForItsSchedule() {
        var calls = run.calls().stream().collect(toMap(call -> call.token, call -> call.args));
        assertEquals(Set.of("gcp:compute/getDisk:getDisk", "gcp:compute/getResourcePolicy:getResourcePolicy",
                "gcp:organizations/getClientConfig:getClientConfig",
                "kubernetes:helm:template"), calls.keySet());
        assertEquals(Map.of("project", "my-project", "zone", "us-east5-b", "name", "sky-api-server-state"),
                calls.get("gcp:compute/getDisk:getDisk"));
    }

    @Test
    void diskIsTheGuides() {
        assertEquals(Map.of(
                "project", "my-project",
                "zone", "us-east5-b",
                "name", "sky-api-server-state",
                "size", 10L,
                "type", "pd-balanced",
                "description",
                "State of a SkyPilot API server: its users, clusters and jobs. Deleting this disk deletes them.",
                "labels",
                Map.of("app", "sky-api-server", "managed-by", "pulumi", "sky-api-server-stack", "dev-adedc355")),
                run.inputs(DISK));
    }

    /** The list is fact G2's, on purpose not the program's own; and what is provisioned is left as it is. */
    @Test
    void noChangeThatWouldReplaceTheDiskReachesIt() {
        assertEquals(
                Set.of("description", "type", "zone", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk",
                        "image", "resourcePolicies", "physicalBlockSizeBytes", "enableConfidentialCompute",
                        "provisionedIops", "provisionedThroughput"),
                Set.copyOf(run.request(DISK).getIgnoreChangesList()));
    }

    @Test
    void diskItsScheduleAndTheNamespaceStayOnDestroyAndNothingElseDoes() {
        assertEquals(List.of(DISK, POLICY, ATTACHMENT, NAMESPACE),
                run.requests().stream().filter(RegisterResourceRequest::getRetainOnDelete)
                        .map(RegisterResourceRequest::getType).toList());
    }

    /**
     * The first is fact 6's: the volume never goes from one claim to another in place. Nor to other nodes, which
     * Kubernetes refuses.
     */
    @Test
    void volumeIsMadeAnewForAnotherClaimAndTheReleaseWithIt() {
        assertEquals(List.of("spec.claimRef", "spec.nodeAffinity"), run.request(VOLUME).getReplaceOnChangesList());
        assertEquals(List.of(VOLUME),
                run.request(RELEASE).getReplaceWithList().stream().map(StackRun::typeOf).toList());
    }

    /** Even where both contexts name one cluster: what is made anew there has the name of what was. */
    @Test
    void everythingInKubernetesMovesWithTheContext() {
        assertEquals(List.of("context"), run.request(CLUSTER).getReplaceOnChangesList());
        for (var type : List.of(STORAGE_CLASS, VOLUME, NAMESPACE, SECRET, RELEASE)) {
            assertTrue(run.request(type).getDeleteBeforeReplaceDefined() && run.request(type).getDeleteBeforeReplace(),
                    type);
        }
    }

    /**
     * Kept in the state, it would have a later refresh drop all that is in a cluster that is out of reach for a moment.
     */
    @Test
    void wordToDropWhatIsOutOfReachIsForOneRun() {
        assertEquals(List.of("deleteUnreachable"), run.request(CLUSTER).getIgnoreChangesList());
    }

    @Test
    void nothingElseIsReplacedUnasked() {
        run.requests().stream().filter(request -> !List.of(CLUSTER, VOLUME).contains(request.getType()))
                .forEach(request -> assertEquals(List.of(), request.getReplaceOnChangesList(), request.getType()));
        run.requests().stream().filter(request -> !request.getType().equals(RELEASE))
                .forEach(request -> assertEquals(List.of(), request.getReplaceWithList(), request.getType()));
        assertFalse(run.request(DISK).getDeleteBeforeReplace());
    }

    @Test
    void nothingIsImportedWhenThereIsNoDisk() {
        run.requests().forEach(request -> assertEquals("", request.getImportId(), request.getType()));
    }

    @Test
    void volumeIsTheGuidesAndBoundToTheClaimBeforehand() {
        assertEquals(Map.of(
                "apiVersion", "v1",
                "kind", "PersistentVolume",
                "metadata", Map.of(
                        "name", "sky-api-server-pv",
                        "labels", OWN_LABEL),
                "spec", Map.of(
                        "storageClassName", "sky-api-server-pv-class",
                        "capacity", Map.of("storage", "10Gi"),
                        "accessModes", List.of("ReadWriteOnce"),
                        "persistentVolumeReclaimPolicy", "Retain",
                        "csi", Map.of("driver", "pd.csi.storage.gke.io", "fsType", "ext4", "volumeHandle", DISK_ID),
                        "claimRef", Map.of("namespace", "skypilot", "name", "skypilot-state"),
                        "nodeAffinity",
                        Map.of("required", Map.of("nodeSelectorTerms", List.of(Map.of("matchExpressions", List.of(
                                Map.of("key", "topology.gke.io/zone", "operator", "In", "values",
                                        List.of("us-east5-b"))))))))),
                run.inputs(VOLUME));
    }

    /** It lets the claim grow, and no claim of its name ever gets a blank disk from it. */
    @Test
    void storageClassLetsTheClaimGrowAndProvisionsNothing() {
        assertEquals(Map.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
                "metadata", Map.of("name", "sky-api-server-pv-class", "labels", OWN_LABEL),
                "provisioner", "kubernetes.io/no-provisioner",
                "volumeBindingMode", "WaitForFirstConsumer",
                "reclaimPolicy", "Retain",
                "allowVolumeExpansion", true), run.inputs(STORAGE_CLASS));
    }

    @Test
    void serverRunsInANamespaceOfItsOwn() {
        assertEquals(Map.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Map.of("name", "skypilot", "labels", OWN_LABEL)), run.inputs(NAMESPACE));
    }

    @Test
    void loginIsASecretThatOnlyTheEngineCanRead() {
        assertEquals(Map.of("name", "skypilot-login", "namespace", "skypilot"), run.inputs(SECRET).get("metadata"));
        var data = assertInstanceOf(Wire.Secret.class, run.sent(SECRET).get("data"));
        assertEquals(Map.of("auth", "skypilot:$apr1$3531c43b$EcusfU0XDVY/FWN7/.hU80"), StackRun.decoded(data.value()));
    }

    @Test
    void releaseIsTheGuidesOnTheVolume() {
        var release = new HashMap<>(run.inputs(RELEASE));
        release.remove("compat"); // the SDK's own
        assertEquals(Map.of(
                "name", "skypilot",
                "namespace", "skypilot",
                "chart", "skypilot-nightly",
                "repositoryOpts", Map.of("repo", "https://helm.skypilot.co"),
                "devel", true,
                "timeout", 600L,
                "values", Map.of(
                        "storage", Map.of(
                                "enabled", true,
                                "storageClassName", "sky-api-server-pv-class",
                                "accessMode", "ReadWriteOnce",
                                "size", "10Gi",
                                "volumeName", "sky-api-server-pv"),
                        "ingress", Map.of("authSecret", "skypilot-login"))),
                release);
    }

    @Test
    void volumeWaitsForTheDiskAndTheReleaseForTheVolume() {
        assertTrue(run.waitsFor(VOLUME).contains(DISK), run.waitsFor(VOLUME)::toString);
        assertTrue(run.waitsFor(RELEASE).containsAll(List.of(STORAGE_CLASS, VOLUME, NAMESPACE, SECRET)),
                run.waitsFor(RELEASE)::toString);
        assertTrue(run.waitsFor(SECRET).contains(NAMESPACE), run.waitsFor(SECRET)::toString);
    }

    @Test
    void componentsWaitForOneAnotherInTheSameOrder() {
        assertTrue(run.waitsFor(STATE_VOLUME).contains(DISK), run.waitsFor(STATE_VOLUME)::toString);
        assertTrue(run.waitsFor(API_SERVER).contains(VOLUME), run.waitsFor(API_SERVER)::toString);
    }

    @Test
    void everythingInKubernetesGoesToTheConfiguredContext() {
        assertEquals(Map.of("context", "my-context"), run.inputs(CLUSTER));
        for (var type : List.of(STORAGE_CLASS, VOLUME, NAMESPACE, SECRET, RELEASE)) {
            var provider = run.request(type).getProvider();
            assertTrue(provider.contains("pulumi:providers:kubernetes::cluster::"),
                    () -> type + " goes to " + provider);
        }
    }

    @Test
    void handleIsKnownInAFirstPreviewToo() {
        assertEquals(DISK_ID, run.componentOutputs().get(STATE_DISK).get("handle"));
    }

    @Test
    void componentsTellTheEngineTheirOutputs() {
        assertEquals(Set.of("id", "selfLink", "handle"), run.componentOutputs().get(STATE_DISK).keySet());
        assertEquals(Map.of("name", "sky-api-server-pv"), run.componentOutputs().get(STATE_VOLUME));
        assertEquals(Set.of("release", "status"), run.componentOutputs().get(API_SERVER).keySet());
    }

    @Test
    void outputsTellWhatAnOperatorNeeds() {
        assertEquals(Set.of("diskId", "diskSelfLink", "diskSource", "snapshotSchedule", "statePlace", "owner",
                "persistentVolume", "claim", "namespace", "release", "status", "serverRemade", "login", "onDestroy",
                "context", "createdNamespace", "chart", "chartVersion"), run.outputs().keySet());
        assertEquals(OWN_LABEL.get("sky-api-server-stack"), run.output("owner"));
        assertEquals("sky-api-server-pv", run.output("persistentVolume"));
        assertEquals("skypilot-state", run.output("claim"));
        assertEquals("skypilot", run.output("namespace"));
        assertEquals("skypilot", run.output("release"));
        if (!preview) {
            assertEquals(DISK_ID, run.output("diskId"));
            assertEquals("https://www.googleapis.com/compute/v1/" + DISK_ID, run.output("diskSelfLink"));
            assertEquals("deployed", run.output("status"));
        }
    }

    @Test
    void onlyWhatTheCloudDecidesIsUnknownInAPreview() {
        var unknown = run.outputs().entrySet().stream().filter(output -> !output.getValue().isKnown())
                .map(Map.Entry::getKey).collect(toSet());
        assertEquals(preview ? Set.of("diskId", "diskSelfLink", "status", "chartVersion") : Set.of(), unknown);
    }

    @Test
    void loginNamesTheClusterAndTheUserButNoPassword() {
        var login = run.output("login");
        assertTrue(
                login.contains(
                        "kubectl --kubeconfig ~/.kube/config --context my-context --namespace skypilot get service"),
                login);
        assertTrue(login.contains("http://skypilot:PASSWORD@$HOST"), login);
    }

    @Test
    void outputsSayThatDestroyKeepsTheDiskAndHowToDeleteIt() {
        assertEquals(
                "The namespace skypilot stays, with whatever else is in it. pulumi destroy keeps the disk "
                        + "sky-api-server-state. To delete it with the stack: "
                        + "pulumi config set deleteDisk sky-api-server-state && pulumi up && pulumi destroy",
                run.output("onDestroy"));
    }

    @Test
    void noOutputIsHiddenFromTheOperator() {
        run.outputs().forEach((name, output) -> assertFalse(output.isSecret(), name));
    }

    @Test
    void configThatIsNotInOrderAsksForNothingAndRegistersNothing() {
        var refused = StackRun.given(preview).with("zone", "us-east5").with("diskSize", "1").run();
        assertEquals(1, refused.result().errors().size());
        assertTrue(refused.refusal().startsWith("The stack's config has 2 problems; nothing was changed:\n"),
                refused::refusal);
        assertEquals(List.of(), refused.types());
        assertEquals(List.of(), refused.calls());
        assertEquals(List.of(), refused.reads());
    }
}
