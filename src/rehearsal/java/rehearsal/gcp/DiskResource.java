package rehearsal.gcp;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import rehearsal.google.DiskName;
import rehearsal.google.SnapshotName;
import rehearsal.provider.Wire.Secret;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A disk in the API's words, to and from the provider's. */
final class DiskResource {

    private static final Gson GSON = new Gson();

    private DiskResource() {
    }

    /** What is sent to make a disk. */
    static JsonObject request(DiskName name, Map<String, Object> inputs, Object labels) {
        var body = new JsonObject();
        body.addProperty("name", name.name());
        body.addProperty(name.regional() ? "region" : "zone", name.place());
        body.addProperty("type", name.place() + "/diskTypes/" + last(inputs.get("type").toString()));
        body.add("labels", GSON.toJsonTree(labels));
        if (inputs.get("snapshot") != null) {
            // Name, path or URL: the API is sent the path.
            var snapshot = inputs.get("snapshot").toString();
            body.addProperty("sourceSnapshot",
                    SnapshotName.parse(snapshot, name.project()).map(SnapshotName::path).orElse(snapshot));
        }
        Map.of("description", "description", "image", "sourceImage", "sourceDisk", "sourceDisk",
                "replicaZones", "replicaZones", "resourcePolicies", "resourcePolicies", "enableConfidentialCompute",
                "enableConfidentialCompute", "asyncPrimaryDisk", "asyncPrimaryDisk", "interface", "interface",
                "multiWriter", "multiWriter")
                .forEach((input, field) -> {
                    if (inputs.get(input) != null) {
                        body.add(field, GSON.toJsonTree(inputs.get(input)));
                    }
                });
        if (inputs.get("diskEncryptionKey") instanceof Map<?, ?> given) {
            var key = new JsonObject();
            given.forEach((field, value) -> key
                    .addProperty(field.equals("kmsKeySelfLink") ? "kmsKeyName" : field.toString(), value.toString()));
            body.add("diskEncryptionKey", key);
        }
        // 64-bit numbers travel as strings.
        Map.of("size", "sizeGb", "physicalBlockSizeBytes", "physicalBlockSizeBytes", "provisionedIops",
                "provisionedIops",
                "provisionedThroughput", "provisionedThroughput").forEach((input, field) -> {
                    if (inputs.get(input) != null) {
                        body.addProperty(field, inputs.get(input).toString());
                    }
                });
        return body;
    }

    /** The provider's outputs. @param labels whose keys the program and the provider claim for themselves */
    static Map<String, Object> properties(DiskName name, JsonObject disk, DiskLabels labels) {
        var all = labels(disk);
        var properties = shared(name, disk);
        properties.put("labels", claimed(all, labels.own()));
        properties.put("pulumiLabels", new Secret(claimed(all, labels.pulumi())));
        properties.put("effectiveLabels", new Secret(all));
        key(name, disk).ifPresent(key -> properties.put("diskEncryptionKey", key));
        for (var field : List.of("description", "sourceDisk")) {
            if (!text(disk, field).isEmpty()) {
                properties.put(field, text(disk, field));
            }
        }
        if (!text(disk, "sourceImage").isEmpty()) {
            properties.put("image", text(disk, "sourceImage"));
        }
        if (!text(disk, "sourceSnapshot").isEmpty()) {
            properties.put("snapshot", text(disk, "sourceSnapshot"));
        }
        return properties;
    }

    /**
     * What {@code getDisk} answers: every field is there, empty where the disk has none, and all labels are shown
     * (facts: G9).
     */
    static Map<String, Object> answer(DiskName name, JsonObject disk) {
        var answer = shared(name, disk);
        for (var labels : List.of("labels", "pulumiLabels", "effectiveLabels")) {
            answer.put(labels, labels(disk));
        }
        answer.put("description", text(disk, "description"));
        answer.put("image", text(disk, "sourceImage"));
        answer.put("snapshot", text(disk, "sourceSnapshot"));
        answer.put("sourceDisk", text(disk, "sourceDisk"));
        answer.put("interface", "SCSI");
        answer.put("multiWriter", false);
        answer.put("diskEncryptionKeys", key(name, disk).stream().toList());
        for (var none : List.of("asyncPrimaryDisks", "sourceImageEncryptionKeys", "sourceSnapshotEncryptionKeys")) {
            answer.put(none, List.of());
        }
        return answer;
    }

    /** The URLs of those who hold the disk. */
    static List<String> users(JsonObject disk) {
        return strings(disk, "users");
    }

    /** The URLs of the policies that the disk has. */
    static List<String> policies(JsonObject disk) {
        return strings(disk, "resourcePolicies");
    }

    /** Under which device names the machine has the disk. */
    static List<String> devices(JsonObject machine, DiskName disk) {
        return array(machine, "disks").asList().stream().map(JsonElement::getAsJsonObject)
                .filter(held -> text(held, "source").endsWith("/" + disk.path())).map(held -> text(held, "deviceName"))
                .toList();
    }

    /** The last part of a name, path or URL. */
    static String last(String link) {
        return link.substring(link.lastIndexOf('/') + 1);
    }

    private static Map<String, Object> shared(DiskName name, JsonObject disk) {
        var properties = new LinkedHashMap<String, Object>();
        properties.put("id", name.path());
        properties.put("name", text(disk, "name"));
        properties.put("project", name.project());
        properties.put(name.regional() ? "region" : "zone", name.location());
        properties.put("type", last(text(disk, "type")));
        properties.put("size", number(disk, "sizeGb"));
        properties.put("selfLink", text(disk, "selfLink"));
        properties.put("users", users(disk));
        for (var field : List.of("creationTimestamp", "labelFingerprint", "lastAttachTimestamp", "lastDetachTimestamp",
                "sourceDiskId",
                "sourceImageId", "sourceSnapshotId")) {
            properties.put(field, text(disk, field));
        }
        properties.put("physicalBlockSizeBytes", number(disk, "physicalBlockSizeBytes"));
        properties.put("licenses", strings(disk, "licenses"));
        properties.put("guestOsFeatures", List.of());
        if (name.regional()) {
            properties.remove("sourceImageId");
            properties.put("replicaZones", strings(disk, "replicaZones"));
            return properties;
        }
        for (var field : List.of("provisionedIops", "provisionedThroughput")) {
            properties.put(field, number(disk, field));
        }
        properties.put("resourcePolicies", strings(disk, "resourcePolicies"));
        properties.put("enableConfidentialCompute",
                disk.has("enableConfidentialCompute") && disk.get("enableConfidentialCompute").getAsBoolean());
        return properties;
    }

    /** The key in Cloud KMS, without the version that the API names. */
    private static Optional<Map<String, Object>> key(DiskName name, JsonObject disk) {
        return disk.has("diskEncryptionKey")
                ? Optional.of(Map.of((name.regional() ? DiskKind.REGIONAL : DiskKind.ZONAL).keyField(),
                        text(disk.getAsJsonObject("diskEncryptionKey"), "kmsKeyName")
                                .replaceFirst("/cryptoKeyVersions/.*", "")))
                : Optional.empty();
    }

    private static Map<String, Object> labels(JsonObject disk) {
        var labels = new TreeMap<String, Object>();
        if (disk.has("labels")) {
            disk.getAsJsonObject("labels").asMap().forEach((key, value) -> labels.put(key, value.getAsString()));
        }
        return labels;
    }

    private static Map<String, Object> claimed(Map<String, Object> all, Object claims) {
        var claimed = new TreeMap<>(all);
        claimed.keySet().retainAll(claims instanceof Map<?, ?> map ? map.keySet() : List.of());
        return claimed;
    }

    private static List<String> strings(JsonObject object, String field) {
        return array(object, field).asList().stream().map(JsonElement::getAsString).toList();
    }

    private static JsonArray array(JsonObject object, String field) {
        return object.has(field) ? object.getAsJsonArray(field) : new JsonArray();
    }

    private static String text(JsonObject object, String field) {
        return object.has(field) ? object.get(field).getAsString() : "";
    }

    private static long number(JsonObject object, String field) {
        return object.has(field) ? object.get(field).getAsLong() : 0;
    }
}
