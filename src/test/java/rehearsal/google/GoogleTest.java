package rehearsal.google;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rehearsal.volume.BlockDevice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("Google's stand-in")
class GoogleTest {

    private static final DiskName DISK = new DiskName("p", "us-central1-a", "state");
    private static final DiskName REGIONAL = new DiskName("p", "us-central1", "state");
    private static final ResourcePolicyName DAILIES = new ResourcePolicyName("p", "us-central1", "dailies");
    private static final SnapshotName DAILY = new SnapshotName("p", "daily");
    private static final InstanceName NODE = new InstanceName("p", "us-central1-a", "node-1");
    private static final InstanceName OTHER = new InstanceName("p", "us-central1-a", "node-2");

    @TempDir
    Path home;
    Google google;
    ComputeClient client;

    @BeforeEach
    void start() throws IOException {
        google = Google.start(home, "p");
        client = new ComputeClient(google.endpoint(), "token");
    }

    @AfterEach
    void stop() {
        google.close();
    }

    @Test
    void aDiskIsShownAsTheApiShowsIt() {
        var body = disk("10");
        body.addProperty("type", "projects/p/zones/us-central1-a/diskTypes/pd-balanced");
        body.add("labels", Json.toJson(Map.of("app", "sky")));
        client.insertDisk("p", "us-central1-a", body);

        var shown = client.findDisk(DISK).orElseThrow();
        assertEquals("10", shown.get("sizeGb").getAsString());
        assertEquals(Google.LINK + "projects/p/zones/us-central1-a/diskTypes/pd-balanced",
                shown.get("type").getAsString());
        assertEquals(Google.LINK + DISK.path(), shown.get("selfLink").getAsString());
        assertEquals("READY", shown.get("status").getAsString());
        assertFalse(shown.has("users"), "nobody holds it: the field is left out");
        var seen = google.disk(DISK).orElseThrow();
        assertEquals(10, seen.sizeGb());
        assertEquals("pd-balanced", seen.type());
        assertEquals(Map.of("app", "sky"), seen.labels());
    }

    @Test
    void whatIsMissingIsAnsweredInGooglesShape() throws Exception {
        var answer = send("GET", "projects/p/zones/us-central1-a/disks/none", "");
        assertEquals(404, answer.statusCode());
        assertEquals(Json.object("""
                {"error": {"code": 404, "message": "The resource 'projects/p/zones/us-central1-a/disks/none' was not \
                found",
                 "errors": [{"message": "The resource 'projects/p/zones/us-central1-a/disks/none' was not found",
                             "domain": "global", "reason": "notFound"}]}}"""), Json.object(answer.body()));
    }

    @Test
    void aDiskTakesOneSnapshotScheduleOfItsRegionAndNoneIsDeletedThatADiskHas() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        assertRefused(404, "notFound", "The resource '" + DAILIES.path() + "' was not found",
                () -> client.attachPolicy(DISK, DAILIES));
        for (var name : List.of("dailies", "others")) {
            client.insertPolicy("p", "us-central1", schedule(name, 14, "04:00"));
        }
        client.attachPolicy(DISK, DAILIES);
        assertEquals(Google.LINK + DAILIES.path(),
                client.findDisk(DISK).orElseThrow().getAsJsonArray("resourcePolicies").get(0).getAsString());
        assertTrue(assertThrows(ComputeException.class,
                () -> client.attachPolicy(DISK, new ResourcePolicyName("p", "us-central1", "others"))).said()
                .endsWith("A disk takes one snapshot schedule, and '" + DISK.path() + "' has " + Google.LINK
                        + DAILIES.path()));
        assertRefused(400, "resourceInUseByAnotherResource",
                "The resource_policy resource '" + DAILIES.path() + "' is already being used by '" + DISK.path() + "'",
                () -> client.deletePolicy(DAILIES));
        client.detachPolicy(DISK, DAILIES);
        assertFalse(client.findDisk(DISK).orElseThrow().has("resourcePolicies"));
        assertTrue(assertThrows(ComputeException.class, () -> client.detachPolicy(DISK, DAILIES)).said()
                .contains("is not attached"));
        client.deletePolicy(DAILIES);
        assertTrue(client.findPolicy(DAILIES).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"0,04:00,maxRetentionDays", "14,04:30,startTime", "14,4:00,startTime", "14,24:00,startTime"})
    void anInvalidScheduleIsRefusedByItsField(int days, String time, String field) {
        var refusal = assertThrows(ComputeException.class,
                () -> client.insertPolicy("p", "us-central1", schedule("dailies", days, time)));
        assertTrue(refusal.said().contains(field), refusal.said());
    }

    @Test
    void asDaysPassAScheduleTakesSnapshotsAndKeepsThemForItsDaysAndForEverOnceTheDiskIsGone() throws IOException {
        client.insertDisk("p", "us-central1-a", disk("10"));
        client.insertPolicy("p", "us-central1", schedule("dailies", 2, "04:00"));
        client.createSnapshot(DISK, "by-hand");
        client.attachPolicy(DISK, DAILIES);
        var folder = google.disk(DISK).orElseThrow();
        folder.format("ext4");
        for (var day = 1; day <= 4; day++) {
            Files.writeString(folder.files().resolve("state"), "day " + day);
            google.dayPasses();
        }
        var taken = client.snapshots("p", "labels.app=sky");
        assertEquals(List.of("day 3", "day 4"),
                taken.stream().map(snapshot -> read("state-restored", snapshot)).sorted().toList(),
                "the last two, with the bytes of their days");
        assertTrue(taken.get(0).get("name").getAsString().matches("state-us-central1-a-\\d{14}-[a-z0-9]{4}"),
                taken.toString());
        assertTrue(taken.get(0).get("autoCreated").getAsBoolean());
        assertTrue(client.findSnapshot(new SnapshotName("p", "by-hand")).isPresent(),
                "a schedule deletes its own only");
        client.patchPolicy(DAILIES,
                Json.object("{'snapshotSchedulePolicy': {'retentionPolicy': {'maxRetentionDays': 3}}}"));
        google.dayPasses();
        assertEquals(3, client.snapshots("p", "labels.app=sky").size());
        client.deleteDisk(DISK);
        google.dayPasses();
        google.dayPasses();
        google.dayPasses();
        google.dayPasses();
        assertEquals(3, client.snapshots("p", "labels.app=sky").size());
    }

    /** What a disk made from the snapshot holds. */
    private String read(String disk, JsonObject snapshot) {
        var name = new DiskName("p", "us-central1-a", disk);
        var body = disk("10");
        body.addProperty("name", disk);
        body.addProperty("sourceSnapshot", snapshot.get("selfLink").getAsString());
        client.insertDisk("p", "us-central1-a", body);
        try {
            return Files.readString(google.disk(name).orElseThrow().files().resolve("state"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            client.deleteDisk(name);
        }
    }

    private static JsonObject schedule(String name, int days, String time) {
        return Json.object("""
                {"name": "%s", "snapshotSchedulePolicy": {"schedule": {"dailySchedule": {"daysInCycle": 1, \
                "startTime": "%s"}},
                 "retentionPolicy": {"maxRetentionDays": %d, "onSourceDiskDelete": "KEEP_AUTO_SNAPSHOTS"}, \
                 "snapshotProperties": {"labels": {"app": "sky"}}}}
                """.formatted(name, time, days));
    }

    @Test
    void aSecondDiskOfTheSameNameIsRefused() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        assertRefused(409, "alreadyExists", "The resource 'projects/p/zones/us-central1-a/disks/state' already exists",
                () -> client.insertDisk("p", "us-central1-a", disk("20")));
        assertEquals(10, google.disk(DISK).orElseThrow().sizeGb());
    }

    @ParameterizedTest
    @CsvSource({"Big,10,,resource.name", "-a,10,,resource.name", "d,0,,resource.sizeGb", "d,70000,,resource.sizeGb",
            "d,10,Key,resource.labels"})
    void anInvalidDiskIsRefusedByItsField(String name, String size, String label, String field) {
        var body = disk(size);
        body.addProperty("name", name);
        if (label != null) {
            body.add("labels", Json.toJson(Map.of(label, "v")));
        }
        var refusal = assertThrows(ComputeException.class, () -> client.insertDisk("p", "us-central1-a", body));
        assertEquals("invalid", refusal.reason());
        assertTrue(refusal.said().startsWith("Invalid value for field '" + field + "'"), refusal.said());
    }

    @Test
    void anUnknownZoneTypeOrProjectIsRefused() {
        assertRefused(400, "invalid", "Invalid value for field 'zone': 'us-central1-q'. Unknown zone.",
                () -> client.insertDisk("p", "us-central1-q", disk("10")));
        assertRefused(404, "notFound", "The resource 'projects/nope' was not found",
                () -> client.insertDisk("nope", "us-central1-a", disk("10")));
        var body = disk("10");
        body.addProperty("type", "zones/us-central1-a/diskTypes/pd-gold");
        assertRefused(404, "notFound", "The resource 'projects/p/zones/us-central1-a/diskTypes/pd-gold' was not found",
                () -> client.insertDisk("p", "us-central1-a", body));
    }

    @Test
    void theZonesOfIssueExist() {
        for (var zone : List.of("us-central1-a", "us-east5-a", "us-east5-b", "us-east5-c", "europe-west1-b",
                "europe-west1-d")) {
            assertEquals(zone, client.get("projects/p/zones/" + zone).get("name").getAsString());
        }
        assertTrue(client.find("projects/p/zones/europe-west1-a").isEmpty(), "there never was one");
        assertEquals("us-east5", client.get("projects/p/regions/us-east5").get("name").getAsString());
    }

    @Test
    void aDiskOnlyGrows() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        client.resizeDisk(DISK, 20);
        assertEquals(20, google.disk(DISK).orElseThrow().sizeGb());
        for (var size : List.of(20, 10)) {
            assertRefused(400, "invalid", "Invalid value for field 'sizeGb': '" + size + "'. New disk size '" + size
                    + "' must be larger than existing size '20'.", () -> client.resizeDisk(DISK, size));
        }
    }

    @Test
    void labelsChangeOnlyByTheirLatestFingerprint() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        var stale = fingerprint();
        client.setDiskLabels(DISK, Map.of("a", "1"), stale);
        assertRefused(412, "conditionNotMet", "Labels fingerprint either invalid or resource labels have changed",
                () -> client.setDiskLabels(DISK, Map.of("b", "2"), stale));
        client.setDiskLabels(DISK, Map.of("a", "1", "b", "2"), fingerprint());
        assertEquals(Map.of("a", "1", "b", "2"), google.disk(DISK).orElseThrow().labels());
    }

    @Test
    void aDiskIsAttachedReadWriteToOneNodeOfItsZone() {
        var far = new InstanceName("p", "us-central1-b", "far");
        client.insertDisk("p", "us-central1-a", disk("10"));
        List.of(NODE, OTHER, far).forEach(client::insertInstance);

        assertThrows(ComputeException.class, () -> client.attachDisk(far, DISK, "state", false));
        client.attachDisk(NODE, DISK, "state", false);
        assertEquals(List.of(NODE), google.disk(DISK).orElseThrow().users());
        assertEquals(Google.LINK + NODE.path(),
                client.findDisk(DISK).orElseThrow().getAsJsonArray("users").get(0).getAsString());
        assertRefused(400, "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE",
                "The disk resource '" + DISK.path() + "' is already being used by '" + NODE.path() + "'",
                () -> client.attachDisk(OTHER, DISK, "state", false));
        assertRefused(400, "resourceInUseByAnotherResource",
                "The disk resource '" + DISK.path() + "' is already being used by '" + NODE.path() + "'",
                () -> client.deleteDisk(DISK));

        client.detachDisk(NODE, "state");
        client.attachDisk(OTHER, DISK, "state", false);
        assertEquals(List.of(OTHER), google.disk(DISK).orElseThrow().users());
    }

    @Test
    void manyNodesMayShareADiskReadOnly() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        List.of(NODE, OTHER).forEach(client::insertInstance);
        client.attachDisk(NODE, DISK, "state", true);
        client.attachDisk(OTHER, DISK, "state", true);
        assertEquals(2, google.disk(DISK).orElseThrow().users().size());
    }

    @Test
    void aDeletedNodeLetsGoOfItsDisk() {
        client.insertDisk("p", "us-central1-a", disk("10"));
        client.insertInstance(NODE);
        client.attachDisk(NODE, DISK, "state", false);
        client.deleteInstance(NODE);
        assertEquals(List.of(), google.disk(DISK).orElseThrow().users());
    }

    @Test
    void aRegionalDiskIsAttachedInEitherOfItsZonesAndOnlyItMayBeTakenByForce() {
        var first = new InstanceName("p", "us-central1-a", "first");
        var second = new InstanceName("p", "us-central1-b", "second");
        var third = new InstanceName("p", "us-central1-c", "third");
        List.of(first, second, third).forEach(client::insertInstance);
        client.insertDisk("p", "us-central1", regional("10", "pd-balanced", "us-central1-a", "us-central1-b"));
        var shown = client.findDisk(REGIONAL).orElseThrow();
        assertEquals(Google.LINK + "projects/p/regions/us-central1", shown.get("region").getAsString());
        assertEquals(Google.LINK + REGIONAL.path(), shown.get("selfLink").getAsString());
        assertEquals(Google.LINK + "projects/p/zones/us-central1-b",
                shown.getAsJsonArray("replicaZones").get(1).getAsString());
        assertEquals(1, client.disks("p", "us-central1", "").size());

        assertThrows(ComputeException.class, () -> client.attachDisk(third, REGIONAL, "state", false, true),
                "it has no replica there");
        client.attachDisk(first, REGIONAL, "state", false);
        assertEquals(List.of(first), google.disk(REGIONAL).orElseThrow().users());
        google.loseZone("us-central1-a");
        assertThrows(ComputeException.class, () -> client.detachDisk(first, "state"), "a dead machine doesn't let go");
        assertThrows(ComputeException.class, () -> client.attachDisk(second, REGIONAL, "state", false));
        client.attachDisk(second, REGIONAL, "state", false, true);
        assertEquals(List.of(second), google.disk(REGIONAL).orElseThrow().users());
        client.resizeDisk(REGIONAL, 20);
        client.createSnapshot(REGIONAL, "daily");

        client.insertDisk("p", "us-central1-b", disk("10"));
        assertThrows(ComputeException.class,
                () -> client.attachDisk(second, new DiskName("p", "us-central1-b", "state"), "zonal", false, true));
    }

    @Test
    void aRegionalDiskHasTwoZonesOfItsRegionAndATypeThatIsKeptInTwo() {
        for (var bad : List.of(regional("10", "pd-balanced", "us-central1-a"),
                regional("10", "pd-balanced", "us-central1-a", "us-central1-a"),
                regional("10", "pd-balanced", "us-central1-a", "us-east5-b"),
                regional("199", "pd-standard", "us-central1-a", "us-central1-b"),
                regional("500", "pd-extreme", "us-central1-a", "us-central1-b"),
                regional("100", "hyperdisk-balanced", "us-central1-a", "us-central1-b"))) {
            assertThrows(ComputeException.class, () -> client.insertDisk("p", "us-central1", bad), bad::toString);
        }
        client.insertDisk("p", "us-central1", regional("200", "pd-standard", "us-central1-a", "us-central1-b"));
    }

    @Test
    void whatIsProvisionedIsInTheTypesRangeAndChangesOnAHyperdiskOnly() {
        var plain = disk("10");
        plain.addProperty("provisionedIops", "3000");
        assertThrows(ComputeException.class, () -> client.insertDisk("p", "us-central1-a", plain));
        assertThrows(ComputeException.class, () -> client.insertDisk("p", "us-central1-a", typed("499", "pd-extreme")));
        client.insertDisk("p", "us-central1-a", typed("10", "hyperdisk-balanced"));
        assertEquals("3000", client.findDisk(DISK).orElseThrow().get("provisionedIops").getAsString());
        client.updateDisk(DISK, "provisionedIops", 5000);
        client.updateDisk(DISK, "provisionedThroughput", 200);
        assertEquals("5000", client.findDisk(DISK).orElseThrow().get("provisionedIops").getAsString());
        assertThrows(ComputeException.class, () -> client.updateDisk(DISK, "provisionedIops", 5001));
        assertThrows(ComputeException.class, () -> client.updateDisk(DISK, "provisionedThroughput", 1251));
        client.deleteDisk(DISK);
        client.insertDisk("p", "us-central1-a", typed("500", "pd-extreme"));
        assertThrows(ComputeException.class, () -> client.updateDisk(DISK, "provisionedIops", 5000));
    }

    @Test
    void aKeyIsOfTheDisksRegionAndShownWithItsVersion() {
        var body = disk("10");
        body.add("diskEncryptionKey",
                Json.toJson(Map.of("kmsKeyName", "projects/k/locations/us-east5/keyRings/r/cryptoKeys/c")));
        assertThrows(ComputeException.class, () -> client.insertDisk("p", "us-central1-a", body));
        body.add("diskEncryptionKey",
                Json.toJson(Map.of("kmsKeyName", "projects/k/locations/us-central1/keyRings/r/cryptoKeys/c")));
        client.insertDisk("p", "us-central1-a", body);
        assertEquals("projects/k/locations/us-central1/keyRings/r/cryptoKeys/c/cryptoKeyVersions/1",
                client.findDisk(DISK).orElseThrow().getAsJsonObject("diskEncryptionKey").get("kmsKeyName")
                        .getAsString());
    }

    @Test
    void ofTwoAttachersAtOnceOneWins() throws Exception {
        client.insertDisk("p", "us-central1-a", disk("10"));
        List.of(NODE, OTHER).forEach(client::insertInstance);
        var threads = Executors.newFixedThreadPool(2);
        try {
            for (var round = 0; round < 20; round++) {
                var won = 0;
                for (var attempt : threads.invokeAll(List.of(attacher(NODE), attacher(OTHER)))) {
                    won += attempt.get() ? 1 : 0;
                }
                assertEquals(1, won);
                var holder = google.disk(DISK).orElseThrow().users();
                assertEquals(1, holder.size());
                client.detachDisk(holder.get(0), "state");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDiskListCanBeFilteredByLabel() {
        var mine = disk("10");
        mine.add("labels", Json.toJson(Map.of("app", "sky", "stack", "dev")));
        client.insertDisk("p", "us-central1-a", mine);
        var other = disk("10");
        other.addProperty("name", "other");
        client.insertDisk("p", "us-central1-a", other);

        assertEquals(2, client.disks("p", "us-central1-a", "").size());
        for (var filter : List.of("labels.app=sky", "labels.app:*", "labels.app = \"sky\"",
                "(labels.app=sky) AND (labels.stack=dev)", "name=state")) {
            assertEquals(List.of("state"), client.disks("p", "us-central1-a", filter).stream()
                    .map(disk -> disk.get("name").getAsString()).toList(), filter);
        }
        assertEquals(List.of(), client.disks("p", "us-central1-a", "labels.app=sky AND labels.stack=prod"));
        assertEquals(1, client.get("projects/p/aggregated/disks?filter=labels.app%3Dsky").getAsJsonObject("items")
                .getAsJsonObject("zones/us-central1-a").getAsJsonArray("disks").size());
        assertThrows(ComputeException.class, () -> client.disks("p", "us-central1-a", "sizeGb>5"));
    }

    @Test
    void whatGoesWrongIsToldInGooglesWords() {
        google.deny("compute.disks.create");
        assertRefused(403, "forbidden", "Required 'compute.disks.create' permission for '" + DISK.path() + "'",
                () -> client.insertDisk("p", "us-central1-a", disk("10")));
        google.fail("compute.disks.create", Fault.STOCK_OUT, 1);
        assertRefused(503, "ZONE_RESOURCE_POOL_EXHAUSTED",
                "The zone 'projects/p/zones/us-central1-a' does not have enough resources available"
                        + " to fulfill the request.  Try a different zone, or try again later.",
                () -> client.insertDisk("p", "us-central1-a", disk("10")));
        google.fail("compute.disks.create", Fault.QUOTA, 1);
        assertRefused(403, "quotaExceeded", "Quota 'SSD_TOTAL_GB' exceeded.  Limit: 500.0 in region us-central1.",
                () -> client.insertDisk("p", "us-central1-a", disk("10")));
        google.fail("compute.disks.create", Fault.API_OFF, 1);
        assertRefused(403, "accessNotConfigured",
                "Compute Engine API has not been used in project p before or it is disabled. Enable it by visiting"
                        + " https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=p "
                        + "then retry. If you enabled this API recently, wait a few minutes"
                        + " for the action to propagate to our systems and retry.",
                () -> client.insertDisk("p", "us-central1-a", disk("10")));
        google.fail("compute.resourcePolicies.create", Fault.QUOTA, 1);
        assertRefused(403, "quotaExceeded", "Quota 'RESOURCE_POLICIES' exceeded.  Limit: 10.0 in region us-central1.",
                () -> client.insertPolicy("p", "us-central1", new JsonObject()));
        assertTrue(google.disk(DISK).isEmpty());
        google.fail("compute.disks.create", Fault.UNAVAILABLE, 2);
        client.insertDisk("p", "us-central1-a", disk("10"));
        assertTrue(google.disk(DISK).isPresent(), "503 is retried in silence");
    }

    @Test
    void whatIsNotRehearsedIsNeverASuccess() throws Exception {
        assertEquals(501, send("GET", "projects/p/global/networks", "").statusCode());
        assertEquals(501, send("PATCH", DISK.path(), "{}").statusCode());
        assertEquals(401,
                HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(URI.create(google.endpoint() + DISK.path())).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode(),
                "without a token");
        assertEquals(400, send("POST", "projects/p/zones/us-central1-a/disks", "no json").statusCode());
    }

    @Test
    void anOperationRunsForAsLongAsItIsToldTo() throws Exception {
        google.delay(Duration.ofMillis(300));
        var operation = Json.object(send("POST", "projects/p/zones/us-central1-a/disks", disk("10").toString()).body());
        assertEquals("RUNNING", operation.get("status").getAsString());
        var path = operation.get("selfLink").getAsString().substring(Google.LINK.length());
        assertEquals("DONE", Json.object(send("POST", path + "/wait", "").body()).get("status").getAsString());
        client.resizeDisk(DISK, 20);
    }

    @Test
    void requestsAreRecordedButForTheConsoles() {
        google.console().insertDisk("p", "us-central1-a", disk("10"));
        client.findDisk(DISK);
        assertEquals(List.of("GET " + DISK.path()), google.requests().stream().map(Object::toString).toList());
        assertEquals(List.of(), google.writes());
        client.deleteDisk(DISK);
        assertEquals(List.of("DELETE " + DISK.path()), google.writes().stream().map(Object::toString).toList());
    }

    @Test
    void aBlankDiskIsFormattedOnceAndItsBytesOutliveGoogle() throws IOException {
        client.insertDisk("p", "us-central1-a", disk("10"));
        var disk = google.disk(DISK).orElseThrow();
        assertTrue(disk.filesystem().isEmpty());
        disk.format("ext4");
        Files.writeString(disk.files().resolve("users"), "bytes");
        assertThrows(IllegalStateException.class, () -> disk.format("xfs"));
        client.resizeDisk(DISK, 20);
        google.close();

        google = Google.start(home);
        var again = google.disk(DISK).orElseThrow();
        assertEquals(new BlockDevice.Filesystem("ext4", 10), again.filesystem().orElseThrow());
        assertEquals("bytes", Files.readString(again.files().resolve("users")));
        again.device().grow();
        assertEquals(20, again.filesystem().orElseThrow().sizeGb());
        google.console().deleteDisk(DISK);
        assertFalse(Files.exists(again.folder()), "a deleted disk's bytes are gone");
    }

    @Test
    void aSnapshotHoldsTheBytesAsOfThenAndMakesDisksOfThem() throws IOException {
        client.insertDisk("p", "us-central1-a", disk("10"));
        var disk = google.disk(DISK).orElseThrow();
        disk.format("ext4");
        Files.writeString(Files.createDirectories(disk.files().resolve("sky")).resolve("users"), "bytes");
        client.createSnapshot(DISK, "daily");
        Files.writeString(disk.files().resolve("sky/users"), "damaged");
        client.deleteDisk(DISK);

        var shown = client.findSnapshot(DAILY).orElseThrow();
        assertEquals("10", shown.get("diskSizeGb").getAsString());
        assertEquals(Google.LINK + DISK.path(), shown.get("sourceDisk").getAsString());
        assertEquals("READY", shown.get("status").getAsString());
        assertEquals(List.of("daily"),
                client.snapshots("p", "").stream().map(snapshot -> snapshot.get("name").getAsString()).toList());

        for (var link : List.of("daily", DAILY.path(), Google.LINK + DAILY.path())) {
            var restored = disk("20");
            restored.addProperty("sourceSnapshot", link);
            client.insertDisk("p", "us-central1-a", restored);
            var made = google.disk(DISK).orElseThrow();
            assertEquals("bytes", Files.readString(made.files().resolve("sky/users")));
            assertEquals(new BlockDevice.Filesystem("ext4", 10), made.filesystem().orElseThrow(),
                    "the filesystem grows on a node");
            assertEquals(Google.LINK + DAILY.path(),
                    client.findDisk(DISK).orElseThrow().get("sourceSnapshot").getAsString());
            client.deleteDisk(DISK);
        }
        client.deleteSnapshot(DAILY);
        assertTrue(client.findSnapshot(DAILY).isEmpty());
    }

    @Test
    void aDiskIsNotMadeFromASnapshotThatIsMissingOrLarger() {
        var body = disk("10");
        body.addProperty("sourceSnapshot", DAILY.path());
        assertRefused(404, "notFound", "The resource '" + DAILY.path() + "' was not found",
                () -> client.insertDisk("p", "us-central1-a", body));
        var large = disk("20");
        large.addProperty("name", "large");
        client.insertDisk("p", "us-central1-a", large);
        client.createSnapshot(new DiskName("p", "us-central1-a", "large"), "daily");
        assertRefused(400, "invalid",
                "Invalid value for field 'resource.sizeGb': '10'. Requested disk size cannot be smaller than the "
                        + "snapshot size (20 GB)",
                () -> client.insertDisk("p", "us-central1-a", body));
        body.remove("sizeGb");
        client.insertDisk("p", "us-central1-a", body);
        assertEquals(20, google.disk(DISK).orElseThrow().sizeGb());
    }

    @Test
    void aSecondSnapshotOfTheSameNameIsRefusedAndSoIsOneOfNoDisk() {
        assertRefused(404, "notFound", "The resource '" + DISK.path() + "' was not found",
                () -> client.createSnapshot(DISK, "daily"));
        client.insertDisk("p", "us-central1-a", disk("10"));
        client.createSnapshot(DISK, "daily");
        assertRefused(409, "alreadyExists", "The resource '" + DAILY.path() + "' already exists",
                () -> client.createSnapshot(DISK, "daily"));
    }

    @Test
    void aHandleHasExactlySixParts() {
        assertEquals(DISK, DiskName.parse(DISK.path()).orElseThrow());
        assertEquals(REGIONAL, DiskName.parse("projects/p/regions/us-central1/disks/state").orElseThrow());
        for (var bad : List.of("state", "p/us-central1-a/state", "/" + DISK.path(), DISK.path() + "/",
                "projects/p/regions/us-central1-a/disks/d",
                "projects/p/zones/us-central1/disks/d")) {
            assertTrue(DiskName.parse(bad).isEmpty(), bad);
        }
    }

    private Callable<Boolean> attacher(InstanceName node) {
        return () -> {
            try {
                client.attachDisk(node, DISK, "state", false);
                return true;
            } catch (ComputeException lost) {
                assertEquals("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", lost.reason());
                return false;
            }
        };
    }

    private String fingerprint() {
        return client.findDisk(DISK).orElseThrow().get("labelFingerprint").getAsString();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(google.endpoint() + path))
                .header("Authorization", "Bearer token").method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject regional(String size, String type, String... zones) {
        var body = typed(size, type);
        body.add("replicaZones", Json.toJson(List.of(zones)));
        return body;
    }

    private static JsonObject typed(String size, String type) {
        var body = disk(size);
        body.addProperty("type", "diskTypes/" + type);
        return body;
    }

    private static JsonObject disk(String size) {
        var body = new JsonObject();
        body.addProperty("name", DISK.name());
        body.addProperty("sizeGb", size);
        return body;
    }

    private static void assertRefused(int status, String reason, String said, Runnable call) {
        var refusal = assertThrows(ComputeException.class, call::run);
        assertEquals(said, refusal.said());
        assertEquals(reason, refusal.reason());
        assertEquals(status, refusal.status());
    }
}
