package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Persistent disks, zonal and regional, by the API's rules. Sizes are GB in the API's words: GiB in truth. */
final class Disks {

    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern LABEL_KEY = Pattern.compile("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}");
    private static final Pattern LABEL_VALUE = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}");
    private static final int LARGEST_GB = 65536;
    private static final List<String> NOT_REHEARSED =
            List.of("sourceInstantSnapshot", "asyncPrimaryDisk", "storagePool");
    private static final Pattern KEY =
            Pattern.compile("projects/[^/]+/locations/([^/]+)/keyRings/[^/]+/cryptoKeys/[^/]+");

    private final Store store;
    private final ResourcePolicies policies;

    Disks(Store store, ResourcePolicies policies) {
        this.store = store;
        this.policies = policies;
    }

    /** The disk as the API shows it, users included. */
    JsonObject get(DiskName name) {
        return find(name).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    Optional<JsonObject> find(DiskName name) {
        return store.read(store.diskFile(name)).map(disk -> {
            var users = new JsonArray();
            users(name).forEach(user -> users.add(Google.LINK + user.path()));
            if (!users.isEmpty()) {
                disk.add("users", users);
            }
            return disk;
        });
    }

    /** Who holds the disk: it is kept on the instances' side alone, so that a deleted instance holds nothing. */
    List<InstanceName> users(DiskName name) {
        return Catalog.zonesIn(name.location()).stream().flatMap(zone -> store.instances(name.project(), zone).stream())
                .filter(instance -> store.read(store.instanceFile(instance)).stream()
                        .anyMatch(resource -> Instances.attachment(resource, name).isPresent()))
                .toList();
    }

    /** Makes a disk of what the request says and of the API's defaults. */
    void create(String project, String location, JsonObject request) {
        var name = Json.text(request, "name", "");
        checkName(name);
        var disk = new DiskName(project, location, name);
        if (store.read(store.diskFile(disk)).isPresent()) {
            throw new ApiError(409, "alreadyExists", "The resource '" + disk.path() + "' already exists");
        }
        for (var field : NOT_REHEARSED) {
            if (request.has(field)) {
                throw ApiError.notRehearsed("disk with " + field);
            }
        }
        if (request.has("sourceImage")) {
            throw ApiError.notFound(
                    "projects/" + project + "/global/images/" + last(request.get("sourceImage").getAsString()));
        }
        if (request.has("sourceDisk")) {
            throw ApiError.notRehearsed("disk cloned from sourceDisk");
        }
        policies.checkNew(disk, Json.array(request, "resourcePolicies"));
        var typeName = last(Json.text(request, "type", "pd-standard"));
        var type =
                DiskType.named(typeName).orElseThrow(() -> ApiError.notFound(disk.place() + "/diskTypes/" + typeName));
        checkReplicaZones(disk, request);
        var snapshot = snapshot(request, project);
        var least = snapshot.map(source -> Long.parseLong(Json.text(source, "diskSizeGb", "0"))).orElse(0L);
        var size = size(Json.text(request, "sizeGb", Long.toString(least > 0 ? least : type.defaultGb())));
        if (size < least) {
            throw ApiError.invalid("resource.sizeGb", Long.toString(size),
                    "Requested disk size cannot be smaller than the snapshot size (" + least + " GB)");
        }
        type.checkSize(size, disk.regional());
        var labels = Json.strings(request, "labels");
        checkLabels(labels);

        var resource = request.deepCopy();
        type.provision(resource, size);
        encrypt(disk, resource);
        resource.addProperty("kind", "compute#disk");
        resource.addProperty("id", Long.toString(ThreadLocalRandom.current().nextLong(1L << 60, Long.MAX_VALUE)));
        resource.addProperty("creationTimestamp", now());
        resource.addProperty(disk.regional() ? "region" : "zone", Google.LINK + disk.place());
        resource.addProperty("selfLink", Google.LINK + disk.path());
        resource.addProperty("type", Google.LINK + disk.place() + "/diskTypes/" + type.name());
        resource.addProperty("status", "READY");
        resource.addProperty("sizeGb", Long.toString(size));
        if (!resource.has("physicalBlockSizeBytes")) {
            resource.addProperty("physicalBlockSizeBytes", "4096");
        }
        resource.addProperty("enableConfidentialCompute", false);
        if (!Json.array(request, "resourcePolicies").isEmpty()) {
            var links = new JsonArray();
            Json.array(request, "resourcePolicies").forEach(policy -> links
                    .add(Google.LINK + ResourcePolicyName.parse(policy.getAsString()).orElseThrow().path()));
            resource.add("resourcePolicies", links);
        }
        setLabels(resource, labels);
        snapshot.ifPresent(source -> {
            var link = Json.text(source, "selfLink", "");
            resource.addProperty("sourceSnapshot", link);
            resource.addProperty("sourceSnapshotId", Json.text(source, "id", ""));
            store.copyFilesystem(store.folder(link.substring(Google.LINK.length())), store.folder(disk.path()));
        });
        store.write(store.diskFile(disk), resource);
    }

    void delete(DiskName name) {
        get(name);
        var users = users(name);
        if (!users.isEmpty()) {
            throw ApiError.badRequest("resourceInUseByAnotherResource", inUse(name, users));
        }
        store.delete(store.folder(name.path()));
    }

    List<JsonObject> list(String project, String location, String filter) {
        var wanted = Filter.parse(filter);
        return store.disks(project, location).stream().map(this::get).filter(wanted::accepts).toList();
    }

    void setLabels(DiskName name, JsonObject request) {
        var resource = stored(name);
        if (!Json.text(request, "labelFingerprint", "").equals(Json.text(resource, "labelFingerprint", ""))) {
            throw new ApiError(412, "conditionNotMet",
                    "Labels fingerprint either invalid or resource labels have changed");
        }
        var labels = Json.strings(request, "labels");
        checkLabels(labels);
        setLabels(resource, labels);
        store.write(store.diskFile(name), resource);
    }

    void resize(DiskName name, JsonObject request) {
        var resource = stored(name);
        var old = Long.parseLong(Json.text(resource, "sizeGb", "0"));
        var size = size(Json.text(request, "sizeGb", ""));
        if (size <= old) {
            throw ApiError.invalid("sizeGb", Long.toString(size),
                    "New disk size '" + size + "' must be larger than existing size '" + old + "'.");
        }
        resource.addProperty("sizeGb", Long.toString(size));
        store.write(store.diskFile(name), resource);
    }

    /** Changes what is provisioned, by the one field that the query names. */
    void update(DiskName name, String field, JsonObject request) {
        if (!List.of("provisionedIops", "provisionedThroughput").contains(field)) {
            throw ApiError.notRehearsed("update of a disk's " + field);
        }
        var resource = stored(name);
        var type = DiskType.named(last(Json.text(resource, "type", ""))).orElseThrow();
        if (!type.tunable()) {
            throw ApiError.invalid("paths", field, "It can't be changed for disk type " + type.name() + ".");
        }
        resource.add(field, request.get(field));
        type.provision(resource, Long.parseLong(Json.text(resource, "sizeGb", "0")));
        store.write(store.diskFile(name), resource);
    }

    /** The zones whose machines can have the disk. */
    List<String> zones(DiskName name) {
        return name.regional()
                ? Json.array(stored(name), "replicaZones").asList().stream().map(zone -> last(zone.getAsString()))
                        .toList()
                : List.of(name.location());
    }

    /** Notes when the disk was attached or let go last. */
    void stamp(DiskName name, String field) {
        var resource = stored(name);
        resource.addProperty(field, now());
        store.write(store.diskFile(name), resource);
    }

    static String inUse(DiskName name, List<InstanceName> users) {
        return "The disk resource '" + name.path() + "' is already being used by '" + users.get(0).path() + "'";
    }

    /** The last part of a name, path or URL. */
    static String last(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The time in the form that the API uses. */
    static String now() {
        return OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Refuses what can't be the name of a disk, a snapshot or a machine. */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw ApiError.invalid("resource.name", name,
                    "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
        }
    }

    private static void checkReplicaZones(DiskName disk, JsonObject request) {
        var zones =
                Json.array(request, "replicaZones").asList().stream().map(zone -> last(zone.getAsString())).toList();
        if (!disk.regional() && zones.isEmpty()) {
            return;
        }
        if (!disk.regional() || zones.stream().distinct().count() != 2 || zones.size() != 2
                || !Catalog.zonesIn(disk.location()).containsAll(zones)) {
            throw ApiError.invalid("resource.replicaZones", zones.toString(),
                    "A regional disk has two different zones of its region, and no other disk has any.");
        }
        var links = new JsonArray();
        zones.forEach(zone -> links.add(Google.LINK + "projects/" + disk.project() + "/zones/" + zone));
        request.add("replicaZones", links);
    }

    /** Of a key the API names the version that it uses. */
    private static void encrypt(DiskName disk, JsonObject resource) {
        if (!resource.has("diskEncryptionKey")) {
            return;
        }
        var key = Json.text(resource.getAsJsonObject("diskEncryptionKey"), "kmsKeyName", "");
        var match = KEY.matcher(key);
        if (!match.matches()) {
            throw ApiError.invalid("resource.diskEncryptionKey.kmsKeyName", key,
                    "The key name is malformed, or not of Cloud KMS.");
        }
        if (!List.of(disk.region(), "global").contains(match.group(1))) {
            throw ApiError.invalid("resource.diskEncryptionKey.kmsKeyName", key,
                    "The key's location is not compatible with the disk's, " + disk.place() + ".");
        }
        var used = new JsonObject();
        used.addProperty("kmsKeyName", key + "/cryptoKeyVersions/1");
        resource.add("diskEncryptionKey", used);
    }

    private Optional<JsonObject> snapshot(JsonObject request, String project) {
        if (!request.has("sourceSnapshot")) {
            return Optional.empty();
        }
        var source = request.get("sourceSnapshot").getAsString();
        var name = SnapshotName.parse(source, project)
                .orElseThrow(() -> ApiError.invalid("resource.sourceSnapshot", source,
                        "The URL is malformed."));
        return Optional.of(store.read(store.snapshotFile(name)).orElseThrow(() -> ApiError.notFound(name.path())));
    }

    private JsonObject stored(DiskName name) {
        return store.read(store.diskFile(name)).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    private static long size(String text) {
        try {
            var size = Long.parseLong(text);
            if (size >= 1 && size <= LARGEST_GB) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw ApiError.invalid("resource.sizeGb", text, "Must be a whole number of GB.");
        }
        throw ApiError.invalid("resource.sizeGb", text, "Must be from 1 to " + LARGEST_GB + " GB.");
    }

    static void checkLabels(Map<String, String> labels) {
        labels.forEach((key, value) -> {
            if (!LABEL_KEY.matcher(key).matches()) {
                throw ApiError.invalid("resource.labels", key, "Label key '" + key + "' violates format constraints.");
            }
            if (!LABEL_VALUE.matcher(value).matches()) {
                throw ApiError.invalid("resource.labels", value,
                        "Label value '" + value + "' violates format constraints.");
            }
        });
        if (labels.size() > 64) {
            throw ApiError.invalid("resource.labels", "", "At most 64 labels are allowed.");
        }
    }

    static void setLabels(JsonObject resource, Map<String, String> labels) {
        resource.remove("labels");
        if (!labels.isEmpty()) {
            resource.add("labels", Json.toJson(labels));
        }
        resource.addProperty("labelFingerprint", fingerprint(labels));
    }

    private static String fingerprint(Map<String, String> labels) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256").digest(labels.toString().getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
