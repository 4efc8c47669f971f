package skystate;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.pulumi.gcp.compute.RegionDisk;
import com.pulumi.gcp.compute.RegionDiskResourcePolicyAttachment;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.ResourceTransformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import skystate.cluster.ClusterState;
import skystate.config.DiskSettings;
import skystate.disk.DiskLookup;
import skystate.disk.StateDisk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.REGIONAL_ID;
import static skystate.StackRun.REGION_ATTACHMENT;
import static skystate.StackRun.REGION_DISK;
import static skystate.StackRun.VOLUME;

/**
 * A disk in two zones. The provider has no function that looks at one, so the program asks Google itself: here its
 * stand-in.
 */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class RegionalDiskTest {

    private static final String KEY = "projects/my-project/locations/us-east5/keyRings/sky/cryptoKeys/state";
    private static final InstanceName DEAD = new InstanceName("my-project", "us-east5-b", "dead");

    @Parameter
    private boolean preview;
    @TempDir
    Path home;
    private Google google;

    @BeforeEach
    void start() throws IOException {
        google = Google.start(home, "my-project");
    }

    @AfterEach
    void stop() {
        google.close();
    }

    @Test
    void diskIsMadeInBothZonesAndMountedInEither() {
        var run = given().with("diskKmsKey", KEY).run();
        assertEquals(List.of(), run.result().errors());
        var disk = run.inputs(REGION_DISK);
        assertEquals("us-east5", disk.get("region"));
        assertEquals(List.of("us-east5-b", "us-east5-c"), disk.get("replicaZones"));
        assertEquals(Map.of("kmsKeyName", KEY), disk.get("diskEncryptionKey"));
        assertTrue(((Map<?, ?>) disk.get("labels")).entrySet().containsAll(OWN_LABEL.entrySet()), disk::toString);
        assertEquals("", run.request(REGION_DISK).getImportId());
        assertTrue(run.request(REGION_DISK).getRetainOnDelete());
        var spec = (Map<?, ?>) run.inputs(VOLUME).get("spec");
        assertEquals(REGIONAL_ID, ((Map<?, ?>) spec.get("csi")).get("volumeHandle"));
        assertEquals(Map.of("force-attach", "true"), ((Map<?, ?>) spec.get("csi")).get("volumeAttributes"),
                "or a lost zone would keep it");
        assertTrue(spec.get("nodeAffinity").toString().contains("values=[us-east5-b, us-east5-c]"), spec::toString);
        assertFalse(run.types().contains(DISK), run.types()::toString);
        assertTrue(run.waitsFor(VOLUME).contains(REGION_DISK), run.waitsFor(VOLUME)::toString);
    }

    /** The list is what the provider's sources replace it for, on purpose not the program's own. */
    @Test
    void noChangeThatWouldReplaceTheDiskReachesIt() {
        assertEquals(
                Set.of("description", "type", "region", "replicaZones", "project", "name", "diskEncryptionKey",
                        "snapshot", "sourceDisk", "physicalBlockSizeBytes"),
                Set.copyOf(given().run().request(REGION_DISK).getIgnoreChangesList()));
    }

    @Test
    void versionOfTheProgramThatBreaksARuleRegistersNoDisk() {
        var fixed = StateDisk.REGIONAL_FIXED;
        for (var broken : Map.of("disk-kept", CustomResourceOptions.builder().ignoreChanges(fixed),
                "disk-never-replaced",
                CustomResourceOptions.builder().retainOnDelete(true)
                        .ignoreChanges(fixed.stream().filter(key -> !key.equals("replicaZones")).toList()))
                .entrySet()) {
            ResourceTransformation change = args -> args.resource() instanceof RegionDisk
                    ? Optional.of(new ResourceTransformation.Result(args.args(),
                            broken.getValue().parent(args.options().getParent().orElseThrow()).build()))
                    : Optional.empty();
            var run = given().programChange(change).run();
            assertTrue(run.refusal().contains("The rule " + broken.getKey() + " is broken"), run::refusal);
            assertFalse(run.types().contains(REGION_DISK), run.types()::toString);
        }
    }

    @Test
    void diskThatIsThereIsAdoptedAsItIs() {
        there(10, "pd-balanced", Map.of());
        refuses(given(), "this stack did not make it", "pulumi config set disk adopt");
        var run = given().with("disk", "adopt").run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(REGIONAL_ID, run.request(REGION_DISK).getImportId());
    }

    @Test
    void diskOfThisStackIsGoneOnWithWhicheverOfItsZonesIsTheReplica() {
        there(10, "pd-balanced", OWN_LABEL);
        for (var given : List.of(given(), given().with("zone", "us-east5-c").with("replicaZone", "us-east5-b"))) {
            var run = given.lastDisk(REGIONAL_ID).run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(REGIONAL_ID, run.request(REGION_DISK).getImportId());
        }
    }

    @Test
    void referencedDiskIsReadUnderTheManagedOnesUrn() {
        there(10, "pd-balanced", Map.of());
        var run = given().with("disk", "reference").run();
        assertEquals(List.of(), run.result().errors());
        assertFalse(run.types().contains(REGION_DISK), run.types()::toString);
        var read = run.reads().stream().filter(request -> request.getType().equals(REGION_DISK)).toList();
        assertEquals(1, read.size());
        assertEquals(REGIONAL_ID, read.get(0).getId());
        assertEquals(Map.of(), Wire.read(read.get(0).getProperties()));
    }

    /** Named by the region, so that the schedule stays the same whichever of the zones is the replica. */
    @Test
    void snapshotsAreTakenOfTheRegionalDisk() {
        var run = given().run();
        assertEquals("sky-api-server-state-us-east5-daily", run.inputs(StackRun.POLICY).get("name"));
        assertEquals(
                Map.of("project", "my-project", "region", "us-east5", "disk", "sky-api-server-state", "name",
                        "sky-api-server-state-us-east5-daily"),
                run.inputs(REGION_ATTACHMENT));
        assertTrue(run.request(REGION_ATTACHMENT).getRetainOnDelete());
        ResourceTransformation change = args -> args.resource() instanceof RegionDiskResourcePolicyAttachment
                ? Optional.of(new ResourceTransformation.Result(args.args(),
                        CustomResourceOptions.builder().parent(args.options().getParent().orElseThrow()).build()))
                : Optional.empty();
        assertTrue(given().programChange(change).run().refusal().contains("The rule snapshots-go-on is broken"));
    }

    @Test
    void lostDiskIsMadeFromTheSnapshotInBothZones() {
        var restoring = given().with("disk", "restore").with("snapshot", "daily").getSnapshot(StackRun.snapshot(10))
                .lastDisk(REGIONAL_ID);
        assertEquals(StackRun.SNAPSHOT_ID, restoring.run().inputs(REGION_DISK).get("snapshot"));
        refuses(restoring.with("diskKmsKey", KEY)
                .lastUp(Map.of("diskId", REGIONAL_ID, "diskSnapshot", StackRun.SNAPSHOT_ID)),
                "gcloud compute disks create sky-api-server-state --project my-project --region us-east5 "
                        + "--replica-zones us-east5-b,us-east5-c --type pd-balanced"
                        + " --size 10GB --kms-key " + KEY + " --source-snapshot " + StackRun.SNAPSHOT_ID);
        refuses(given().lastDisk(REGIONAL_ID), "This stack's disk " + REGIONAL_ID + " is gone");
    }

    @Test
    void diskOfOtherZonesOrAnotherKindIsRefusedWithTheLine() {
        there(20, "pd-ssd", OWN_LABEL);
        refuses(given(), "pulumi config set diskSize 20");
        var fits = given().with("diskSize", "20").with("diskType", "pd-ssd");
        refuses(given().with("diskSize", "20"),
                "is of type pd-ssd, and diskType says pd-balanced; a disk can't change its type",
                "pulumi config set diskType pd-ssd");
        refuses(fits.with("replicaZone", "us-east5-a"),
                "is in us-east5-b and us-east5-c, and the config says us-east5-a and us-east5-b",
                "pulumi config set-all --plaintext zone=us-east5-b --plaintext replicaZone=us-east5-c");
        refuses(fits.with("diskKmsKey", KEY),
                "is encrypted with a key of Google's, and diskKmsKey says " + KEY + "; a disk can't change its key",
                "\n  pulumi config rm diskKmsKey");
        assertEquals(List.of(), fits.run().result().errors());
    }

    @Test
    void diskInOneZoneDoesNotBecomeOneInTwo() {
        refuses(given().lastDisk(DISK_ID), "The config names another disk than this stack has",
                "Set gcp:project, zone, replicaZone and diskName back",
                "gcloud compute disks snapshot sky-api-server-state --project my-project --zone us-east5-b");
        refuses(StackRun.given(preview).lastDisk(REGIONAL_ID),
                "gcloud compute disks snapshot sky-api-server-state --project my-project --region us-east5");
    }

    /** The cluster went with its zone: its machine can't be deleted, and Google lets the disk be taken from it. */
    @Test
    void diskIsTakenFromAMachineOfALostZoneByTheUserAlone() {
        there(10, "pd-balanced", OWN_LABEL);
        google.console().insertInstance(DEAD);
        google.console().attachDisk(DEAD, DiskName.parse(REGIONAL_ID).orElseThrow(), "sky-api-server-state_regional",
                false);
        var node = new ClusterState.Node("my-project", "us-east5-c",
                "projects/my-project/zones/us-east5-c/instances/node");
        var cluster =
                StackRun.cluster(List.of(node), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of());
        refuses(given().lastDisk(REGIONAL_ID).cluster(cluster), "is held by " + DEAD.path(),
                "gcloud compute instances delete dead --project my-project --zone us-east5-b --keep-disks data\n",
                "gcloud compute instances attach-disk node --project my-project --zone us-east5-c --disk "
                        + "sky-api-server-state --disk-scope regional --force-attach",
                "gcloud compute instances detach-disk node --project my-project --zone us-east5-c --disk "
                        + "sky-api-server-state --disk-scope regional");
    }

    /** The driver would take it by force, from a server that may still write to it. */
    @Test
    void diskIsNotTakenFromAMachineIntoAClusterThatHasNoNodeYet() {
        there(10, "pd-balanced", OWN_LABEL);
        google.console().insertInstance(DEAD);
        google.console().attachDisk(DEAD, DiskName.parse(REGIONAL_ID).orElseThrow(), "sky-api-server-state_regional",
                false);
        refuses(given().lastDisk(REGIONAL_ID), "is held by " + DEAD.path(), "which is no node of this cluster");
    }

    @Test
    void oneNodeInEitherZoneIsEnough() {
        var elsewhere = new ClusterState.Node("my-project", "us-east5-a", "");
        for (var zone : List.of("us-east5-b", "us-east5-c")) {
            var nodes = List.of(elsewhere, new ClusterState.Node("my-project", zone, ""));
            assertEquals(List.of(), given()
                    .cluster(StackRun.cluster(nodes, List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of()))
                    .run().result().errors());
        }
        refuses(given().cluster(StackRun.cluster(List.of(elsewhere), List.of(), Optional.empty(), Optional.empty(),
                Map.of(), Set.of())),
                "has nodes in us-east5-a only, and the disk is in us-east5-b and us-east5-c",
                "Add a node pool in us-east5-b or us-east5-c");
    }

    /** The provider's own access token is what the program asks with. */
    @Test
    void tokenIsInNoMessageAndNoResource() {
        google.deny("compute.disks.get");
        refuses(given(), "Google could not be asked about the disk " + REGIONAL_ID,
                "Error 403: Required 'compute.disks.get' permission",
                "gcloud compute disks describe sky-api-server-state --project my-project --region us-east5");
        google.heal();
        assertTrue(google.requests().stream().anyMatch(request -> request.caller().equals(StackRun.TOKEN)),
                "it is asked with");
        var run = given().run();
        assertFalse(run.requests().toString().contains(StackRun.TOKEN));
    }

    /** A missing project or network also reads "not found", and is no word on the disk. */
    @Test
    void withoutAnAnswerNothingIsAssumed() {
        refuses(given().with("gcp:project", "other-project"), "Google could not be asked about the disk",
                "The resource 'projects/other-project' was not found");
        refuses(given().with("gcp:computeCustomEndpoint", "no address"), "gcp:computeCustomEndpoint is no address");
        refuses(given().with("gcp:computeCustomEndpoint", "http://127.0.0.1:1/compute/v1/"),
                "no answer from http://127.0.0.1:1/compute/v1/");
    }

    /** The engine has ended by then, and its providers with it. */
    @Test
    void whatGoogleHasIsSaidAfterAFailureAndNothingThatWasNotLookedUp() {
        assertTrue(seen().startsWith("Google has no disk " + REGIONAL_ID + "."), seen());
        assertTrue(seen().contains("\n  gcloud compute snapshots list --project my-project"), seen());
        there(10, "pd-balanced", OWN_LABEL);
        assertEquals("Google has the disk " + REGIONAL_ID + ": 10 GiB, attached to no machine.", seen());
        google.deny("compute.disks.get");
        assertEquals("Google did not answer about the disk " + REGIONAL_ID + ". See what it has:\n"
                + "  gcloud compute disks describe sky-api-server-state --project my-project --region us-east5",
                seen());
    }

    private String seen() {
        var settings = given().config().read();
        return DiskLookup.seen((DiskSettings) settings.state(), settings.computeEndpoint(),
                CompletableFuture.completedFuture(StackRun.TOKEN));
    }

    private StackRun.Given given() {
        return StackRun.given(preview).with("replicaZone", "us-east5-c").with("gcp:computeCustomEndpoint",
                google.endpoint());
    }

    private void there(int size, String type, Map<String, String> labels) {
        var body = JsonParser.parseString(
                """
                {"name": "sky-api-server-state", "sizeGb": "%d", "type": "diskTypes/%s", \
                "replicaZones": ["us-east5-c", "us-east5-b"]}"""
                        .formatted(size, type))
                .getAsJsonObject();
        var all = new JsonObject();
        labels.forEach(all::addProperty);
        body.add("labels", all);
        google.console().insertDisk("my-project", "us-east5", body);
    }

    private static void refuses(StackRun.Given given, String... words) {
        var run = given.run();
        var refusal = run.refusal();
        for (var word : words) {
            assertTrue(refusal.contains(word), () -> "\"" + word + "\" in:\n" + refusal);
        }
        assertFalse(refusal.contains(StackRun.TOKEN), refusal);
        assertFalse(refusal.contains("\tat "), () -> "no stack trace in:\n" + refusal);
        assertEquals(List.of(), run.types(), "nothing is registered");
    }
}
