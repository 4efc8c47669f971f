package rehearsal.gcp;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.NeedsTools;
import rehearsal.gcp.EngineStack.Program;
import rehearsal.gcp.EngineStack.Result;
import rehearsal.google.DiskFolder;
import rehearsal.google.DiskName;
import rehearsal.google.Fault;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.google.SnapshotName;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each fact about the official provider's disk (facts: G1 to G11) that shows only with the real engine around it. */
@DisplayName("A disk under the real engine")
class DiskInEngineIT {

    private static final DiskName DISK = new DiskName("p", "us-central1-a", "state");
    private static final InstanceName NODE = new InstanceName("p", "us-central1-a", "node");
    private static final Program PROGRAM =
            Program.disk(Map.of("name", "state", "zone", "us-central1-a", "type", "pd-balanced", "size", 10,
                    "description", "SkyPilot's state", "labels", Map.of("app", "sky")));
    private static final Program REWORDED = PROGRAM.with("description", "The state of SkyPilot");

    private static final Program READING = Program.reading(DISK.path());

    static Path bin;
    @TempDir
    Path home;
    Google google;
    EngineStack stack;

    @BeforeAll
    static void tools() {
        bin = NeedsTools.get().bin();
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        google = Google.start(home.resolve("google"), "p");
        stack = EngineStack.create(home.resolve("stack"), bin, google, "p");
    }

    @AfterEach
    void stop() throws IOException {
        stack.close();
        google.close();
    }

    @Test
    @DisplayName("G1: is made by three requests, gets the provider's mark, and the preview after is clean")
    void made() {
        assertOk(stack.up(PROGRAM));
        assertEquals(List.of("POST disks", "GET operation", "GET state"), requests());
        assertEquals(Map.of("app", "sky", "goog-pulumi-provisioned", "true"), disk().labels());
        var state = stack.state();
        assertEquals(DISK.path(), state.get("id").getAsString());
        var outputs = state.getAsJsonObject("outputs");
        assertEquals("pd-balanced", outputs.get("type").getAsString());
        assertEquals("us-central1-a", outputs.get("zone").getAsString());
        assertEquals("{\"app\":\"sky\"}", outputs.get("labels").toString());
        assertTrue(outputs.getAsJsonObject("effectiveLabels").has("ciphertext"), "secret");
        assertTrue(outputs.getAsJsonObject("pulumiLabels").has("ciphertext"), "secret");
        assertClean(PROGRAM);
        assertClean(PROGRAM.importing(DISK.path()));
        assertOk(stack.preview(PROGRAM, "--expect-no-changes", "--refresh"));
    }

    @Test
    @DisplayName("G1: labels that GKE adds are no difference; a label changed on a stale state fails with 412, and "
            + "passes after a refresh")
    void foreignLabels() {
        assertOk(stack.up(PROGRAM));
        relabel(Map.of("app", "sky", "goog-pulumi-provisioned", "true", "goog-gke-volume", ""));
        assertClean(PROGRAM);
        var changed = PROGRAM.with("labels", Map.of("app", "skypilot"));
        assertFails(stack.up(changed), "Error updating Disk",
                "Error 412: Labels fingerprint either invalid or resource labels have changed, conditionNotMet");
        assertOk(stack.up(changed, "--refresh"));
        assertEquals(Map.of("app", "skypilot", "goog-pulumi-provisioned", "true", "goog-gke-volume", ""),
                disk().labels());
        assertClean(changed);
    }

    @Test
    @DisplayName("G2: a description reworded replaces the disk by a blank one, the old one deleted first")
    void reworded() throws IOException {
        assertOk(stack.up(PROGRAM));
        writeBytes();
        var preview = stack.preview(REWORDED);
        assertOk(preview);
        assertTrue(preview.output().contains("1 to replace"), preview.output());
        google.forgetRequests();
        assertOk(stack.up(REWORDED));
        assertEquals(List.of("DELETE state", "POST disks"), writes());
        assertTrue(disk().filesystem().isEmpty(), "blank");
    }

    @Test
    @DisplayName("G2: a disk grown by hand is replaced at the next refreshed up by a program that says the old size, "
            + "and kept if it says none")
    void grownByHand() throws IOException {
        assertOk(stack.up(PROGRAM));
        writeBytes();
        google.console().resizeDisk(DISK, 20);
        assertClean(PROGRAM);
        assertOk(stack.preview(PROGRAM.with("size", null), "--refresh", "--expect-no-changes"));
        var preview = stack.preview(PROGRAM, "--refresh");
        assertTrue(preview.output().contains("1 to replace"), preview.output());
        assertOk(stack.up(PROGRAM, "--refresh"));
        assertEquals(10, disk().sizeGb());
        assertTrue(disk().filesystem().isEmpty(), "blank");
    }

    @Test
    @DisplayName("G2: a larger size and labels change in place, and the bytes stay")
    void inPlace() throws IOException {
        assertOk(stack.up(PROGRAM));
        writeBytes();
        google.forgetRequests();
        var changed = PROGRAM.with("size", 20).with("labels", Map.of("app", "sky", "stack", "dev"));
        assertOk(stack.up(changed));
        assertEquals(List.of("POST setLabels", "POST resize"), writes());
        assertBytes();
        assertClean(changed);
        assertOk(stack.up(changed.with("labels", Map.of("stack", "dev"))));
        assertEquals(Map.of("stack", "dev", "goog-pulumi-provisioned", "true"), disk().labels(),
                "a label taken out of the program goes");
    }

    @Test
    @DisplayName("G2: what is provisioned of a hyperdisk changes in place (by requests that were read, not measured), "
            + "and of any other type replaces the disk")
    void provisioned() throws IOException {
        var hyperdisk = PROGRAM.with("type", "hyperdisk-balanced").with("provisionedIops", 3000);
        assertOk(stack.up(hyperdisk));
        writeBytes();
        google.forgetRequests();
        var faster = hyperdisk.with("provisionedIops", 4000).with("provisionedThroughput", 200);
        assertOk(stack.up(faster));
        assertEquals(List.of("PATCH state", "PATCH state"), writes());
        assertBytes();
        assertClean(faster);
        assertOk(stack.preview(faster, "--refresh", "--expect-no-changes"));
        google.console().updateDisk(DISK, "provisionedIops", 5000);
        assertOk(stack.preview(faster.ignoring("provisionedIops"), "--refresh", "--expect-no-changes"));
        var extreme = PROGRAM.with("name", "extreme").with("type", "pd-extreme").with("size", 500)
                .with("provisionedIops", 3000);
        assertOk(stack.up(extreme));
        assertTrue(stack.preview(extreme.with("provisionedIops", 4000)).output().contains("1 to replace"));
    }

    @Test
    @DisplayName("G3: destroy detaches the disk from a running node and deletes it")
    void detaches() {
        assertOk(stack.up(PROGRAM));
        attach();
        google.forgetRequests();
        assertOk(stack.destroy());
        assertEquals(
                List.of("GET state", "GET node", "POST detachDisk", "GET operation", "DELETE state", "GET operation"),
                requests());
        assertTrue(google.disk(DISK).isEmpty());
    }

    @Test
    @DisplayName("G3: where the node has just gone and still counts as a user, the deletion is refused")
    void nodeGone() {
        assertOk(stack.up(PROGRAM));
        attach();
        google.fail("compute.instances.get", Fault.GONE, 1);
        assertFails(stack.destroy(), "resourceInUseByAnotherResource");
        assertTrue(google.disk(DISK).isPresent());
    }

    @Test
    @DisplayName("G4: retained, destroy makes no write and leaves the disk")
    void retained() throws IOException {
        assertOk(stack.up(PROGRAM.retaining()));
        writeBytes();
        google.forgetRequests();
        assertOk(stack.destroy());
        assertEquals(List.of(), google.writes());
        assertBytes();
    }

    @Test
    @DisplayName("G4: a retained replacement leaves the disk alone and the state broken, until the resource is taken "
            + "out of the state and imported")
    void retainedReplacement() throws IOException {
        assertOk(stack.up(PROGRAM.retaining()));
        writeBytes();
        var preview = stack.preview(REWORDED.retaining());
        assertOk(preview);
        assertTrue(preview.output().contains("replace[retain]"), preview.output());

        assertFails(stack.up(REWORDED.retaining()),
                "Error 409: The resource '" + DISK.path() + "' already exists, alreadyExists");
        assertBytes();
        assertTrue(stack.state().get("pendingReplacement").getAsBoolean());
        assertFails(stack.up(PROGRAM.retaining()), "alreadyExists");
        assertOk(stack.refresh());
        assertTrue(stack.state().get("pendingReplacement").getAsBoolean(), "a refresh doesn't clear it");
        assertFalse(stack.up(PROGRAM.retaining().importing(DISK.path())).ok(), "nor does an import");
        assertBytes();

        assertOk(stack.pulumi(List.of("state", "delete", stack.state().get("urn").getAsString(), "--yes")));
        assertOk(stack.up(PROGRAM.retaining().importing(DISK.path())));
        assertClean(PROGRAM.retaining());
        assertBytes();
    }

    @Test
    @DisplayName("G4: retained, a changed zone \"succeeds\": a blank disk there, the old one orphaned")
    void retainedMove() throws IOException {
        assertOk(stack.up(PROGRAM.retaining()));
        writeBytes();
        assertOk(stack.up(PROGRAM.retaining().with("zone", "us-central1-b")));
        assertBytes();
        assertTrue(google.disk("p", "us-central1-b", "state").orElseThrow().filesystem().isEmpty());
    }

    @Test
    @DisplayName("G5: protected, a replacement is refused at preview and up, growth and labels pass, destroy fails at "
            + "the disk")
    void protectedDisk() throws IOException {
        assertOk(stack.up(PROGRAM.protecting()));
        writeBytes();
        var refusal = "as it is currently marked for protection";
        assertFails(stack.preview(REWORDED.protecting()), "unable to replace resource", refusal);
        assertFails(stack.up(REWORDED.protecting()), "unable to replace resource", refusal);
        assertClean(PROGRAM.protecting());
        assertOk(stack.up(PROGRAM.protecting().with("size", 20).with("labels", Map.of("app", "skypilot"))));
        assertFalse(stack.destroy().ok());
        assertBytes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"projects/p/zones/us-central1-a/disks/state", "p/us-central1-a/state", "us-central1-a/state"})
    @DisplayName("G6: a disk that matches is imported by each form of its id without a write, and is clean with the "
            + "id kept or gone")
    void imported(String id) throws IOException {
        left();
        var preview = stack.preview(PROGRAM.importing(id));
        assertOk(preview);
        assertTrue(preview.output().contains("import") && preview.output().contains("labels"), preview.output());
        assertOk(stack.up(PROGRAM.importing(id)));
        assertEquals(List.of(), google.writes());
        assertClean(PROGRAM.importing(id));
        assertClean(PROGRAM);
        assertEquals(DISK.path(), stack.state().get("id").getAsString());
    }

    @Test
    @DisplayName("G6: an import writes the union of the labels, and grows the disk to a larger program's size")
    void importedWithDifferences() throws IOException {
        left();
        var changed = PROGRAM.with("labels", Map.of("stack", "dev")).with("size", 20);
        assertOk(stack.up(changed.importing(DISK.path())));
        assertEquals(Map.of("app", "sky", "stack", "dev", "goog-pulumi-provisioned", "true"), disk().labels());
        assertEquals(20, disk().sizeGb());
        assertBytes();
        assertClean(changed);
    }

    @ParameterizedTest
    @CsvSource({"description,other words", "type,pd-ssd", "size,9"})
    @DisplayName("G6: an import that would replace warns at preview and fails at up, yet the disk is in the state")
    void importThatReplaces(String property, String value) throws IOException {
        left();
        var changed =
                PROGRAM.with(property, property.equals("size") ? Integer.valueOf(value) : value).importing(DISK.path());
        var warning = "previously-imported resources that still specify an ID may not be replaced";
        var preview = stack.preview(changed);
        assertOk(preview);
        assertTrue(preview.output().contains(warning), preview.output());
        assertFails(stack.up(changed), warning);
        assertNotNull(stack.state());
        assertBytes();
    }

    @Test
    @DisplayName("G6: doing as that message says is refused where the disk was imported protected, and else deletes "
            + "the data")
    void importGivenUp() throws IOException {
        left();
        assertFails(stack.up(REWORDED.protecting().importing(DISK.path())), "unable to replace resource");
        assertFails(stack.up(REWORDED.protecting()), "unable to replace resource");
        assertBytes();
        assertOk(stack.pulumi(List.of("state", "unprotect", "--all", "--yes")));
        assertOk(stack.up(REWORDED));
        assertTrue(disk().filesystem().isEmpty(), "the data are lost");
    }

    @Test
    @DisplayName("G6: with these changes ignored the import works and stays clean")
    void importIgnoring() throws IOException {
        left();
        var changed = PROGRAM.with("description", "other").with("type", "pd-ssd").with("size", 5).with("project", "p")
                .ignoring("description", "type", "size", "zone", "project", "name", "snapshot", "resourcePolicies",
                        "physicalBlockSizeBytes");
        assertOk(stack.up(changed.importing(DISK.path())));
        assertClean(changed.importing(DISK.path()));
        assertClean(changed);
        assertOk(stack.preview(changed, "--refresh", "--expect-no-changes"));
        assertEquals("pd-balanced", disk().type());
        assertBytes();
    }

    @Test
    @DisplayName("G6: a missing disk isn't imported: the preview says so; and two stacks may import one disk")
    void importOfOthers() throws Exception {
        assertFails(stack.preview(PROGRAM.importing(DISK.path())), "resource '" + DISK.path() + "' does not exist");
        left();
        assertOk(stack.up(PROGRAM.importing(DISK.path())));
        try (var other = EngineStack.create(home.resolve("other"), bin, google, "p")) {
            assertOk(other.up(PROGRAM.importing(DISK.path())));
        }
    }

    @Test
    @DisplayName("G7: an import id changed to another form of the same disk deletes it, protected or not; only "
            + "retained it stays")
    void otherForm() throws IOException {
        left();
        var retained = PROGRAM.retaining().importing(DISK.path());
        assertOk(stack.up(retained));
        assertOk(stack.up(retained.importing("us-central1-a/state")));
        assertBytes();

        assertOk(stack.up(PROGRAM.protecting().importing("us-central1-a/state")));
        google.forgetRequests();
        assertOk(stack.up(PROGRAM.protecting().importing(DISK.path())));
        assertEquals(List.of("DELETE state"), writes());
        assertTrue(google.disk(DISK).isEmpty(), "the data are lost");
    }

    @Test
    @DisplayName("G8: a disk deleted behind the stack goes unnoticed without a refresh; with one, a blank disk is "
            + "made, protected and retained or not")
    void deletedBehind() throws IOException {
        var careful = PROGRAM.protecting().retaining();
        assertOk(stack.up(careful));
        writeBytes();
        google.console().deleteDisk(DISK);
        assertClean(careful);
        assertFails(stack.up(careful.importing(DISK.path()), "--refresh"), "does not exist");
        assertTrue(google.disk(DISK).isEmpty());
        assertOk(stack.up(careful, "--refresh"));
        assertTrue(disk().filesystem().isEmpty(), "blank");
    }

    @Test
    @DisplayName("G10: an existing disk of the same name shows at up only; a 403 on refresh fails the preview and "
            + "leaves the disk in the state")
    void errors() throws IOException {
        left();
        assertOk(stack.preview(PROGRAM));
        assertFails(stack.up(PROGRAM), "Error creating Disk: googleapi: Error 409: The resource '" + DISK.path()
                + "' already exists, alreadyExists");
        assertNull(stack.state());
        assertOk(stack.up(PROGRAM.importing(DISK.path())));
        google.deny("compute.disks.get");
        assertFails(stack.preview(PROGRAM, "--refresh"), "Error when reading or editing ComputeDisk \"" + DISK.path()
                + "\": googleapi: Error 403: Required 'compute.disks.get' permission for '" + DISK.path()
                + "', forbidden");
        assertNotNull(stack.state());
    }

    @Test
    @DisplayName("G10: an outage of seconds at creation is retried in silence")
    void outage() {
        google.fail("compute.disks.create", Fault.UNAVAILABLE, 2);
        assertOk(stack.up(PROGRAM));
    }

    @Test
    @DisplayName("G11: a failed resize leaves a pending update that one more up clears")
    void failedResize() {
        assertOk(stack.up(PROGRAM));
        google.fail("compute.disks.resize", Fault.QUOTA, 1);
        assertFails(stack.up(PROGRAM.with("size", 20)), "quotaExceeded");
        assertTrue(stack.preview(PROGRAM.with("size", 20)).output().contains("1 to update"));
        assertOk(stack.up(PROGRAM.with("size", 20)));
        assertEquals(20, disk().sizeGb());
        assertClean(PROGRAM.with("size", 20));
    }

    @Test
    @DisplayName("a disk made from a snapshot has its bytes, and is clean with the snapshot in the program or, "
            + "ignored, out of it")
    void restored() throws IOException {
        left();
        google.console().createSnapshot(DISK, "daily");
        google.console().deleteDisk(DISK);
        var restoring = PROGRAM.with("snapshot", "projects/p/global/snapshots/daily").ignoring("snapshot");
        assertOk(stack.up(restoring));
        assertBytes();
        assertClean(restoring);
        assertOk(stack.preview(restoring, "--refresh", "--expect-no-changes"));
        assertClean(restoring.importing(DISK.path()));
        google.console().deleteSnapshot(new SnapshotName("p", "daily"));
        assertOk(stack.preview(restoring, "--refresh", "--expect-no-changes"));
        assertClean(PROGRAM.ignoring("snapshot"));
        assertTrue(stack.preview(PROGRAM).output().contains("1 to replace"),
                "not ignored, a snapshot left out replaces the disk");
        assertBytes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a disk that is read in place of a managed one is let go, retained or not: no write, clean after, "
            + "and destroy leaves it")
    void letGo(boolean retained) throws IOException {
        assertOk(stack.up(retained ? PROGRAM.retaining() : PROGRAM));
        writeBytes();
        google.forgetRequests();
        var preview = stack.preview(READING);
        assertOk(preview);
        assertTrue(preview.output().contains("(read)") && !preview.output().contains("delete"), preview.output());
        assertOk(stack.up(READING));
        assertTrue(stack.state().get("external").getAsBoolean());
        assertClean(READING);
        assertOk(stack.preview(READING, "--refresh", "--expect-no-changes"));
        assertOk(stack.destroy());
        assertEquals(List.of(), google.writes());
        assertBytes();
    }

    @Test
    @DisplayName("a disk that was read is imported as it is, and managed from then on; the entry that was read goes "
            + "without a call")
    void takenBack() throws IOException {
        left();
        assertOk(stack.up(READING));
        var managed = PROGRAM.importing(DISK.path());
        var preview = stack.preview(managed);
        assertOk(preview);
        assertTrue(preview.output().contains("1 to replace"),
                "what is replaced is the entry in the state alone: " + preview.output());
        assertOk(stack.up(managed));
        assertEquals(List.of(), google.writes());
        assertFalse(stack.state().has("external"));
        assertClean(managed);
        assertClean(PROGRAM);
        assertOk(stack.preview(managed, "--refresh", "--expect-no-changes"));
        assertOk(stack.up(READING));
        assertOk(stack.up(PROGRAM.retaining().importing(DISK.path())));
        assertOk(stack.destroy());
        assertEquals(List.of(), google.writes());
        assertBytes();
    }

    @Test
    @DisplayName("a read that fails deletes nothing, and the next one lets go")
    void letGoAfterAFailure() throws IOException {
        assertOk(stack.up(PROGRAM));
        writeBytes();
        google.forgetRequests();
        google.deny("compute.disks.get");
        assertFails(stack.up(READING), "forbidden");
        google.heal();
        assertOk(stack.up(READING));
        assertEquals(List.of(), google.writes());
        assertBytes();
        google.console().deleteDisk(DISK);
        assertFails(stack.up(READING), "resource '" + DISK.path() + "' does not exist");
    }

    @Test
    @DisplayName("a disk that is read under another id replaces the managed one: it is deleted unless retained")
    void letGoOfAnother() {
        assertOk(stack.up(PROGRAM));
        google.console().insertDisk("p", "us-central1-a", named("other"));
        google.forgetRequests();
        assertOk(stack.up(Program.reading("projects/p/zones/us-central1-a/disks/other")));
        assertEquals(List.of("DELETE state"), writes());
    }

    /** A disk that an earlier stack has left, with bytes on it. */
    private void left() throws IOException {
        var body = named("state");
        body.addProperty("description", PROGRAM.inputs().get("description").toString());
        var labels = new JsonObject();
        labels.addProperty("app", "sky");
        labels.addProperty("goog-pulumi-provisioned", "true");
        body.add("labels", labels);
        google.console().insertDisk("p", "us-central1-a", body);
        writeBytes();
    }

    private static JsonObject named(String name) {
        var body = new JsonObject();
        body.addProperty("name", name);
        body.addProperty("sizeGb", "10");
        body.addProperty("type", "zones/us-central1-a/diskTypes/pd-balanced");
        return body;
    }

    private void writeBytes() throws IOException {
        disk().format("ext4");
        Files.writeString(disk().files().resolve("users"), "bytes");
    }

    private void assertBytes() throws IOException {
        assertEquals("bytes", Files.readString(disk().files().resolve("users")));
    }

    private void attach() {
        google.console().insertInstance(NODE);
        google.console().attachDisk(NODE, DISK, "state", false);
    }

    private void relabel(Map<String, String> labels) {
        google.console().setDiskLabels(DISK, labels,
                google.console().findDisk(DISK).orElseThrow().get("labelFingerprint").getAsString());
    }

    private DiskFolder disk() {
        return google.disk(DISK).orElseThrow();
    }

    private List<String> requests() {
        return google.requests().stream().map(DiskInEngineIT::brief).toList();
    }

    private List<String> writes() {
        return google.writes().stream().map(DiskInEngineIT::brief).toList();
    }

    private static String brief(Google.Request request) {
        var last = request.path().substring(request.path().lastIndexOf('/') + 1);
        return request.method() + " " + (last.startsWith("operation-") ? "operation" : last);
    }

    private void assertClean(Program program) {
        assertOk(stack.preview(program, "--expect-no-changes"));
    }

    private static void assertOk(Result result) {
        assertTrue(result.ok(), result.output());
    }

    private static void assertFails(Result result, String... words) {
        assertFalse(result.ok(), result.output());
        for (var word : words) {
            assertTrue(result.output().contains(word), () -> "expected: " + word + "\nin: " + result.output());
        }
    }
}
