package rehearsal.gcp;

import rehearsal.provider.Wire;

import java.util.Map;
import java.util.TreeMap;

/**
 * A disk's labels in the provider's three views (facts: G1). Each is a map, or unknown in a preview.
 *
 * @param own       what the program says
 * @param pulumi    that, the provider's default labels (from its documentation, not measured), and its own mark
 * @param effective all that are on the disk, whoever put them there
 */
record DiskLabels(Object own, Object pulumi, Object effective) {

    /** Of a disk that no program has a hand in yet. */
    static final DiskLabels NONE = new DiskLabels(Map.of(), Map.of(), Map.of());
    private static final String MARK = "goog-pulumi-provisioned";

    /** As the state has them. */
    static DiskLabels of(Map<String, Object> state) {
        return new DiskLabels(map(state, "labels"), map(state, "pulumiLabels"), map(state, "effectiveLabels"));
    }

    /**
     * As the inputs want them: what others put on the disk stays, and a label of the program's goes before a default
     * one.
     */
    static DiskLabels plan(Settings settings, Map<String, Object> state, Map<String, Object> inputs) {
        if (Wire.hasUnknown(inputs.get("labels"))) {
            return new DiskLabels(inputs.get("labels"), Wire.UNKNOWN, Wire.UNKNOWN);
        }
        var own = map(inputs, "labels");
        var pulumi = new TreeMap<String, Object>(settings.defaultLabels());
        pulumi.putAll(own);
        pulumi.put(MARK, "true");
        var effective = new TreeMap<>(map(state, "effectiveLabels"));
        effective.keySet().removeAll(map(state, "pulumiLabels").keySet());
        effective.putAll(pulumi);
        return new DiskLabels(own, pulumi, effective);
    }

    private static Map<String, Object> map(Map<String, Object> properties, String key) {
        var map = new TreeMap<String, Object>();
        if (properties.get(key) instanceof Map<?, ?> labels) {
            labels.forEach((name, value) -> map.put(name.toString(), value));
        }
        return map;
    }
}
