package rehearsal.kubernetes;

import rehearsal.provider.Wire;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the engine keeps of an object, and inputs in the form in which they compare with it. */
final class ObjectState {

    private ObjectState() {
    }

    /**
     * The state: the live object without its field managers, secret where the inputs were, and the bookkeeping.
     *
     * @param given the inputs as the engine gave them, with what is secret in them marked
     */
    static Map<String, Object> of(Map<String, Object> inputs, Map<String, Object> live, Map<String, ?> given,
                                  String manager) {
        var state = Tree.copy(live);
        Tree.remove(state, "metadata", "managedFields");
        Secrecy.mark(state, given);
        state.put("__inputs", Secrecy.mark(Tree.copy(inputs), given));
        state.put("__initialApiVersion", Tree.text(inputs, "apiVersion"));
        state.put("__fieldManager", manager);
        return state;
    }

    /** The live object in a state. */
    static Map<String, Object> live(Map<String, Object> state) {
        var live = new LinkedHashMap<>(state);
        live.keySet().removeIf(key -> key.startsWith("__"));
        return live;
    }

    /** The inputs that would have made a live object. */
    static Map<String, Object> importable(Map<String, Object> live) {
        var inputs = Tree.copy(live);
        inputs.remove("status");
        List.of("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
                .forEach(key -> Tree.remove(inputs, "metadata", key));
        return inputs;
    }

    /**
     * Inputs as the server would write them: a Secret's stringData becomes data, and what only the server sets goes.
     */
    static Map<String, Object> normal(Map<String, Object> given) {
        var inputs = Tree.copy(given);
        List.of("creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid")
                .forEach(key -> Tree.remove(inputs, "metadata", key));
        if ("Secret".equals(inputs.get("kind")) && inputs.get("stringData") instanceof Map<?, ?>
                && !Wire.hasUnknown(inputs)) {
            Tree.map(inputs, "stringData").forEach((key, value) -> Tree.set(inputs,
                    Base64.getEncoder().encodeToString(value.toString().getBytes(StandardCharsets.UTF_8)), "data",
                    key));
            inputs.remove("stringData");
        }
        return inputs;
    }
}
