package rehearsal.gcp;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import rehearsal.google.ComputeClient;
import rehearsal.google.ComputeException;
import rehearsal.provider.Wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code gcp:sql/databaseInstance:DatabaseInstance}, {@code gcp:sql/database:Database} and {@code gcp:sql/user:User} of PostgreSQL, as far as this project uses them (read in the
 * provider's source). What isn't rehearsed is refused.
 */
final class SqlResource implements ResourceKind {

    /** Which of the three. */
    enum Kind {
        INSTANCE(Set.of("project", "region", "name", "databaseVersion", "deletionProtection", "settings"), Set.of("project", "region", "name")),
        DATABASE(Set.of("project", "instance", "name"), Set.of("project", "instance", "name")),
        USER(Set.of("project", "instance", "name", "password"), Set.of("project", "instance", "name"));

        private final Set<String> known;
        /** What the provider replaces it for. */
        private final Set<String> replacing;

        Kind(Set<String> known, Set<String> replacing) {
            this.known = known;
            this.replacing = replacing;
        }
    }

    private static final Gson GSON = new Gson();

    private final Settings settings;
    private final Kind kind;

    SqlResource(Settings settings, Kind kind) {
        this.settings = settings;
        this.kind = kind;
    }

    /** {@code gcp:sql/getDatabaseInstance:getDatabaseInstance}: what is one thing in the resource is a list of one here. */
    static Map<String, Object> invoke(Settings settings, Map<String, Object> arguments) {
        var project = arguments.getOrDefault("project", settings.project().orElse("")).toString();
        var name = arguments.get("name").toString();
        try {
            var instance = client(settings).find("projects/" + project + "/instances/" + name).orElseThrow(() -> new ProviderException(name + " not found"));
            var labels = GSON.fromJson(Optional.ofNullable(instance.getAsJsonObject("settings").get("userLabels")).orElseGet(JsonObject::new), Map.class);
            return Map.of("id", name, "name", name, "project", project, "selfLink", instance.get("selfLink").getAsString(),
                    "privateIpAddress", address(instance), "settings", List.of(Map.of("userLabels", labels)));
        } catch (ComputeException e) {
            throw new ProviderException("Error when reading or editing SQL Database Instance \"" + name + "\": " + e.getMessage(), e);
        }
    }

    @Override
    public Checked check(String name, Map<String, Object> oldInputs, Map<String, Object> inputs) {
        return ResourcePolicy.check(inputs, kind.known);
    }

    @Override
    public Difference diff(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs, List<String> ignored) {
        var keys = new TreeSet<>(oldInputs.keySet());
        keys.addAll(inputs.keySet());
        keys.remove("__defaults");
        ignored.forEach(keys::remove);
        var changes = new LinkedHashMap<String, Change>();
        keys.stream().filter(key -> !Objects.equals(oldInputs.get(key), inputs.get(key))).forEach(key ->
                changes.put(key, new Change(Change.Kind.UPDATE, kind.replacing.contains(key))));
        return new Difference(changes, true);
    }

    @Override
    public Map<String, Object> previewCreate(Map<String, Object> inputs) {
        var planned = outputs(inputs, "");
        for (var computed : kind == Kind.INSTANCE ? List.of("id", "privateIpAddress", "firstIpAddress", "connectionName", "selfLink") : List.of("id")) {
            planned.put(computed, Wire.UNKNOWN);
        }
        return planned;
    }

    @Override
    public Made create(Map<String, Object> inputs) {
        var body = new JsonObject();
        inputs.forEach((key, value) -> {
            if (!Set.of("__defaults", "deletionProtection", "instance").contains(key)) {
                body.add(key, GSON.toJsonTree(value));
            }
        });
        var word = kind.name().toLowerCase(Locale.ROOT);
        write("Error, failed to create " + word + " " + inputs.get("name"), "POST", kind == Kind.INSTANCE
                ? "projects/" + inputs.get("project") + "/instances" : parent(inputs) + "/" + word + "s", body);
        return new Made(id(inputs), read(inputs).orElseThrow(() -> new ProviderException(word + " was made and is not there")));
    }

    @Override
    public Optional<Found> refresh(String id, Map<String, Object> oldInputs, Map<String, Object> state) {
        return read(oldInputs).map(outputs -> new Found(id, oldInputs, outputs));
    }

    @Override
    public Optional<Found> find(String id) {
        throw new ProviderException("the rehearsal's gcp plugin imports nothing of Cloud SQL");
    }

    @Override
    public Map<String, Object> previewUpdate(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs, List<String> ignored) {
        var planned = new LinkedHashMap<>(state);
        planned.putAll(outputs(inputs, ""));
        return planned;
    }

    @Override
    public Map<String, Object> update(String id, Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs, List<String> ignored) {
        var body = new JsonObject();
        if (kind == Kind.INSTANCE) {
            body.add("settings", GSON.toJsonTree(inputs.get("settings")));
            write("Error, failed to update instance settings for " + inputs.get("name"), "PATCH", "projects/" + inputs.get("project") + "/instances/" + inputs.get("name"), body);
        } else if (kind == Kind.USER) {
            body.addProperty("name", inputs.get("name").toString());
            body.addProperty("password", inputs.get("password").toString());
            write("Error, failed to update user " + inputs.get("name"), "PUT", parent(inputs) + "/users?name=" + inputs.get("name"), body);
        }
        return read(inputs).orElseThrow();
    }

    @Override
    public void delete(Map<String, Object> state) {
        if (kind != Kind.INSTANCE) {
            throw new ProviderException("the rehearsal's gcp plugin deletes no " + kind);
        }
        if (Boolean.TRUE.equals(state.get("deletionProtection"))) {
            throw new ProviderException("Error, failed to delete instance because deletion_protection is set to true. Set it to false to proceed with this operation");
        }
        write("Error, failed to delete instance " + state.get("name"), "DELETE", "projects/" + state.get("project") + "/instances/" + state.get("name"), null);
    }

    /** The outputs, if it is there. Google tells no password. */
    private Optional<Map<String, Object>> read(Map<String, Object> inputs) {
        try {
            if (kind == Kind.INSTANCE) {
                return client(settings).find("projects/" + inputs.get("project") + "/instances/" + inputs.get("name")).map(instance -> {
                    var outputs = outputs(inputs, id(inputs));
                    outputs.put("privateIpAddress", address(instance));
                    outputs.put("firstIpAddress", address(instance));
                    outputs.put("publicIpAddress", "");
                    outputs.put("connectionName", instance.get("connectionName").getAsString());
                    outputs.put("selfLink", instance.get("selfLink").getAsString());
                    return outputs;
                });
            }
            if (kind == Kind.DATABASE) {
                return client(settings).find(parent(inputs) + "/databases/" + inputs.get("name")).map(there -> outputs(inputs, id(inputs)));
            }
            return client(settings).find(parent(inputs) + "/users").filter(list -> list.has("items")
                    && list.getAsJsonArray("items").asList().stream().anyMatch(item -> item.getAsJsonObject().get("name").getAsString().equals(inputs.get("name"))))
                    .map(there -> outputs(inputs, id(inputs)));
        } catch (ComputeException e) {
            throw new ProviderException("Error when reading or editing SQL " + kind + " \"" + inputs.get("name") + "\": " + e.getMessage(), e);
        }
    }

    private Map<String, Object> outputs(Map<String, Object> inputs, String id) {
        var outputs = new LinkedHashMap<>(inputs);
        outputs.remove("__defaults");
        outputs.computeIfPresent("password", (key, password) -> password == Wire.UNKNOWN ? password : new Wire.Secret(password));
        outputs.put("id", id);
        return outputs;
    }

    private String id(Map<String, Object> inputs) {
        return switch (kind) {
            case INSTANCE -> inputs.get("name").toString();
            case DATABASE -> parent(inputs) + "/databases/" + inputs.get("name");
            case USER -> inputs.get("name") + "//" + inputs.get("instance");
        };
    }

    private static String parent(Map<String, Object> inputs) {
        return "projects/" + inputs.get("project") + "/instances/" + inputs.get("instance");
    }

    private void write(String otherwise, String method, String path, JsonObject body) {
        try {
            client(settings).write(method, path, body);
        } catch (ComputeException e) {
            throw new ProviderException(otherwise + ": " + e.getMessage(), e);
        }
    }

    private static ComputeClient client(Settings settings) {
        return settings.sql().orElseThrow(() -> new ProviderException("the rehearsal's gcp plugin talks to no real cloud:"
                + " set gcp:sqlCustomEndpoint to its Google, as in http://127.0.0.1:PORT/sql/v1beta4/"));
    }

    private static String address(JsonObject instance) {
        return instance.getAsJsonArray("ipAddresses").get(0).getAsJsonObject().get("ipAddress").getAsString();
    }
}
