package rehearsal.kubernetes;

import pulumirpc.Provider.PropertyDiff;
import pulumirpc.Provider.PropertyDiff.Kind;
import rehearsal.provider.Wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What differs between two property trees, property by property, and which of it forces a replacement. */
final class PropertyChanges {

    private static final Object MISSING = new Object();

    private final List<List<String>> forceNew;
    private final Map<String, PropertyDiff> changes = new LinkedHashMap<>();

    private PropertyChanges(List<String> forceNew) {
        this.forceNew = forceNew.stream().map(rule -> List.of(rule.split("\\."))).toList();
    }

    /**
     * @param forceNew properties that force a replacement when they or anything in them changes, keys joined by dots
     * @return the changes by property path, as the engine writes paths
     */
    static Map<String, PropertyDiff> between(Map<String, Object> before, Map<String, Object> after,
                                             List<String> forceNew) {
        var diff = new PropertyChanges(forceNew);
        diff.compareMaps(List.of(), "", before, after);
        return diff.changes;
    }

    static boolean replaces(PropertyDiff change) {
        return switch (change.getKind()) {
            case ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE -> true;
            default -> false;
        };
    }

    private void compareMaps(List<String> keys, String path, Map<String, Object> before, Map<String, Object> after) {
        var all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        for (var key : all) {
            compare(append(keys, key), join(path, key), before.getOrDefault(key, MISSING),
                    after.getOrDefault(key, MISSING));
        }
    }

    private void compare(List<String> keys, String path, Object before, Object after) {
        if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> next) {
            compareMaps(keys, path, Tree.cast(old), Tree.cast(next));
        } else if (before instanceof List<?> old && after instanceof List<?> next) {
            for (int i = 0; i < Math.max(old.size(), next.size()); i++) {
                compare(append(keys, "*"), path + "[" + i + "]",
                        i < old.size() ? old.get(i) : MISSING, i < next.size() ? next.get(i) : MISSING);
            }
        } else if (!same(before, after)) {
            var kind = before == MISSING ? Kind.ADD : after == MISSING ? Kind.DELETE : Kind.UPDATE;
            var replacing = forces(keys, after);
            changes.put(path, PropertyDiff.newBuilder()
                    .setKind(replacing ? replacement(kind) : kind)
                    .setInputDiff(kind == Kind.DELETE)
                    .build());
        }
    }

    /** A rule is met by a change at or below its property, and by a new value that has the property in it. */
    private boolean forces(List<String> keys, Object after) {
        return forceNew.stream().anyMatch(rule -> rule.size() <= keys.size()
                ? rule.equals(keys.subList(0, rule.size()))
                : keys.equals(rule.subList(0, keys.size()))
                        && after instanceof Map<?, ?> map
                        && Tree.get(Tree.cast(map), rule.subList(keys.size(), rule.size()).toArray(String[]::new))
                                .isPresent());
    }

    private static boolean same(Object before, Object after) {
        if (before instanceof Number a && after instanceof Number b) {
            return a.doubleValue() == b.doubleValue();
        }
        return before != Wire.UNKNOWN && after != Wire.UNKNOWN && before.equals(after);
    }

    private static Kind replacement(Kind kind) {
        return switch (kind) {
            case ADD -> Kind.ADD_REPLACE;
            case DELETE -> Kind.DELETE_REPLACE;
            default -> Kind.UPDATE_REPLACE;
        };
    }

    private static String join(String path, String key) {
        if (key.matches(".*[.\"\\[\\]].*")) {
            return path + "[\"" + key.replace("\"", "\\\"") + "\"]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    private static List<String> append(List<String> keys, String key) {
        var longer = new ArrayList<>(keys);
        longer.add(key);
        return longer;
    }
}
