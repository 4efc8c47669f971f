package rehearsal.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who owns which field of a live object. The provider creates with a plain POST, which the server books as an "Update"
 * of its manager, and changes by server-side apply, which is another owner in the server's eyes; before the first apply
 * it therefore takes over what its own creates and kubectl own.
 */
final class FieldManagers {

    private static final List<String> TAKEN_OVER = List.of("kubectl", "before-first-apply", "pulumi-kubernetes",
            "pulumi-resource-kubernetes");

    private FieldManagers() {
    }

    /** Whether the object has fields that {@link #takeOver} would take. */
    static boolean hasCreated(Map<String, Object> live) {
        return entries(live).stream().anyMatch(entry -> "Update".equals(entry.get("operation"))
                && Tree.text(entry, "manager").startsWith("pulumi-kubernetes"));
    }

    /** The JSON patch that gives the fields to the manager, empty if there are none to give. */
    static List<Object> takeOver(Map<String, Object> live, String manager) {
        var kept = new ArrayList<Object>();
        Map<String, Object> own = null;
        var changed = false;
        for (var entry : entries(live)) {
            var mine = manager.equals(entry.get("manager")) && "Apply".equals(entry.get("operation"));
            if (mine || taken(entry)) {
                changed |= !mine;
                own = own == null ? entry : merge(own, entry);
            } else {
                kept.add(entry);
            }
        }
        if (!changed) {
            return List.of();
        }
        var applied = new LinkedHashMap<>(own);
        applied.put("manager", manager);
        applied.put("operation", "Apply");
        kept.add(applied);
        return List.of(
                Map.of("op", "test", "path", "/metadata/resourceVersion", "value",
                        Tree.text(live, "metadata", "resourceVersion")),
                Map.of("op", "replace", "path", "/metadata/managedFields", "value", kept));
    }

    /** Whether the manager owns the field at these keys, or something in it. */
    static boolean owns(Map<String, Object> live, String manager, String... path) {
        var keys = new String[path.length];
        for (int i = 0; i < path.length; i++) {
            keys[i] = "f:" + path[i];
        }
        return entries(live).stream()
                .filter(entry -> manager.equals(entry.get("manager")))
                .anyMatch(entry -> Tree.get(Tree.map(entry, "fieldsV1"), keys).isPresent());
    }

    private static boolean taken(Map<String, Object> entry) {
        var name = Tree.text(entry, "manager");
        var operation = Tree.text(entry, "operation");
        return !entry.containsKey("subresource")
                && (operation.equals("Update") && TAKEN_OVER.stream().anyMatch(name::startsWith)
                        || operation.equals("Apply") && name.startsWith("kubectl"));
    }

    private static Map<String, Object> merge(Map<String, Object> first, Map<String, Object> second) {
        var merged = new LinkedHashMap<>(first);
        merged.put("fieldsV1", union(Tree.map(first, "fieldsV1"), Tree.map(second, "fieldsV1")));
        return merged;
    }

    private static Map<String, Object> union(Map<String, Object> first, Map<String, Object> second) {
        var all = new LinkedHashMap<>(first);
        second.forEach((key, value) -> all.merge(key, value, (a, b) -> union(Tree.cast(a), Tree.cast(b))));
        return all;
    }

    private static List<Map<String, Object>> entries(Map<String, Object> live) {
        return Tree.list(live, "metadata", "managedFields").stream().map(Tree::cast).toList();
    }
}
