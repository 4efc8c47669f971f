package rehearsal.gcp;

import com.google.gson.JsonObject;
import com.google.protobuf.Struct;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pulumirpc.Provider.CheckRequest;
import pulumirpc.Provider.ConfigureRequest;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.DiffRequest;
import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.DiffResponse.DiffChanges;
import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.ResourceProviderGrpc;
import pulumirpc.ResourceProviderGrpc.ResourceProviderBlockingStub;
import rehearsal.google.DiskName;
import rehearsal.google.Fault;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What shows of the facts about the official provider (facts: G1 to G12) without an engine. */
@DisplayName("The gcp plugin's stand-in")
class GcpProviderTest {

    private static final String URN = "urn:pulumi:test::disks::gcp:compute/disk:Disk::disk";
    private static final String REGIONAL = "urn:pulumi:test::disks::gcp:compute/regionDisk:RegionDisk::disk";
    private static final DiskName DISK = new DiskName("p", "us-central1-a", "state");
    private static final Map<String, Object> INPUTS =
            Map.of("name", "state", "zone", "us-central1-a", "type", "pd-balanced", "size", 10L,
                    "description", "words", "labels", Map.of("app", "sky"));

    @TempDir
    Path home;
    Google google;
    Server server;
    ManagedChannel channel;
    ResourceProviderBlockingStub provider;

    @BeforeEach
    void start() throws IOException {
        google = Google.start(home, "p");
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new GcpProvider()).build().start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
        provider = ResourceProviderGrpc.newBlockingStub(channel);
        provider.configure(ConfigureRequest.newBuilder().setAcceptSecrets(true).setArgs(Wire.write(
                Map.of("computeCustomEndpoint", google.endpoint(), "accessToken", "token", "project", "p"))).build());
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        google.close();
    }

    @ParameterizedTest
    @CsvSource({"description,other", "type,pd-ssd", "zone,us-central1-b", "project,q", "name,other", "snapshot,s",
            "sourceDisk,d", "image,i",
            "physicalBlockSizeBytes,16384", "size,9"})
    @DisplayName("G2: replaces the disk when it changes")
    void replacesOnChange(String property, String value) {
        var diff = diff(change(property, value.matches("\\d+") ? (Object) Long.valueOf(value) : value));
        assertEquals(List.of(property), diff.getReplacesList());
        assertEquals(!property.equals("name"), diff.getDeleteBeforeReplace(), "delete first where the name stays");
    }

    @Test
    @DisplayName("G2: replaces the disk when nested things change: key, policies, confidential compute; and IOPS "
            + "unless hyperdisk")
    void replacesOnNestedChange() {
        assertEquals(List.of("diskEncryptionKey"),
                diff(change("diskEncryptionKey", Map.of("kmsKeySelfLink", "k"))).getReplacesList());
        assertEquals(List.of("resourcePolicies"), diff(change("resourcePolicies", List.of("daily"))).getReplacesList());
        assertEquals(List.of("enableConfidentialCompute"),
                diff(change("enableConfidentialCompute", true)).getReplacesList());
        assertEquals(List.of("provisionedIops"), diff(change("provisionedIops", 3000L)).getReplacesList());
        var hyperdisk = new LinkedHashMap<>(INPUTS);
        hyperdisk.put("type", "hyperdisk-balanced");
        var state = state(hyperdisk);
        hyperdisk.put("provisionedIops", 3000L);
        assertEquals(List.of(), diff(INPUTS, state, hyperdisk).getReplacesList());
    }

    @ParameterizedTest
    @CsvSource({"description,words", "type,pd-balanced", "zone,us-central1-a", "project,p", "snapshot,s",
            "sourceDisk,d", "image,i",
            "physicalBlockSizeBytes,4096"})
    @DisplayName("G2: replaces the disk when it is left out of the program that said it before")
    void replacesOnRemoval(String property, String value) {
        var before = change(property, value.matches("\\d+") ? (Object) Long.valueOf(value) : value);
        assertEquals(List.of(property), diff(before, state(before), change(property, null)).getReplacesList());
    }

    @Test
    @DisplayName("G2: a larger size and labels are in place, a size left out is no change, and other spellings of one "
            + "type or zone are none")
    void inPlace() {
        assertEquals(List.of(), diff(change("size", 20L)).getReplacesList());
        assertEquals(DiffChanges.DIFF_SOME, diff(change("size", 20L)).getChanges());
        assertEquals(List.of(), diff(change("labels", Map.of("a", "b"))).getReplacesList());
        assertEquals(DiffChanges.DIFF_NONE, diff(change("size", null)).getChanges());
        assertEquals(DiffChanges.DIFF_NONE,
                diff(change("type", "projects/p/zones/us-central1-a/diskTypes/pd-balanced")).getChanges());
        assertEquals(DiffChanges.DIFF_NONE, diff(change("project", "p")).getChanges());
        assertEquals(DiffChanges.DIFF_NONE, diff(INPUTS).getChanges());
    }

    @Test
    @DisplayName("G2: the type's default is pd-standard, so a type left out is a change")
    void typeDefault() {
        var checked = check(change("type", null));
        assertEquals("pd-standard", checked.get("type"));
    }

    @Test
    @DisplayName("a name left out is made up once and kept")
    void autoname() {
        var nameless = change("name", null);
        var first = check(nameless);
        assertTrue(first.get("name").toString().matches("disk-[0-9a-f]{7}"), first.toString());
        assertEquals(first.get("name"), check(first, nameless).get("name"));
        nameless.put("description", "other");
        assertFalse(diff(first, state(first), nameless).getDeleteBeforeReplace(),
                "a made-up name lets the new disk come first");
    }

    @Test
    @DisplayName("a name that Google refuses, and a property that isn't one, are refused before anything is made")
    void checks() {
        var failures = provider
                .check(CheckRequest.newBuilder().setUrn(URN).setName("disk")
                        .setNews(Wire.write(Map.of("name", "Big", "sizee", 1))).build())
                .getFailuresList();
        assertEquals(List.of("name", "sizee"),
                failures.stream().map(failure -> failure.getProperty()).sorted().toList());
    }

    @Test
    @DisplayName("the first preview knows what the program says, and not the id")
    void previewKnows() {
        var response = provider.create(CreateRequest.newBuilder().setUrn(URN).setProperties(Wire.write(check(INPUTS)))
                .setPreview(true).build());
        var outputs = Wire.read(response.getProperties());
        assertEquals("", response.getId());
        assertEquals("state", outputs.get("name"));
        assertEquals("p", outputs.get("project"));
        assertEquals(Wire.UNKNOWN, outputs.get("selfLink"));
        assertEquals(List.of(), google.requests());
    }

    @Test
    @DisplayName("G9: getDisk tells users, size, all labels, zone, type, id and description")
    void getDisk() {
        console(Map.of("app", "sky", "goog-gke-volume", ""));
        var node = new InstanceName("p", "us-central1-a", "node");
        google.console().insertInstance(node);
        google.console().attachDisk(node, DISK, "state", false);
        var answer = getDisk("state");
        assertEquals(List.of("https://www.googleapis.com/compute/v1/" + node.path()), answer.get("users"));
        assertEquals(10L, answer.get("size"));
        assertEquals(Map.of("app", "sky", "goog-gke-volume", ""), answer.get("labels"));
        assertEquals("us-central1-a", answer.get("zone"));
        assertEquals("pd-balanced", answer.get("type"));
        assertEquals(DISK.path(), answer.get("id"));
        assertEquals("words", answer.get("description"));
    }

    @Test
    @DisplayName("G9: getDisk's errors are in the provider's own words")
    void getDiskErrors() {
        assertEquals(
                "invoking gcp:compute/getDisk:getDisk: 1 error occurred:\n\t* "
                        + "projects/p/zones/us-central1-a/disks/none not found\n\n",
                refusal(() -> getDisk("none")));
        google.deny("compute.disks.get");
        assertEquals(
                "invoking gcp:compute/getDisk:getDisk: 1 error occurred:\n\t* Error when reading or editing "
                        + "ComputeDisk \""
                        + DISK.path()
                        + "\": googleapi: Error 403: Required 'compute.disks.get' permission for '" + DISK.path()
                        + "', forbidden\n\n",
                refusal(() -> getDisk("state")));
    }

    @Test
    @DisplayName("getSnapshot tells size, source and link, by name or by filter")
    void getSnapshot() {
        console(Map.of());
        google.console().createSnapshot(DISK, "daily");
        for (var arguments : List.<Map<String, Object>>of(Map.of("name", "daily"),
                Map.of("name", "daily", "project", "p"),
                Map.of("filter", "name=daily"))) {
            var answer = getSnapshot(arguments);
            assertEquals("projects/p/global/snapshots/daily", answer.get("id"));
            assertEquals("daily", answer.get("name"));
            assertEquals("https://www.googleapis.com/compute/v1/projects/p/global/snapshots/daily",
                    answer.get("selfLink"));
            assertEquals("https://www.googleapis.com/compute/v1/" + DISK.path(), answer.get("sourceDisk"));
            assertEquals(10L, answer.get("diskSizeGb"));
        }
    }

    @Test
    @DisplayName("getSnapshot answers nothing for a missing name, and its errors are in the provider's own words")
    void getSnapshotErrors() throws InterruptedException {
        assertEquals(Map.of(), getSnapshot(Map.of("name", "none")));
        assertTrue(refusal(() -> getSnapshot(Map.of("filter", "name=none")))
                .contains("your filter has returned 0 snapshot(s)"));
        assertTrue(refusal(() -> getSnapshot(Map.of())).contains("one of `filter,name` must be specified"));
        console(Map.of());
        google.console().createSnapshot(DISK, "daily");
        Thread.sleep(2); // its time is told in milliseconds
        google.console().createSnapshot(DISK, "later");
        assertTrue(refusal(() -> getSnapshot(Map.of("filter", "name:*")))
                .contains("your filter has returned 2 snapshot(s)"));
        assertEquals("later", getSnapshot(Map.of("filter", "name:*", "mostRecent", true)).get("name"));
        google.deny("compute.snapshots.get");
        assertEquals(
                "invoking gcp:compute/getSnapshot:getSnapshot: 1 error occurred:\n\t* Error when reading or editing "
                        + "ComputeSnapshot \"projects/p/global/snapshots/daily\": googleapi: Error 403: Required"
                        + " 'compute.snapshots.get' permission for 'projects/p/global/snapshots/daily', forbidden\n\n",
                refusal(() -> getSnapshot(Map.of("name", "daily"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"daily", "projects/p/global/snapshots/daily",
            "https://www.googleapis.com/compute/v1/projects/p/global/snapshots/daily"})
    @DisplayName("a disk is made from a snapshot, named in any form, and tells it by its link")
    void restores(String snapshot) {
        console(Map.of());
        google.console().createSnapshot(DISK, "daily");
        google.console().deleteDisk(DISK);
        var made = Wire.read(provider.create(CreateRequest.newBuilder().setUrn(URN)
                .setProperties(Wire.write(check(change("snapshot", snapshot)))).build()).getProperties());
        assertEquals("https://www.googleapis.com/compute/v1/projects/p/global/snapshots/daily", made.get("snapshot"));
        assertEquals(made.get("snapshot"), getDisk("state").get("snapshot"));
    }

    @Test
    @DisplayName("a disk smaller than its snapshot is refused in Google's words")
    void restoresNoSmaller() {
        console(Map.of());
        google.console().createSnapshot(DISK, "daily");
        google.console().deleteDisk(DISK);
        var inputs = change("snapshot", "daily");
        inputs.put("size", 9L);
        assertTrue(refusal(() -> provider
                .create(CreateRequest.newBuilder().setUrn(URN).setProperties(Wire.write(check(inputs))).build()))
                .contains("Error creating Disk: googleapi: Error 400: Invalid value for field 'resource.sizeGb': '9'."
                        + " Requested disk size cannot be smaller than the snapshot size (10 GB), invalid"));
    }

    @Test
    @DisplayName("a snapshot schedule is made, attached, read by each id, and replaced for any difference")
    void snapshotSchedule() {
        console(Map.of());
        var policyUrn = "urn:pulumi:test::disks::gcp:compute/resourcePolicy:ResourcePolicy::snapshots";
        var schedule = Map.of("name", "dailies", "region", "us-central1", "snapshotSchedulePolicy", Map.of(
                "schedule", Map.of("dailySchedule", Map.of("daysInCycle", 1L, "startTime", "04:00")), "retentionPolicy",
                Map.of("maxRetentionDays", 14L)));
        var made = provider
                .create(CreateRequest.newBuilder().setUrn(policyUrn).setProperties(Wire.write(schedule)).build());
        assertEquals("projects/p/regions/us-central1/resourcePolicies/dailies", made.getId());
        var changed = new LinkedHashMap<String, Object>(schedule);
        changed.put("snapshotSchedulePolicy",
                Map.of("schedule", Map.of(), "retentionPolicy", Map.of("maxRetentionDays", 30L)));
        for (var inputs : List.of(schedule, changed)) {
            var diff = provider.diff(DiffRequest.newBuilder().setUrn(policyUrn).setOldInputs(Wire.write(schedule))
                    .setOlds(made.getProperties()).setNews(Wire.write(inputs)).build());
            assertEquals(inputs == changed ? List.of("snapshotSchedulePolicy") : List.of(), diff.getReplacesList());
        }
        var attachmentUrn =
                "urn:pulumi:test::disks::gcp:compute/"
                        + "diskResourcePolicyAttachment:DiskResourcePolicyAttachment::snapshots";
        var attached = provider.create(CreateRequest.newBuilder().setUrn(attachmentUrn)
                .setProperties(Wire.write(Map.of("disk", "state", "zone", "us-central1-a", "name", "dailies")))
                .build());
        assertEquals("p/us-central1-a/state/dailies", attached.getId());
        assertEquals(List.of("https://www.googleapis.com/compute/v1/" + made.getId()),
                getDisk("state").get("resourcePolicies"));
        for (var id : List.of("p/us-central1-a/state/dailies", DISK.path() + "/dailies")) {
            assertEquals(attached.getId(),
                    provider.read(ReadRequest.newBuilder().setUrn(attachmentUrn).setId(id).build()).getId());
        }
        assertEquals("",
                provider.read(
                        ReadRequest.newBuilder().setUrn(attachmentUrn).setId("p/us-central1-a/state/others").build())
                        .getId());
        for (var id : List.of(made.getId(), "p/us-central1/dailies", "us-central1/dailies")) {
            assertEquals(made.getId(),
                    provider.read(ReadRequest.newBuilder().setUrn(policyUrn).setId(id).build()).getId());
        }
        var asked = Wire.read(provider.invoke(getPolicy("dailies")).getReturn());
        assertTrue(asked.get("snapshotSchedulePolicies").toString().contains("maxRetentionDays=14"), asked.toString());
        assertTrue(refusal(() -> provider.invoke(getPolicy("others")))
                .contains("projects/p/regions/us-central1/resourcePolicies/others not found"));
        assertTrue(refusal(() -> provider
                .delete(DeleteRequest.newBuilder().setUrn(policyUrn).setProperties(made.getProperties()).build()))
                .contains("Error when reading or editing ResourcePolicy: googleapi: Error 400"));
        provider.delete(
                DeleteRequest.newBuilder().setUrn(attachmentUrn).setProperties(attached.getProperties()).build());
        provider.delete(DeleteRequest.newBuilder().setUrn(policyUrn).setProperties(made.getProperties()).build());
        assertEquals("", provider.read(ReadRequest.newBuilder().setUrn(policyUrn).setId(made.getId()).build()).getId());
    }

    private static InvokeRequest getPolicy(String name) {
        return InvokeRequest.newBuilder().setTok("gcp:compute/getResourcePolicy:getResourcePolicy")
                .setArgs(Wire.write(Map.of("name", name, "region", "us-central1"))).build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "DENIED    | Error creating Disk: googleapi: Error 403: Required 'compute.disks.create' permission for "
                    + "'projects/p/zones/us-central1-a/disks/state', forbidden",
            "QUOTA     | Quota 'SSD_TOTAL_GB' exceeded",
            "STOCK_OUT | The zone 'projects/p/zones/us-central1-a' does not have enough resources available",
            "API_OFF   | accessNotConfigured"})
    @DisplayName("G10: creation fails in the provider's own words, and makes nothing")
    void creationErrors(Fault fault, String words) {
        google.fail("compute.disks.create", fault, 1);
        var message = refusal(this::create);
        assertTrue(message.contains(words), message);
        assertTrue(google.disk(DISK).isEmpty());
    }

    @Test
    @DisplayName("an operation that never ends is given up after the resource's customTimeouts: the disk is there, "
            + "and the engine is told of none")
    void operationThatNeverEnds() {
        google.delay(Duration.ofHours(1));
        var request =
                CreateRequest.newBuilder().setUrn(URN).setProperties(Wire.write(check(INPUTS))).setTimeout(0.4).build();
        var message = refusal(() -> provider.create(request));
        assertTrue(message.contains(
                "Error waiting to create Disk: Error waiting for Creating Disk: timeout while waiting for state to "
                        + "become 'DONE' (last state: 'RUNNING', timeout: "),
                message);
        assertTrue(google.disk(DISK).isPresent());
    }

    @Test
    @DisplayName("G10: 503 on create is retried in silence")
    void outage() {
        google.fail("compute.disks.create", Fault.UNAVAILABLE, 2);
        create();
        assertTrue(google.disk(DISK).isPresent());
    }

    @Test
    @DisplayName("reads a disk by each accepted form of its id, and none where there is none")
    void readsByEachForm() {
        console(Map.of());
        for (var id : List.of(DISK.path(), "p/us-central1-a/state", "us-central1-a/state")) {
            assertEquals(DISK.path(), provider.read(ReadRequest.newBuilder().setUrn(URN).setId(id).build()).getId());
        }
        assertEquals("",
                provider.read(ReadRequest.newBuilder().setUrn(URN).setId("us-central1-a/none").build()).getId());
    }

    @Test
    @DisplayName("a regional disk has an id of its own, is read by each form of it, and is replaced for other zones, "
            + "another type, key or place (read, not measured)")
    void regional() {
        var key = Map.of("kmsKeyName", "projects/k/locations/us-central1/keyRings/r/cryptoKeys/c");
        var inputs = new LinkedHashMap<String, Object>(Map.of("name", "state", "region", "us-central1", "replicaZones",
                List.of("us-central1-a", "us-central1-b"),
                "type", "pd-balanced", "size", 10L, "diskEncryptionKey", key));
        var made =
                provider.create(CreateRequest.newBuilder().setUrn(REGIONAL).setProperties(Wire.write(inputs)).build());
        assertEquals("projects/p/regions/us-central1/disks/state", made.getId());
        assertEquals("us-central1", Wire.read(made.getProperties()).get("region"));
        assertEquals(key, Wire.read(made.getProperties()).get("diskEncryptionKey"),
                "without the version that the API tells");
        for (var id : List.of(made.getId(), "p/us-central1/state", "us-central1/state")) {
            assertEquals(made.getId(),
                    provider.read(ReadRequest.newBuilder().setUrn(REGIONAL).setId(id).build()).getId());
        }
        for (var change : Map
                .<String, Object>of("replicaZones", List.of("us-central1-b", "us-central1-c"), "type", "pd-ssd",
                        "region", "us-east5",
                        "description", "other", "size", 9L, "diskEncryptionKey", Map.of(), "snapshot", "s")
                .entrySet()) {
            var changed = new LinkedHashMap<>(inputs);
            changed.put(change.getKey(), change.getValue());
            var diff = provider.diff(DiffRequest.newBuilder().setUrn(REGIONAL).setOldInputs(Wire.write(inputs))
                    .setOlds(made.getProperties())
                    .setNews(Wire.write(changed)).build());
            assertEquals(List.of(change.getKey()), diff.getReplacesList());
        }
        var unknown = provider.check(CheckRequest.newBuilder().setUrn(REGIONAL).setName("disk")
                .setNews(Wire.write(Map.of("name", "state", "zone", "us-central1-a", "provisionedIops", 3000L)))
                .build());
        assertEquals(List.of("provisionedIops", "replicaZones", "zone"),
                unknown.getFailuresList().stream().map(failure -> failure.getProperty()).sorted().toList());
    }

    @Test
    @DisplayName("getClientConfig answers the access token")
    void clientConfig() {
        var answer = Wire.read(provider
                .invoke(InvokeRequest.newBuilder().setTok("gcp:organizations/getClientConfig:getClientConfig").build())
                .getReturn());
        assertEquals("token", answer.get("accessToken"));
    }

    @Test
    @DisplayName("G12: without an endpoint it talks to nobody; kinds it doesn't know it refuses")
    void refuses() {
        var bare = refusal(() -> provider
                .configure(ConfigureRequest.newBuilder().setArgs(Wire.write(Map.of("project", "p"))).build()));
        assertTrue(bare.contains("gcp:computeCustomEndpoint"), bare);
        var unknown = refusal(() -> provider
                .create(CreateRequest.newBuilder().setUrn("urn:pulumi:t::d::gcp:storage/bucket:Bucket::b").build()));
        assertTrue(unknown.contains("gcp:storage/bucket:Bucket"), unknown);
    }

    private Map<String, Object> check(Map<String, Object> inputs) {
        return check(Map.of(), inputs);
    }

    private Map<String, Object> check(Map<String, Object> oldInputs, Map<String, Object> inputs) {
        return Wire.read(
                provider.check(CheckRequest.newBuilder().setUrn(URN).setName("disk").setOlds(Wire.write(oldInputs))
                        .setNews(Wire.write(inputs)).build()).getInputs());
    }

    private void create() {
        provider.create(CreateRequest.newBuilder().setUrn(URN).setProperties(Wire.write(check(INPUTS))).build());
    }

    private DiffResponse diff(Map<String, Object> inputs) {
        return diff(INPUTS, state(INPUTS), inputs);
    }

    private DiffResponse diff(Map<String, Object> oldInputs, Struct state, Map<String, Object> inputs) {
        return provider.diff(DiffRequest.newBuilder().setUrn(URN).setOldInputs(Wire.write(oldInputs)).setOlds(state)
                .setNews(Wire.write(check(oldInputs, inputs))).build());
    }

    /** The state that a disk of these inputs would be in. */
    private static Struct state(Map<String, Object> inputs) {
        var state = new LinkedHashMap<>(inputs);
        state.remove("__defaults");
        state.put("project", "p");
        state.putIfAbsent("physicalBlockSizeBytes", 4096L);
        state.put("enableConfidentialCompute", false);
        state.put("provisionedIops", 0L);
        state.put("resourcePolicies", List.of());
        state.put("pulumiLabels", Map.of("app", "sky", "goog-pulumi-provisioned", "true"));
        state.put("effectiveLabels", Map.of("app", "sky", "goog-pulumi-provisioned", "true", "goog-gke-volume", ""));
        return Wire.write(state);
    }

    private static LinkedHashMap<String, Object> change(String property, Object value) {
        var changed = new LinkedHashMap<>(INPUTS);
        if (value == null) {
            changed.remove(property);
        } else {
            changed.put(property, value);
        }
        return changed;
    }

    private Map<String, Object> getDisk(String name) {
        return Wire.read(provider.invoke(InvokeRequest.newBuilder().setTok("gcp:compute/getDisk:getDisk")
                .setArgs(Wire.write(Map.of("name", name, "zone", "us-central1-a"))).build()).getReturn());
    }

    private Map<String, Object> getSnapshot(Map<String, Object> arguments) {
        return Wire.read(provider.invoke(InvokeRequest.newBuilder().setTok("gcp:compute/getSnapshot:getSnapshot")
                .setArgs(Wire.write(arguments)).build()).getReturn());
    }

    private void console(Map<String, String> labels) {
        var body = new JsonObject();
        body.addProperty("name", "state");
        body.addProperty("sizeGb", "10");
        body.addProperty("description", "words");
        body.addProperty("type", "zones/us-central1-a/diskTypes/pd-balanced");
        var json = new JsonObject();
        labels.forEach(json::addProperty);
        body.add("labels", json);
        google.console().insertDisk("p", "us-central1-a", body);
    }

    private static String refusal(Runnable call) {
        return assertThrows(StatusRuntimeException.class, call::run).getStatus().getDescription();
    }
}
