package rehearsal.gcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kind of resource. Properties come without secrets' wrapping; in previews some are
 * {@link rehearsal.provider.Wire#UNKNOWN}. What fails is a {@link ProviderException}.
 */
interface ResourceKind {

    /** @param failures why a property is refused, by property */
    record Checked(Map<String, Object> inputs, Map<String, String> failures) {
    }

    /** How one property changes. */
    record Change(Kind kind, boolean replaces) {
        enum Kind { ADD, UPDATE, DELETE }
    }

    /** @param deleteFirst whether a replacement deletes the old one first, because both would have one name */
    record Difference(Map<String, Change> changes, boolean deleteFirst) {
    }

    /** A resource as it is. */
    record Found(String id, Map<String, Object> inputs, Map<String, Object> outputs) {

        /**
         * One that is imported. @param keys the inputs that a program has to give too; what the API decides unless told
         * is not among them
         */
        static Found imported(String id, Map<String, Object> outputs, List<String> keys) {
            var inputs = new LinkedHashMap<String, Object>();
            keys.stream().filter(outputs::containsKey).forEach(key -> inputs.put(key, outputs.get(key)));
            inputs.put("__defaults", List.of());
            return new Found(id, inputs, outputs);
        }
    }

    /** A resource that was made. */
    record Made(String id, Map<String, Object> outputs) {
    }

    /** Adds the defaults to a program's inputs. @param name the resource's name in the program */
    Checked check(String name, Map<String, Object> oldInputs, Map<String, Object> inputs);

    /** What would change. @param ignored properties whose changes don't count */
    Difference diff(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs,
                    List<String> ignored);

    /** What is known before the creation of what it will make. */
    Map<String, Object> previewCreate(Map<String, Object> inputs);

    Made create(Map<String, Object> inputs);

    /** The resource that the state tells of, or empty when it is gone. */
    Optional<Found> refresh(String id, Map<String, Object> oldInputs, Map<String, Object> state);

    /** The resource of an id in any of the accepted forms, or empty when there is none. */
    Optional<Found> find(String id);

    /** What is known before an update of what it will make: nothing new, where every change replaces. */
    default Map<String, Object> previewUpdate(Map<String, Object> oldInputs, Map<String, Object> state,
                                              Map<String, Object> inputs, List<String> ignored) {
        return state;
    }

    default Map<String, Object> update(String id, Map<String, Object> oldInputs, Map<String, Object> state,
                                       Map<String, Object> inputs, List<String> ignored) {
        return state;
    }

    void delete(Map<String, Object> state);
}
