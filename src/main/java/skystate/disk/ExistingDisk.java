package skystate.disk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.pulumi.gcp.compute.outputs.GetDiskResult;
import skystate.engine.StackLabel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;

/**
 * A disk as Google has it.
 *
 * @param sizeGib  size in GiB
 * @param type     its type, as in pd-balanced
 * @param zones    the two zones of a regional disk, in order
 * @param labels   all of its labels
 * @param users    the machines it is attached to, as {@code projects/P/zones/Z/instances/I}
 * @param snapshot path of the snapshot that it was made from
 * @param kmsKey   path of the Cloud KMS key that encrypts it, without a version; empty for a key of Google's own
 * @param policies paths of its resource policies
 */
public record ExistingDisk(int sizeGib, String type, List<String> zones, Map<String, String> labels, List<String> users,
                           Optional<String> snapshot, Optional<String> kmsKey, List<String> policies) {

    /** From the provider's answer about a zonal disk. */
    public static ExistingDisk of(GetDiskResult disk) {
        var keys = Optional.ofNullable(disk.diskEncryptionKeys()).stream().flatMap(List::stream);
        return new ExistingDisk(disk.size(), DiskLookup.shortName(disk.type()), List.of(),
                disk.effectiveLabels().isEmpty() ? disk.labels() : disk.effectiveLabels(), paths(disk.users().stream()),
                path(disk.snapshot()), keys.findFirst().map(key -> key.kmsKeySelfLink()).flatMap(ExistingDisk::key),
                paths(disk.resourcePolicies().stream()));
    }

    /** From Compute Engine's REST API. */
    public static ExistingDisk of(JsonObject disk) {
        var labels = disk.has("labels") ? disk.getAsJsonObject("labels").asMap() : Map.<String, JsonElement>of();
        var key = disk.has("diskEncryptionKey") ? disk.getAsJsonObject("diskEncryptionKey") : new JsonObject();
        return new ExistingDisk(disk.get("sizeGb").getAsInt(), DiskLookup.shortName(disk.get("type").getAsString()),
                texts(disk, "replicaZones").map(DiskLookup::shortName).sorted().toList(),
                labels.entrySet().stream().collect(toMap(Map.Entry::getKey, label -> label.getValue().getAsString())),
                paths(texts(disk, "users")),
                Optional.ofNullable(disk.get("sourceSnapshot")).map(JsonElement::getAsString)
                        .flatMap(ExistingDisk::path),
                Optional.ofNullable(key.get("kmsKeyName")).map(JsonElement::getAsString).flatMap(ExistingDisk::key),
                paths(texts(disk, "resourcePolicies")));
    }

    /** The stack that its label names; empty if there is none. */
    public String owner() {
        return labels.getOrDefault(StackLabel.LABEL, "");
    }

    private static List<String> paths(Stream<String> urls) {
        return urls.map(DiskLookup::path).toList();
    }

    private static Stream<String> texts(JsonObject object, String field) {
        return object.has(field) ? object.getAsJsonArray(field).asList().stream().map(JsonElement::getAsString)
                : Stream.empty();
    }

    private static Optional<String> path(String url) {
        return Optional.of(DiskLookup.path(url)).filter(path -> !path.isEmpty());
    }

    private static Optional<String> key(String name) {
        return path(name.replaceFirst("/cryptoKeyVersions/.*", ""));
    }
}
