package rehearsal.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kubernetes objects as plain trees of maps, lists and scalars, and the few things done to them. */
final class Tree {

    private Tree() {
    }

    /** The value at these keys, empty if one of them is not there or is null. */
    static Optional<Object> get(Map<String, ?> tree, String... path) {
        Object value = tree;
        for (var key : path) {
            if (!(value instanceof Map<?, ?> map)) {
                return Optional.empty();
            }
            value = map.get(key);
        }
        return Optional.ofNullable(value);
    }

    /** The string at these keys, or the empty string. */
    static String text(Map<String, ?> tree, String... path) {
        return get(tree, path).filter(String.class::isInstance).map(String.class::cast).orElse("");
    }

    /** The map at these keys, or an empty one. */
    static Map<String, Object> map(Map<String, ?> tree, String... path) {
        return get(tree, path).filter(Map.class::isInstance).map(Tree::cast).orElse(Map.of());
    }

    /** The list at these keys, or an empty one. */
    @SuppressWarnings("unchecked")
    static List<Object> list(Map<String, ?> tree, String... path) {
        return get(tree, path).filter(List.class::isInstance).map(list -> (List<Object>) list).orElse(List.of());
    }

    /** Sets the value at these keys of a tree made by {@link #copy}, making maps on the way. */
    static void set(Map<String, Object> tree, Object value, String... path) {
        var map = tree;
        for (int i = 0; i < path.length - 1; i++) {
            map = cast(
                    map.compute(path[i], (key, old) -> old instanceof Map ? old : new LinkedHashMap<String, Object>()));
        }
        map.put(path[path.length - 1], value);
    }

    /** Removes the value at these keys of a tree made by {@link #copy}. */
    static void remove(Map<String, Object> tree, String... path) {
        Object map = tree;
        for (int i = 0; i < path.length - 1 && map instanceof Map<?, ?> inner; i++) {
            map = inner.get(path[i]);
        }
        if (map instanceof Map<?, ?> parent) {
            parent.remove(path[path.length - 1]);
        }
    }

    /** A deep copy that can be changed. Nulls in maps are left out, as the engine's own providers do. */
    static Map<String, Object> copy(Map<?, ?> tree) {
        var copy = new LinkedHashMap<String, Object>();
        tree.forEach((key, value) -> {
            if (value != null) {
                copy.put(key.toString(), copyValue(value));
            }
        });
        return copy;
    }

    /**
     * What of {@code live} has its place in {@code shape}: the server adds fields that the program never named, and a
     * comparison with the program's inputs must not see them.
     */
    static Map<String, Object> prune(Map<String, Object> live, Map<String, Object> shape) {
        var pruned = new LinkedHashMap<String, Object>();
        live.forEach((key, value) -> {
            if (shape.containsKey(key)) {
                pruned.put(key, pruneValue(value, shape.get(key)));
            }
        });
        return pruned;
    }

    private static Object pruneValue(Object live, Object shape) {
        if (live instanceof Map<?, ?> map && shape instanceof Map<?, ?> inner) {
            return prune(cast(map), cast(inner));
        }
        if (live instanceof List<?> list && shape instanceof List<?> inner) {
            var pruned = new ArrayList<Object>();
            for (int i = 0; i < Math.min(list.size(), inner.size()); i++) {
                pruned.add(pruneValue(list.get(i), inner.get(i)));
            }
            return pruned;
        }
        return live;
    }

    private static Object copyValue(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<Object>();
            list.forEach(item -> copy.add(item == null ? null : copyValue(item)));
            return copy;
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> cast(Object map) {
        return (Map<String, Object>) map;
    }
}
