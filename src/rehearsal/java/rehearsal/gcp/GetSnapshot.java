package rehearsal.gcp;

import com.google.gson.JsonObject;
import rehearsal.google.ComputeException;
import rehearsal.google.SnapshotName;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code gcp:compute/getSnapshot:getSnapshot}, by name or by filter. The official provider answers for a missing name
 * with nothing at all, and with no error.
 */
final class GetSnapshot {

    private GetSnapshot() {
    }

    static Map<String, Object> invoke(Settings settings, Map<String, Object> arguments) {
        var project = text(arguments, "project").isEmpty()
                ? settings.project().orElseThrow(() -> new ProviderException("project: required field is not set"))
                : text(arguments, "project");
        var name = text(arguments, "name");
        var filter = text(arguments, "filter");
        if (name.isEmpty() == filter.isEmpty()) {
            throw new ProviderException("\"name\": one of `filter,name` must be specified");
        }
        var snapshot = new SnapshotName(project,
                name.isEmpty() ? only(settings, project, filter, arguments.get("mostRecent") == Boolean.TRUE) : name);
        try {
            return settings.compute().findSnapshot(snapshot).map(found -> answer(snapshot, found, arguments))
                    .orElse(Map.of());
        } catch (ComputeException e) {
            throw new ProviderException(
                    "Error when reading or editing ComputeSnapshot \"" + snapshot.path() + "\": " + e.getMessage(), e);
        }
    }

    private static String only(Settings settings, String project, String filter, boolean mostRecent) {
        List<JsonObject> found;
        try {
            found = settings.compute().snapshots(project, filter);
        } catch (ComputeException e) {
            throw new ProviderException("error retrieving list of snapshots: " + e.getMessage(), e);
        }
        if (found.isEmpty() || found.size() > 1 && !mostRecent) {
            throw new ProviderException("your filter has returned " + found.size()
                    + " snapshot(s). Please refine your filter or set most_recent to return exactly one snapshot");
        }
        return text(
                found.stream().max(Comparator.comparing(snapshot -> text(snapshot, "creationTimestamp"))).orElseThrow(),
                "name");
    }

    private static Map<String, Object> answer(SnapshotName name, JsonObject snapshot, Map<String, Object> arguments) {
        var answer = new LinkedHashMap<String, Object>(arguments);
        answer.put("id", name.path());
        answer.put("project", name.project());
        for (var field : List.of("name", "creationTimestamp", "description", "labelFingerprint", "selfLink",
                "sourceDisk")) {
            answer.put(field, text(snapshot, field));
        }
        answer.put("diskSizeGb", snapshot.get("diskSizeGb").getAsLong());
        answer.put("storageBytes", snapshot.get("storageBytes").getAsLong());
        answer.put("snapshotId", snapshot.get("id").getAsLong());
        var labels = new TreeMap<String, Object>();
        if (snapshot.has("labels")) {
            snapshot.getAsJsonObject("labels").asMap().forEach((key, value) -> labels.put(key, value.getAsString()));
        }
        for (var field : List.of("labels", "pulumiLabels", "effectiveLabels")) {
            answer.put(field, labels);
        }
        for (var none : List.of("chainName", "zone")) {
            answer.put(none, "");
        }
        for (var none : List.of("licenses", "snapshotEncryptionKeys", "sourceDiskEncryptionKeys", "storageLocations")) {
            answer.put(none, List.of());
        }
        return answer;
    }

    private static String text(Map<String, Object> arguments, String key) {
        return arguments.get(key) instanceof String text ? text : "";
    }

    private static String text(JsonObject object, String field) {
        return object.has(field) ? object.get(field).getAsString() : "";
    }
}
