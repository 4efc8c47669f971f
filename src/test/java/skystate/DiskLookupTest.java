package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.provider.Wire;
import skystate.cluster.ClusterState;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.NODE;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.SNAPSHOT_ID;

/** What the stack does about the disk as it finds it at Google. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class DiskLookupTest {

    private static final Map<String, String> FOREIGN =
            Map.of("goog-gke-volume", "", "sky-api-server-stack", "prod-00000000");

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
        assertEquals(StackRun.given(preview).run().request(DISK).getIgnoreChangesList(),
                run.request(DISK).getIgnoreChangesList());
    }

    @Test
    void adoptedDiskIsImportedWhoeverMadeItAndGetsOurLabel() {
        var run = given("adopt").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN)).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(DISK_ID, run.request(DISK).getImportId());
        assertEquals(OWN_LABEL.get("sky-api-server-stack"),
                ((Map<?, ?>) run.inputs(DISK).get("labels")).get("sky-api-server-stack"));
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
                "The disk " + DISK_ID
                        + " to adopt has only 10 GiB, and diskSize says 20; it may be another than you mean, so "
                        + "nothing was changed.",
                "\n  pulumi config set diskSize 10\n", "It can grow once this stack owns it.");
        refuses(given("adopt").with("diskSize", "11").getDisk(StackRun.disk(10, "pd-balanced", Map.of())),
                "has only 10 GiB, and diskSize says 11");
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
                "gcloud compute disks list --project my-project --filter='labels.sky-api-server-stack:*'");
    }

    @Test
    void largerDiskIsNotShrunk() {
        refuses(given("adopt").getDisk(StackRun.disk(20, "pd-balanced", Map.of())),
                "has 20 GiB, and diskSize says 10; a disk can't shrink, so nothing was changed.",
                "pulumi config set diskSize 20");
    }

    @Test
    void ownDiskGrownByHandIsNotShrunk() {
        refuses(given("create").getDisk(StackRun.disk(11, "pd-balanced", OWN_LABEL)), "pulumi config set diskSize 11");
    }

    @Test
    void diskOfAnotherTypeIsNotReplaced() {
        refuses(given("adopt").getDisk(StackRun.disk(10, "pd-ssd", Map.of())),
                "is of type pd-ssd, and diskType says pd-balanced; a disk can't change its type, so nothing was "
                        + "changed.",
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
                "This stack's disk " + DISK_ID
                        + " is gone: it was deleted behind the stack's back. Nothing was changed.\n",
                "\n  gcloud compute snapshots list --project my-project "
                        + "--filter='sourceDisk~/disks/sky-api-server-state$' --sort-by='~creationTimestamp'\n",
                "\n  pulumi config set disk restore && pulumi config set snapshot NAME && pulumi up\n",
                "\n  pulumi config set blankDisk sky-api-server-state && pulumi up");
    }

    @Test
    void lostDisksCommandsNameItAsTheConfigDoes() {
        var id = "projects/team-project/zones/europe-west4-a/disks/team-disk";
        refuses(given("create").with("gcp:project", "team-project").with("zone", "europe-west4-a")
                .with("diskName", "team-disk")
                .with("diskType", "pd-ssd").with("diskSize", "25").getDisk(StackRun.failing(id + " not found"))
                .lastDisk(id),
                "gcloud compute snapshots list --project team-project --filter='sourceDisk~/disks/team-disk$'",
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
                "blankDisk = another-disk: it must be the name of this stack's disk, sky-api-server-state",
                "pulumi config set blankDisk sky-api-server-state");
    }

    @Test
    void lostDiskThatWasAdoptedIsNoOtherLoss() {
        refuses(given("adopt").lastDisk(DISK_ID), "is gone: it was deleted behind the stack's back",
                "pulumi config set disk restore");
        assertEquals(List.of(),
                given("adopt").lastDisk(DISK_ID).with("blankDisk", "sky-api-server-state").run().result().errors());
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
                            + ", which is no node of this cluster: a server may run there. Nothing was changed.",
                    "run `pulumi destroy` in the stack that made it",
                    "gcloud compute instances delete " + machine + " --project my-project --zone us-east5-b",
                    "gcloud compute instances detach-disk " + machine
                            + " --project my-project --zone us-east5-b --disk sky-api-server-state");
        }
    }

    @Test
    void ownDiskMayBeHeldByANodeOfThisClusterOnly() {
        var given = given("create").cluster(
                StackRun.cluster(List.of(NODE), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of()));
        assertEquals(List.of(), given.getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("node"))))
                .run().result().errors());
        refuses(given.getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("old-node")))),
                "is held by projects/my-project/zones/us-east5-b/instances/old-node, which is no node of this "
                        + "cluster: a server may run there. Nothing was changed.");
    }

    @Test
    void clusterWhoseMachinesAreUnknownTellsNothingOfAHolder() {
        var unknown = StackRun.cluster(List.of(NODE, new ClusterState.Node("", "us-east5-b", "")), List.of(),
                Optional.empty(), Optional.empty(), Map.of(), Set.of());
        for (var cluster : List.of(unknown,
                StackRun.cluster(List.of(), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of()))) {
            assertEquals(List.of(), given("create").cluster(cluster)
                    .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL, List.of(machine("old-node")))).run().result()
                    .errors());
        }
    }

    @Test
    void diskThatAnotherStackTookOverIsNotTakenBackInSilence() {
        var taken = StackRun.disk(10, "pd-balanced", FOREIGN);
        refuses(given("adopt").lastDisk(DISK_ID).getDisk(taken),
                "The stack prod-00000000 has taken over the disk " + DISK_ID + " since this stack's last up;"
                        + " nothing was changed.",
                "gcloud compute disks remove-labels sky-api-server-state --labels sky-api-server-stack --project "
                        + "my-project --zone us-east5-b");
        for (var mine : List.of(OWN_LABEL, Map.<String, String>of())) {
            assertEquals(List.of(), given("adopt").lastDisk(DISK_ID).getDisk(StackRun.disk(10, "pd-balanced", mine))
                    .run().result().errors());
        }
        assertEquals(List.of(),
                given("adopt").lastUp(Map.of("diskId", DISK_ID, "diskSource", "reference")).getDisk(taken).run()
                        .result().errors(),
                "it never owned it");
    }

    @Test
    void renamedStackStillHasItsDisk() {
        var label = Map.of("sky-api-server-stack", "staging-00000000");
        var renamed = given("create").lastUp(Map.of("diskId", DISK_ID, "owner", "staging-00000000"));
        var run = renamed.getDisk(StackRun.disk(10, "pd-balanced", label, List.of(machine("node")))).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(OWN_LABEL.get("sky-api-server-stack"),
                ((Map<?, ?>) run.inputs(DISK).get("labels")).get("sky-api-server-stack"));
    }

    @Test
    void diskThatIsThereIsNotLost() {
        for (var blankDisk : List.of("", "sky-api-server-state")) {
            var run = given("create").with("blankDisk", blankDisk).lastDisk(DISK_ID)
                    .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(DISK_ID, run.request(DISK).getImportId());
        }
    }

    /** A node in the other zone would be of no use: the state is not there. */
    @Test
    void anotherZoneIsRefusedForTheDisksSakeNotForTheClusters() {
        var nodes = StackRun.cluster(List.of(NODE), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of());
        refuses(given("create").lastDisk(DISK_ID).cluster(nodes).with("zone", "us-east5-a"),
                "The config names another disk than this stack has",
                "\n  pulumi config set zone us-east5-b\n");
        refuses(given("create").lastDisk(DISK_ID).cluster(nodes).with("zone", "us-east5-a").with("diskName",
                "other-disk"),
                "\n  pulumi config set zone us-east5-b && pulumi config set diskName sky-api-server-state\n");
    }

    /** A first up that failed left no outputs: what the cluster has tells which disk this stack runs on. */
    @Test
    void volumeTellsWhichDiskTheStackHasBeforeAnyUpFinished() {
        var volume = StackRun.cluster(List.of(NODE),
                List.of(StackRun.volume(OWN_LABEL.get("sky-api-server-stack"), DISK_ID,
                        "skypilot/skypilot-state", true, false, true)),
                Optional.empty(), Optional.empty(), Map.of(), Set.of());
        refuses(given("create").cluster(volume), "This stack's disk " + DISK_ID + " is gone");
        refuses(given("adopt").cluster(volume).with("diskName", "other-disk"),
                "The config names another disk than this stack has");
        assertEquals(List.of(), given("adopt").cluster(volume)
                .getDisk(StackRun.disk(10, "pd-balanced", FOREIGN, List.of(machine("node")))).run().result().errors(),
                "its own node holds it");
    }

    @Test
    void referencedDiskIsReadUnderTheManagedOnesUrnAndNotRegistered() {
        var run = given("reference").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN)).run();
        assertEquals(List.of(), run.result().errors());
        assertFalse(run.types().contains(DISK), run.types()::toString);
        var read = run.reads().stream().filter(request -> request.getType().equals(DISK)).toList();
        assertEquals(1, read.size());
        assertEquals(DISK_ID, read.get(0).getId());
        assertEquals("disk", read.get(0).getName());
        assertEquals(StackRun.STATE_DISK, StackRun.typeOf(read.get(0).getParent()));
        assertEquals(Map.of(), Wire.read(read.get(0).getProperties()));
        assertTrue(run.types().contains(RELEASE), run.types()::toString);
        assertEquals(
                "The namespace skypilot stays, with whatever else is in it. pulumi destroy leaves the disk "
                        + "sky-api-server-state as it is: this stack does not own it.",
                run.output("onDestroy"));
        assertEquals("reference", run.output("diskSource"));
    }

    @Test
    void referencedDiskIsNeverResized() {
        for (var labels : List.of(OWN_LABEL, FOREIGN)) {
            for (var size : List.of(9, 11)) {
                refuses(given("reference").getDisk(StackRun.disk(size, "pd-balanced", labels)), "The disk " + DISK_ID
                        + " has " + size
                        + " GiB, and diskSize says 10; a disk that this stack doesn't own is never resized, so "
                        + "nothing was changed.\n"
                        + "  pulumi config set diskSize " + size);
            }
        }
    }

    @Test
    void missingDiskIsNotReferencedNorMade() {
        for (var given : List.of(given("reference"), given("reference").lastDisk(DISK_ID))) {
            refuses(given, "There is no disk " + DISK_ID + " to reference; nothing was changed.",
                    "gcloud compute disks list --project my-project");
        }
    }

    @Test
    void referencedDiskMayBeHeldByThisStacksOwnServerOnly() {
        var held = given("reference").getDisk(StackRun.disk(10, "pd-balanced", FOREIGN, List.of(machine("node"))));
        refuses(held,
                "is held by projects/my-project/zones/us-east5-b/instances/node, which is no node of this cluster");
        var nodes = StackRun.cluster(List.of(NODE), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of());
        assertEquals(List.of(), held.lastDisk(DISK_ID).cluster(nodes).run().result().errors());
        refuses(given("reference").lastDisk(DISK_ID).cluster(nodes)
                .getDisk(StackRun.disk(10, "pd-balanced", FOREIGN, List.of(machine("old-node")))),
                "which is no node of this cluster");
    }

    @Test
    void diskOfAnotherKindIsNotReferenced() {
        refuses(given("reference").getDisk(StackRun.disk(10, "pd-ssd", FOREIGN)), "pulumi config set diskType pd-ssd");
    }

    /** A disk in the place of this one would have another key, or none. */
    @Test
    void diskOfAnotherKeyIsRefusedWithTheLine() {
        var key = "projects/keys-project/locations/us-east5/keyRings/sky/cryptoKeys/state";
        var encrypted =
                given("create")
                        .getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)
                                .thenApply(disk -> StackRun.with(disk, "diskEncryptionKeys",
                                        List.of(Map.of("kmsKeySelfLink", key + "/cryptoKeyVersions/3",
                                                "kmsKeyServiceAccount", "", "rawKey", "", "rsaEncryptedKey", "",
                                                "sha256", "")))));
        refuses(encrypted, "is encrypted with " + key
                + ", and diskKmsKey says a key of Google's; a disk can't change its key, so nothing was changed.\n"
                + "  pulumi config set diskKmsKey " + key);
        assertEquals(List.of(), encrypted.with("diskKmsKey", key).run().result().errors());
        refuses(given("create").with("diskKmsKey", key).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)),
                "is encrypted with a key of Google's, and diskKmsKey says " + key, "\n  pulumi config rm diskKmsKey");
    }

    @Test
    void missingDiskIsMadeFromTheSnapshot() {
        for (var name : List.of("daily", SNAPSHOT_ID)) {
            var run = restoring().with("snapshot", name).getSnapshot(StackRun.snapshot(10)).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(SNAPSHOT_ID, run.inputs(DISK).get("snapshot"));
            assertEquals("", run.request(DISK).getImportId());
            assertTrue(run.request(DISK).getIgnoreChangesList().contains("snapshot"),
                    "it is never restored again in place");
            assertEquals(SNAPSHOT_ID, run.output("diskSnapshot"));
            assertEquals(List.of(Map.of("project", "my-project", "name", "daily")), run.calls().stream()
                    .filter(call -> call.token.contains("getSnapshot")).map(call -> call.args).toList());
        }
    }

    @Test
    void snapshotMayBeAnotherProjects() {
        var run = restoring().with("snapshot", "projects/other-project/global/snapshots/daily")
                .getSnapshot(StackRun.snapshot(10)).run();
        assertEquals(List.of(), run.result().errors());
        assertTrue(run.calls().stream()
                .anyMatch(call -> call.args.equals(Map.of("project", "other-project", "name", "daily"))));
    }

    @Test
    void smallerSnapshotMakesALargerDisk() {
        assertEquals(20L,
                restoring().with("diskSize", "20").getSnapshot(StackRun.snapshot(10)).run().inputs(DISK).get("size"));
    }

    @Test
    void missingSnapshotIsNotRestored() {
        refuses(restoring(), "There is no snapshot " + SNAPSHOT_ID + " to restore; nothing was changed.",
                "gcloud compute snapshots list --project my-project --filter='sourceDisk~/disks/sky-api-server-state$'",
                "pulumi config set snapshot NAME");
    }

    @Test
    void largerSnapshotIsNotRestored() {
        refuses(restoring().getSnapshot(StackRun.snapshot(20)), "The snapshot " + SNAPSHOT_ID
                + " is of a disk of 20 GiB, and diskSize says 10; nothing was changed.\n  pulumi config set diskSize "
                + "20");
    }

    @Test
    void snapshotOfWhichGoogleDoesNotTellIsNotRestored() {
        refuses(restoring().getSnapshot(
                StackRun.failing("googleapi: Error 403: Required 'compute.snapshots.get' permission, forbidden")),
                "Google could not be asked about the snapshot " + SNAPSHOT_ID + ", so nothing was changed:",
                "googleapi: Error 403: Required 'compute.snapshots.get' permission, forbidden",
                "gcloud compute snapshots describe daily --project my-project");
    }

    /** And again and again, also once the snapshot is deleted. */
    @Test
    void restoredDiskIsGoneOnWith() {
        var run = restoring().getDisk(StackRun.restored(OWN_LABEL, SNAPSHOT_ID))
                .lastUp(Map.of("diskId", DISK_ID, "diskSnapshot", SNAPSHOT_ID)).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(DISK_ID, run.request(DISK).getImportId());
        assertEquals(SNAPSHOT_ID, run.output("diskSnapshot"));
        assertTrue(run.calls().stream().noneMatch(call -> call.token.contains("getSnapshot")),
                "there is nothing to restore");
    }

    @Test
    void restoredDiskStaysOneUnderCreateAndAdopt() {
        for (var disk : List.of("create", "adopt")) {
            var run = given(disk).getDisk(StackRun.restored(OWN_LABEL, SNAPSHOT_ID)).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(SNAPSHOT_ID, run.output("diskSnapshot"));
            assertFalse(run.inputs(DISK).containsKey("snapshot"), "and needs no snapshot to stay as it is");
        }
    }

    @Test
    void snapshotIsNeverRestoredOntoADiskThatHoldsAState() {
        for (var made : List.of(StackRun.disk(10, "pd-balanced", OWN_LABEL),
                StackRun.restored(OWN_LABEL, "projects/my-project/global/snapshots/older"),
                StackRun.restored(OWN_LABEL, "projects/other-project/global/snapshots/daily"))) {
            refuses(restoring().getDisk(made).lastDisk(DISK_ID),
                    "The disk " + DISK_ID + " is there, and was not made from the snapshot " + SNAPSHOT_ID,
                    "\n  pulumi config rm snapshot && pulumi config set disk create\n",
                    "\n  pulumi destroy && pulumi config set diskName ANOTHER_NAME && pulumi up");
        }
    }

    @Test
    void diskOfAnotherIsNotTakenForTheRestoredOne() {
        refuses(restoring().getDisk(StackRun.restored(FOREIGN, SNAPSHOT_ID)), "this stack did not make it",
                "pulumi config rm snapshot && pulumi config set disk adopt");
    }

    @Test
    void lostDiskIsMadeFromTheSnapshot() {
        for (var last : List.of(Map.of("diskId", DISK_ID),
                Map.of("diskId", DISK_ID, "diskSnapshot", "projects/my-project/global/snapshots/older"))) {
            var run = restoring().lastUp(last).getSnapshot(StackRun.snapshot(10)).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(SNAPSHOT_ID, run.inputs(DISK).get("snapshot"));
        }
    }

    /** A config that still says restore would put an old state in the place of all that was written since. */
    @Test
    void lostDiskIsNotMadeFromTheSameSnapshotAgain() {
        refuses(restoring().lastUp(Map.of("diskId", DISK_ID, "diskSnapshot", SNAPSHOT_ID))
                .getSnapshot(StackRun.snapshot(10)),
                "is gone, and it was made from the snapshot " + SNAPSHOT_ID
                        + " already: what was written since would be missing. Nothing was changed.",
                "\n  pulumi config set snapshot NAME && pulumi up\n",
                "\n  gcloud compute disks create sky-api-server-state --project my-project --zone us-east5-b --type "
                        + "pd-balanced --size 10GB --source-snapshot "
                        + SNAPSHOT_ID + "\n",
                "\n  pulumi config rm snapshot && pulumi config set disk adopt && pulumi up");
    }

    @Test
    void whatWillHappenToTheDiskIsSaidWhereItChanges() {
        var there = StackRun.disk(10, "pd-balanced", OWN_LABEL);
        var another = StackRun.disk(10, "pd-balanced", FOREIGN);
        says(given("create"), "The disk " + DISK_ID + " is made, blank.");
        says(restoring().getSnapshot(StackRun.snapshot(10)),
                "The disk " + DISK_ID + " is made from the snapshot " + SNAPSHOT_ID + ".");
        says(given("adopt").getDisk(another),
                "The disk " + DISK_ID + " stays with the state on it, and this stack owns it from now on.");
        says(given("reference").getDisk(there).lastUp(Map.of("diskId", DISK_ID, "diskSource", "create")),
                "is used as it is. From now on this stack does not own it: it never labels, resizes or deletes it.");
        says(given("create").getDisk(there).lastUp(Map.of("diskId", DISK_ID, "diskSource", "reference")),
                "stays with the state on it, and this stack owns it from now on. Only its entry in the Pulumi state "
                        + "is replaced.");
        says(given("create").getDisk(there).lastUp(Map.of("diskId", DISK_ID, "diskSource", "create")), "");
        says(given("reference").getDisk(another).lastUp(Map.of("diskId", DISK_ID, "diskSource", "reference")), "");
    }

    @Test
    void withoutPermissionNothingIsAssumed() {
        refuses(given("create").getDisk(
                StackRun.failing("invoking gcp:compute/getDisk:getDisk: 1 error occurred:\n\t* Error when reading or "
                        + "editing ComputeDisk \"" + DISK_ID
                        + "\": googleapi: Error 403: Required 'compute.disks.get' permission, forbidden")),
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
        refuses(given("create").getDisk(
                StackRun.failing("googleapi: Error 404: The resource 'projects/my-project' was not found, notFound")),
                "Google could not be asked", "The resource 'projects/my-project' was not found");
    }

    /** The mocks' own failures arrive without gRPC's exception around them. */
    @Test
    void failureIsToldHoweverItIsWrapped() {
        refuses(given("create").getDisk(CompletableFuture
                .failedFuture(new IllegalStateException("outer", new IllegalStateException("the reason")))),
                "Google could not be asked", "the reason");
        assertEquals(List.of(), given("create").getDisk(CompletableFuture.failedFuture(
                new IllegalStateException(new IllegalStateException(DISK_ID + " not found")))).run().result().errors());
    }

    /** Google's own sentence has the console's address, and no command. */
    @Test
    void apiThatIsOffIsSwitchedOnByTheLineOfTheMessage() {
        var off = CompletableFuture.<Map<String, Object>>failedFuture(new IllegalStateException(
                "googleapi: Error 403: Compute Engine API has not been used in project my-project before or it is"
                        + " disabled. Enable it by visiting "
                        + "https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=my-"
                        + "project then retry. If you enabled this API recently,"
                        + " wait a few minutes for the action to propagate to our systems and retry., "
                        + "accessNotConfigured"));
        refuses(given("create").getDisk(off),
                "accessNotConfigured\nTo enable that API, which takes Google some minutes:\n"
                        + "  gcloud services enable compute.googleapis.com --project my-project\nSee that `gcloud "
                        + "compute disks describe");
    }

    private StackRun.Given restoring() {
        return given("restore").with("snapshot", "daily");
    }

    private static void says(StackRun.Given given, String words) {
        var run = given.run();
        assertEquals(List.of(), run.result().errors());
        var said = run.told();
        assertTrue(words.isEmpty() ? said.isEmpty() : said.contains(words), () -> "\"" + words + "\" in:\n" + said);
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
