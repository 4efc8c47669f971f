package rehearsal.gcp;

import rehearsal.gcp.ResourceKind.Change;
import rehearsal.gcp.ResourceKind.Change.Kind;
import rehearsal.provider.Wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which difference between a disk's state and a program's inputs changes it, and which replaces it (facts: G2). */
final class DiskDiff {

    /** Left out means none, so that a removal is a change. */
    private static final List<String> PLAIN =
            List.of("description", "type", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "image",
                    "replicaZones", "interface", "asyncPrimaryDisk", "multiWriter", "sourceImageEncryptionKey",
                    "sourceSnapshotEncryptionKey");
    /** Left out means what the API decides: only what a program said before and says no more is a removal. */
    private static final List<String> DECIDED = List.of("zone", "region", "project", "resourcePolicies",
            "physicalBlockSizeBytes", "enableConfidentialCompute",
            "guestOsFeatures", "licenses", "provisionedIops", "provisionedThroughput");
    /** Told by URL, path or name, all meaning the same. */
    private static final Set<String> LINKS = Set.of("type", "zone", "region", "replicaZones", "snapshot", "sourceDisk",
            "image", "resourcePolicies", "licenses");

    private DiskDiff() {
    }

    static Map<String, Change> changes(Settings settings, Map<String, Object> oldInputs, Map<String, Object> state,
                                       Map<String, Object> inputs,
                                       List<String> ignored) {
        var changes = new LinkedHashMap<String, Change>();
        for (var key : PLAIN) {
            if (!same(key, state.get(key), inputs.get(key))) {
                changes.put(key, new Change(kind(state.get(key), inputs.get(key)), true));
            }
        }
        for (var key : DECIDED) {
            var wanted = inputs.get(key);
            if (wanted == null && key.equals("project")) {
                // The provider's own project stands in for it: another one there is another disk.
                wanted = oldInputs.containsKey(key) ? null : settings.project().orElse(null);
            }
            var changed = wanted == null ? oldInputs.get(key) != null : !same(key, state.get(key), wanted);
            if (changed) {
                changes.put(key, new Change(kind(state.get(key), wanted), !growsInPlace(key, inputs)));
            }
        }
        size(state.get("size"), inputs.get("size"), changes);
        labels(DiskLabels.of(state), DiskLabels.plan(settings, state, inputs), changes);
        ignored.forEach(key -> {
            changes.remove(key);
            if (key.equals("labels")) {
                changes.remove("pulumiLabels");
                changes.remove("effectiveLabels");
            }
        });
        return changes;
    }

    private static void size(Object old, Object wanted, Map<String, Change> changes) {
        if (wanted != null && !wanted.equals(old)) {
            var smaller = old instanceof Long from && wanted instanceof Long to && to < from;
            changes.put("size", new Change(kind(old, wanted), smaller));
        }
    }

    private static void labels(DiskLabels old, DiskLabels wanted, Map<String, Change> changes) {
        if (!wanted.own().equals(old.own())) {
            changes.put("labels", new Change(kind(old.own(), wanted.own()), false));
        } else if (!wanted.pulumi().equals(old.pulumi())) {
            changes.put("pulumiLabels", new Change(Kind.UPDATE, false));
        } else if (!wanted.effective().equals(old.effective())) {
            changes.put("effectiveLabels", new Change(Kind.UPDATE, false));
        }
    }

    private static boolean growsInPlace(String key, Map<String, Object> inputs) {
        return key.equals("provisionedThroughput")
                || key.equals("provisionedIops") && inputs.get("type") instanceof String type
                        && type.contains("hyperdisk");
    }

    private static Kind kind(Object old, Object wanted) {
        return isNone(old) ? Kind.ADD : isNone(wanted) ? Kind.DELETE : Kind.UPDATE;
    }

    private static boolean same(String key, Object old, Object wanted) {
        if (wanted == Wire.UNKNOWN) {
            return false;
        }
        return isNone(old) && isNone(wanted) || Objects.equals(plain(key, old), plain(key, wanted));
    }

    private static boolean isNone(Object value) {
        return value == null || value.equals("") || value.equals(false) || value.equals(0L) || value.equals(List.of())
                || value.equals(Map.of());
    }

    private static Object plain(String key, Object value) {
        if (!LINKS.contains(key)) {
            return value;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(item -> plain(key, item)).toList();
        }
        return value instanceof String link ? DiskResource.last(link) : value;
    }
}
