package rehearsal.gcp;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import rehearsal.google.ComputeException;
import rehearsal.google.ResourcePolicyName;
import rehearsal.provider.Wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * {@code gcp:compute/resourcePolicy:ResourcePolicy}, as far as it is a snapshot schedule. This version of the official
 * provider changes nothing of one in place: it replaces it for any difference (read in its source; later ones patch the
 * schedule).
 */
final class ResourcePolicy implements ResourceKind {

    static final String SCHEDULE = "snapshotSchedulePolicy";
    private static final Set<String> INPUTS =
            Set.of("description", "diskConsistencyGroupPolicy", "groupPlacementPolicy", "instanceSchedulePolicy",
                    "name", "project", "region", SCHEDULE);
    private static final Gson GSON = new Gson();

    private final Settings settings;

    ResourcePolicy(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Checked check(String name, Map<String, Object> oldInputs, Map<String, Object> inputs) {
        return check(inputs, INPUTS);
    }

    /** Refuses what the resource doesn't have. Left out, a name would be made up, which is not rehearsed. */
    static Checked check(Map<String, Object> inputs, Set<String> known) {
        var checked = new LinkedHashMap<>(inputs);
        checked.remove("__defaults");
        checked.values().removeIf(Objects::isNull);
        var failures = new LinkedHashMap<String, String>();
        checked.keySet().stream().filter(key -> !known.contains(key))
                .forEach(key -> failures.put(key, "an unexpected argument \"" + key + "\" was provided"));
        if (!checked.containsKey("name")) {
            failures.put("name", "the rehearsal's stand-in makes up no name");
        }
        checked.put("__defaults", new ArrayList<>());
        return new Checked(checked, failures);
    }

    @Override
    public Difference diff(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs,
                           List<String> ignored) {
        var changes = changes(List.of("name", "description", SCHEDULE), List.of("project", "region"), oldInputs, state,
                inputs, ignored);
        return new Difference(changes, inputs.getOrDefault("name", "").equals(state.get("name")));
    }

    /**
     * All that differs, each of which replaces.
     *
     * @param plain   left out, they mean none
     * @param decided left out, they mean what the provider or the API decides
     */
    static Map<String, Change> changes(List<String> plain, List<String> decided, Map<String, Object> oldInputs,
                                       Map<String, Object> state,
                                       Map<String, Object> inputs, List<String> ignored) {
        var changes = new LinkedHashMap<String, Change>();
        for (var key : plain) {
            if (inputs.get(key) == Wire.UNKNOWN || !Objects.equals(inputs.get(key), state.get(key))) {
                changes.put(key, new Change(Change.Kind.UPDATE, true));
            }
        }
        for (var key : decided) {
            var wanted = inputs.get(key);
            if (wanted == null ? oldInputs.get(key) != null : !wanted.equals(state.get(key))) {
                changes.put(key, new Change(Change.Kind.UPDATE, true));
            }
        }
        ignored.forEach(changes::remove);
        return changes;
    }

    @Override
    public Map<String, Object> previewCreate(Map<String, Object> inputs) {
        var planned = new LinkedHashMap<String, Object>();
        for (var key : List.of("id", "project", "region", "selfLink")) {
            planned.put(key, Wire.UNKNOWN);
        }
        planned.putAll(inputs);
        planned.remove("__defaults");
        return planned;
    }

    @Override
    public Made create(Map<String, Object> inputs) {
        var name = new ResourcePolicyName(
                text(inputs, "project").or(settings::project).orElseThrow(() -> missing("project")),
                text(inputs, "region").orElseThrow(() -> missing("region")),
                text(inputs, "name").orElseThrow(() -> missing("name")));
        var body = new JsonObject();
        body.addProperty("name", name.name());
        text(inputs, "description").ifPresent(description -> body.addProperty("description", description));
        body.add(SCHEDULE, GSON.toJsonTree(inputs.get(SCHEDULE)));
        Disk.attempt("Error creating ResourcePolicy: ",
                "Error waiting to create ResourcePolicy: Error waiting for Creating ResourcePolicy: ",
                () -> settings.compute().insertPolicy(name.project(), name.region(), body));
        return new Made(name.path(), read(settings, name)
                .orElseThrow(() -> new ProviderException(name.path() + " was made and is not there")));
    }

    @Override
    public Optional<Found> refresh(String id, Map<String, Object> oldInputs, Map<String, Object> state) {
        return read(settings, name(state)).map(outputs -> {
            var inputs = new LinkedHashMap<>(oldInputs);
            inputs.replaceAll((key, value) -> outputs.getOrDefault(key, value));
            return new Found(name(state).path(), inputs, outputs);
        });
    }

    @Override
    public Optional<Found> find(String id) {
        var name = ResourcePolicyName.parse(id).orElseGet(() -> {
            var part = id.split("/", -1);
            return switch (part.length) {
                case 3 -> new ResourcePolicyName(part[0], part[1], part[2]);
                case 2 -> new ResourcePolicyName(settings.project().orElseThrow(() -> missing("project")), part[0],
                        part[1]);
                default -> throw new ProviderException("Import id \"" + id
                        + "\" doesn't match any of the accepted formats:"
                        + " projects/PROJECT/regions/REGION/resourcePolicies/NAME, PROJECT/REGION/NAME, REGION/NAME,"
                        + " NAME");
            };
        });
        return read(settings, name)
                .map(outputs -> Found.imported(name.path(), outputs, List.of("name", "description", SCHEDULE)));
    }

    @Override
    public void delete(Map<String, Object> state) {
        deleteUnlessGone("Error when reading or editing ResourcePolicy: ",
                "Error waiting for Deleting ResourcePolicy: ",
                () -> settings.compute().deletePolicy(name(state)));
    }

    static void deleteUnlessGone(String refused, String failed, Runnable delete) {
        try {
            Disk.attempt(refused, failed, delete);
        } catch (ProviderException e) {
            if (!(e.getCause() instanceof ComputeException refusal && refusal.notFound())) {
                throw e;
            }
        }
    }

    /** The outputs. */
    static Optional<Map<String, Object>> read(Settings settings, ResourcePolicyName name) {
        try {
            return settings.compute().findPolicy(name).map(policy -> {
                var outputs = new LinkedHashMap<String, Object>();
                outputs.put("id", name.path());
                outputs.put("name", name.name());
                outputs.put("project", name.project());
                outputs.put("region", name.region());
                outputs.put("selfLink", policy.get("selfLink").getAsString());
                if (policy.has("description")) {
                    outputs.put("description", policy.get("description").getAsString());
                }
                outputs.put(SCHEDULE, java(policy.get(SCHEDULE)));
                return outputs;
            });
        } catch (ComputeException e) {
            throw new ProviderException(
                    "Error when reading or editing ComputeResourcePolicy \"" + name.path() + "\": " + e.getMessage(),
                    e);
        }
    }

    private static Object java(JsonElement element) {
        if (element.isJsonObject()) {
            var map = new LinkedHashMap<String, Object>();
            element.getAsJsonObject().asMap().forEach((key, value) -> map.put(key, java(value)));
            return map;
        }
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().map(ResourcePolicy::java).toList();
        }
        var value = element.getAsJsonPrimitive();
        return value.isBoolean() ? (Object) value.getAsBoolean()
                : value.isNumber() ? (Object) value.getAsLong() : value.getAsString();
    }

    private static ResourcePolicyName name(Map<String, Object> state) {
        return new ResourcePolicyName(text(state, "project").orElse(""), text(state, "region").orElse(""),
                text(state, "name").orElse(""));
    }

    static Optional<String> text(Map<String, Object> properties, String key) {
        return properties.get(key) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    private static ProviderException missing(String key) {
        return new ProviderException(key + ": required field is not set");
    }
}
