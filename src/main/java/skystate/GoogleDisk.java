package skystate;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.pulumi.gcp.compute.outputs.GetDiskResult;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A disk as Google has it.
 *
 * @param sizeGib  size in GiB
 * @param type     its type, as in pd-balanced
 * @param zones    the two zones of a regional disk, in order
 * @param labels   all of its labels
 * @param users    the machines that hold it, as {@code projects/P/zones/Z/instances/I}
 * @param snapshot path of the snapshot that it was made from
 * @param kmsKey   path of the key of Cloud KMS that encrypts it, without a version; empty for a key of Google's own
 * @param policies paths of its resource policies
 */
record GoogleDisk(int sizeGib, String type, List<String> zones, Map<String, String> labels, List<String> users, Optional<String> snapshot,
                  Optional<String> kmsKey, List<String> policies) {

    /** As the provider answers it of a zonal disk. */
    static GoogleDisk of(GetDiskResult disk) {
        var keys = Optional.ofNullable(disk.diskEncryptionKeys()).stream().flatMap(List::stream);
        return new GoogleDisk(disk.size(), DiskLookup.shortName(disk.type()), List.of(),
                disk.effectiveLabels().isEmpty() ? disk.labels() : disk.effectiveLabels(), disk.users().stream().map(DiskLookup::path).toList(),
                named(disk.snapshot()), keys.findFirst().map(key -> key.kmsKeySelfLink()).flatMap(GoogleDisk::key),
                disk.resourcePolicies().stream().map(DiskLookup::path).toList());
    }

    /** As Compute Engine's REST API has it. */
    static GoogleDisk of(JsonObject disk) {
        var labels = new HashMap<String, String>();
        if (disk.has("labels")) {
            disk.getAsJsonObject("labels").entrySet().forEach(label -> labels.put(label.getKey(), label.getValue().getAsString()));
        }
        return new GoogleDisk(disk.get("sizeGb").getAsInt(), DiskLookup.shortName(disk.get("type").getAsString()),
                texts(disk, "replicaZones").map(DiskLookup::shortName).sorted().toList(), labels, texts(disk, "users").map(DiskLookup::path).toList(),
                named(disk.has("sourceSnapshot") ? disk.get("sourceSnapshot").getAsString() : ""),
                disk.has("diskEncryptionKey") ? Optional.ofNullable(disk.getAsJsonObject("diskEncryptionKey").get("kmsKeyName")).map(JsonElement::getAsString)
                        .flatMap(GoogleDisk::key) : Optional.empty(),
                texts(disk, "resourcePolicies").map(DiskLookup::path).toList());
    }

    private static Stream<String> texts(JsonObject object, String field) {
        return object.has(field) ? object.getAsJsonArray(field).asList().stream().map(JsonElement::getAsString) : Stream.empty();
    }

    private static Optional<String> named(String url) {
        return Optional.of(DiskLookup.path(url)).filter(path -> !path.isEmpty());
    }

    private static Optional<String> key(String name) {
        return named(name.replaceFirst("/cryptoKeyVersions/.*", ""));
    }
}
