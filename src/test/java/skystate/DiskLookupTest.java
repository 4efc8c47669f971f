package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.provider.Wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.NODE;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.RELEASE;

/** What the stack does about the disk as it finds it at Google. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class DiskLookupTest {

    private static final Map<String, String> FOREIGN = Map.of("goog-gke-volume", "", "sky-api-server-stack", "prod-00000000");

    @Parameter
    private boolean preview;

    @Test
    void missingDiskIsMade() {
        var run = StackRun.given(preview).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals("", run.request(DISK).getImportId());
    }

    @Test
    void ownDiskIsImportedUnderItsOneId() {
        var run = given("create").getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(DISK_ID, run.request(DISK).getImportId());
        assertTrue(run.request(DISK).getRetainOnDelete());
        assertEquals(StackRun.given(preview).run().request(DISK).getIgnoreChangesList(), run.request(DISK).getIgnoreChangesList());
    }

    @Test
    void adoptedDiskIsImportedWhoeverMadeItAndGetsOurLabel() {
        var run = given("adopt").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN)).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(DISK_ID, run.request(DISK).getImportId());
        assertEquals(OWN_LABEL.get("sky-api-server-stack"), ((Map<?, ?>) run.inputs(DISK).get("labels")).get("sky-api-server-stack"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "adopt"})
    void ownDiskThatIsSmallerIsImportedAndGrows(String disk) {
        var run = given(disk).with("diskSize", "20").getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(DISK_ID, run.request(DISK).getImportId());
        assertEquals(20L, run.inputs(DISK).get("size"));
    }

    /** The disk that was meant has the size that was set when it was made. */
    @Test
    void smallerDiskOfAnotherIsNotAdopted() {
        refuses(given("adopt").with("diskSize", "20").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN)),
                "The disk " + DISK_ID + " to adopt has only 10 GiB, and diskSize says 20; it may be another than you mean, so nothing was changed.",
                "\n  pulumi config set diskSize 10\n", "It can grow once this stack owns it.");
        refuses(given("adopt").with("diskSize", "11").getDisk(StackRun.disk(10, "pd-balanced", Map.of())), "has only 10 GiB, and diskSize says 11");
    }

    @Test
    void diskOfAnotherStackIsNotTakenUnasked() {
        refuses(given("create").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN)),
                "There is a disk " + DISK_ID + " already, and this stack did not make it; nothing was changed.",
                "pulumi config set disk adopt", "pulumi config set diskName ANOTHER_NAME");
    }

    @Test
    void diskWithoutLabelsIsNotTakenUnasked() {
        refuses(given("create").getDisk(StackRun.disk(10, "pd-balanced", Map.of())), "this stack did not make it");
    }

    @Test
    void missingDiskIsNotAdopted() {
        refuses(given("adopt"), "There is no disk " + DISK_ID + " to adopt; nothing was changed.",
                "gcloud compute disks list --project my-project --filter=labels.sky-api-server-stack:*");
    }

    @Test
    void largerDiskIsNotShrunk() {
        refuses(given("adopt").getDisk(StackRun.disk(20, "pd-balanced", Map.of())),
                "has 20 GiB, and diskSize says 10; a disk can't shrink, so nothing was changed.", "pulumi config set diskSize 20");
    }

    @Test
    void ownDiskGrownByHandIsNotShrunk() {
        refuses(given("create").getDisk(StackRun.disk(11, "pd-balanced", OWN_LABEL)), "pulumi config set diskSize 11");
    }

    @Test
    void diskOfAnotherTypeIsNotReplaced() {
        refuses(given("adopt").getDisk(StackRun.disk(10, "pd-ssd", Map.of())),
                "is of type pd-ssd, and diskType says pd-balanced; a disk can't change its type, so nothing was changed.",
                "pulumi config set diskType pd-ssd");
    }

    /** Google's answer alone looks like a first `up`; what tells the two apart is what this stack had. */
    @Test
    void stackAsksItselfWhichDiskItHad() {
        var reads = StackRun.given(preview).run().reads();
        assertEquals(1, reads.size());
        assertEquals("pulumi:pulumi:StackReference", reads.get(0).getType());
        assertEquals("self", reads.get(0).getName());
        assertEquals("organization/sky-api-server/dev", reads.get(0).getId());
        assertEquals(Map.of("name", "organization/sky-api-server/dev"), Wire.read(reads.get(0).getProperties()));
    }

    @Test
    void lostDiskIsNotSilentlyMadeAnew() {
        refuses(given("create").lastDisk(DISK_ID),
                "This stack's disk " + DISK_ID + " is gone: it was deleted behind the stack's back. Nothing was changed.\n",
                "\n  gcloud compute disks create sky-api-server-state --project my-project --zone us-east5-b"
                        + " --type pd-balanced --size 10GB --source-snapshot SNAPSHOT\n",
                "\n  pulumi config set disk adopt && pulumi up\n",
                "\n  pulumi config set blankDisk sky-api-server-state && pulumi up");
    }

    @Test
    void lostDisksCommandsNameItAsTheConfigDoes() {
        var id = "projects/team-project/zones/europe-west4-a/disks/team-disk";
        refuses(given("create").with("gcp:project", "team-project").with("zone", "europe-west4-a").with("diskName", "team-disk")
                        .with("diskType", "pd-ssd").with("diskSize", "25").getDisk(StackRun.failing(id + " not found")).lastDisk(id),
                "gcloud compute disks create team-disk --project team-project --zone europe-west4-a --type pd-ssd --size 25GB --source-snapshot SNAPSHOT",
                "pulumi config set blankDisk team-disk && pulumi up");
    }

    @Test
    void lostDiskIsMadeBlankOnceTheConfigNamesIt() {
        var run = given("create").lastDisk(DISK_ID).with("blankDisk", "sky-api-server-state").run();
        assertEquals(List.of(), run.result().errors());
        assertEquals("", run.request(DISK).getImportId());
        assertTrue(run.types().contains(RELEASE), run.types()::toString);
    }

    @Test
    void blankDiskThatNamesAnotherDiskIsNoYes() {
        refuses(given("create").lastDisk(DISK_ID).with("blankDisk", "another-disk"),
                "blankDisk = another-disk: this stack's disk is sky-api-server-state", "pulumi config set blankDisk sky-api-server-state");
    }

    @Test
    void lostDiskThatWasAdoptedIsNoOtherLoss() {
        refuses(given("adopt").lastDisk(DISK_ID), "is gone: it was deleted behind the stack's back", "--source-snapshot SNAPSHOT");
        assertEquals(List.of(), given("adopt").lastDisk(DISK_ID).with("blankDisk", "sky-api-server-state").run().result().errors());
    }

    @Test
    void diskThatThisStackNeverHadIsNotAdoptedBlank() {
        refuses(given("adopt").with("blankDisk", "sky-api-server-state"), "There is no disk " + DISK_ID + " to adopt");
    }

    /** Importing another disk would replace the one that the stack has (facts: G7). */
    @Test
    void stackNeverLeavesItsDiskForAnother() {
        for (var disk : List.of("create", "adopt")) {
            refuses(given(disk).lastDisk("projects/my-project/zones/us-east5-b/disks/old-disk"),
                    "The config names another disk than this stack has", "disks/old-disk");
            refuses(given(disk).lastDisk("projects/my-project/zones/us-east5-b/disks/old-disk")
                            .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)),
                    "The config names another disk than this stack has", "disks/old-disk");
        }
    }

    @Test
    void diskThatAnothersServerHoldsIsNotAdopted() {
        for (var machine : List.of("old-node", "node")) {
            refuses(given("adopt").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN, List.of(machine(machine)))),
                    "The disk " + DISK_ID + " is held by projects/my-project/zones/us-east5-b/instances/" + machine
                            + ", where another stack's server may run; nothing was changed.",
                    "`pulumi destroy` in the stack that made it lets go of the disk, and keeps it",
                    "gcloud compute instances delete " + machine + " --project my-project --zone us-east5-b");
        }
    }

    @Test
    void ownDiskMayBeHeldByANodeOfThisClusterOnly() {
        var given = given("create").cluster(new ClusterLookup.Found(List.of(NODE), Optional.empty(), Optional.empty()));
        assertEquals(List.of(), given.getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("node")))).run().result().errors());
        refuses(given.getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("old-node")))),
                "is held by projects/my-project/zones/us-east5-b/instances/old-node, where this cluster has no node; nothing was changed.");
    }

    @Test
    void clusterWhoseMachinesAreUnknownTellsNothingOfAHolder() {
        var unknown = new ClusterLookup.Found(List.of(NODE, new ClusterLookup.Machine("", "us-east5-b", "")), Optional.empty(), Optional.empty());
        for (var cluster : List.of(unknown, new ClusterLookup.Found(List.of(), Optional.empty(), Optional.empty()))) {
            assertEquals(List.of(), given("create").cluster(cluster)
                    .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("old-node")))).run().result().errors());
        }
    }

    @Test
    void renamedStackStillHasItsDisk() {
        var label = Map.of("sky-api-server-stack", "staging-00000000");
        var renamed = given("create").lastUp(Map.of("diskId", DISK_ID, "owner", "staging-00000000"));
        var run = renamed.getDisk(StackRun.disk(10, "pd-balanced", label, List.of(machine("node")))).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(OWN_LABEL.get("sky-api-server-stack"), ((Map<?, ?>) run.inputs(DISK).get("labels")).get("sky-api-server-stack"));
    }

    @Test
    void diskThatIsThereIsNotLost() {
        for (var blankDisk : List.of("", "sky-api-server-state")) {
            var run = given("create").with("blankDisk", blankDisk).lastDisk(DISK_ID).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(DISK_ID, run.request(DISK).getImportId());
        }
    }

    @Test
    void withoutPermissionNothingIsAssumed() {
        refuses(given("create").getDisk(StackRun.failing("invoking gcp:compute/getDisk:getDisk: 1 error occurred:\n\t* Error when reading or "
                        + "editing ComputeDisk \"" + DISK_ID + "\": googleapi: Error 403: Required 'compute.disks.get' permission, forbidden")),
                "Google could not be asked about the disk " + DISK_ID + ", so nothing was changed:",
                "googleapi: Error 403: Required 'compute.disks.get' permission, forbidden",
                "gcloud compute disks describe sky-api-server-state --project my-project --zone us-east5-b");
    }

    @Test
    void withoutAnAnswerNothingIsAssumed() {
        refuses(given("create").getDisk(StackRun.failing("dial tcp: lookup compute.googleapis.com: no such host")),
                "Google could not be asked", "no such host");
    }

    /** A missing project or network also reads "not found", and is no word on the disk. */
    @Test
    void anotherThingNotFoundIsNotAMissingDisk() {
        refuses(given("create").getDisk(StackRun.failing("googleapi: Error 404: The resource 'projects/my-project' was not found, notFound")),
                "Google could not be asked", "The resource 'projects/my-project' was not found");
    }

    /** The mocks' own failures arrive without gRPC's exception around them. */
    @Test
    void failureIsToldHoweverItIsWrapped() {
        refuses(given("create").getDisk(CompletableFuture.failedFuture(new IllegalStateException("outer", new IllegalStateException("the reason")))),
                "Google could not be asked", "the reason");
        assertEquals(List.of(), given("create").getDisk(CompletableFuture.failedFuture(
                new IllegalStateException(new IllegalStateException(DISK_ID + " not found")))).run().result().errors());
    }

    private static String machine(String name) {
        return "https://www.googleapis.com/compute/v1/projects/my-project/zones/us-east5-b/instances/" + name;
    }

    private StackRun.Given given(String disk) {
        return StackRun.given(preview).with("disk", disk);
    }

    private static void refuses(StackRun.Given given, String... words) {
        var run = given.run();
        var refusal = run.refusal();
        for (var word : words) {
            assertTrue(refusal.contains(word), () -> "\"" + word + "\" in:\n" + refusal);
        }
        assertFalse(refusal.contains("\tat "), () -> "no stack trace in:\n" + refusal);
        assertEquals(1, run.result().errors().size(), () -> "told once:\n" + refusal);
        assertEquals(List.of(), run.types(), "nothing is registered");
    }
}
