package rehearsal.gcp;

import rehearsal.google.ComputeException;
import rehearsal.google.DiskName;
import rehearsal.google.InstanceName;
import rehearsal.provider.Wire;
import rehearsal.provider.Wire.Secret;

import com.google.gson.JsonObject;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code gcp:compute/disk:Disk} and {@code gcp:compute/regionDisk:RegionDisk}, as the official provider treats them,
 * dangerous sides included (facts: G1 to G11).
 */
final class Disk implements ResourceKind {

    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern USER = Pattern.compile(".*projects/([^/]+)/zones/([^/]+)/instances/([^/]+)");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Settings settings;
    private final DiskKind kind;

    Disk(Settings settings, DiskKind kind) {
        this.settings = settings;
        this.kind = kind;
    }

    @Override
    public Checked check(String name, Map<String, Object> oldInputs, Map<String, Object> inputs) {
        var checked = new LinkedHashMap<>(inputs);
        checked.remove("__defaults");
        checked.values().removeIf(Objects::isNull);
        var failures = new LinkedHashMap<String, String>();
        checked.keySet().stream().filter(key -> !kind.inputs().contains(key))
                .forEach(key -> failures.put(key, "an unexpected argument \"" + key + "\" was provided"));
        if (kind == DiskKind.REGIONAL && !(checked.get("replicaZones") instanceof List<?> zones && zones.size() == 2)) {
            failures.put("replicaZones", "two zones are required");
        }
        var defaults = new ArrayList<String>();
        if (!checked.containsKey("name")) {
            checked.put("name", oldInputs.get("name") instanceof String old && isDefault(oldInputs, "name") ? old
                    : name + "-" + suffix());
            defaults.add("name");
        }
        if (!checked.containsKey("type")) {
            checked.put("type", "pd-standard");
            defaults.add("type");
        }
        if (checked.get("name") instanceof String given && !NAME.matcher(given).matches()) {
            failures.put("name",
                    "\"name\" (\"" + given + "\") doesn't match regexp \"^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$\"");
        }
        checked.put("__defaults", defaults);
        return new Checked(checked, failures);
    }

    @Override
    public Difference diff(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs,
                           List<String> ignored) {
        return new Difference(DiskDiff.changes(settings, oldInputs, state, inputs, ignored),
                !isNameDefault(inputs) && inputs.getOrDefault("name", "").equals(state.get("name")));
    }

    @Override
    public Map<String, Object> previewCreate(Map<String, Object> inputs) {
        var planned = new LinkedHashMap<String, Object>();
        kind.computed().forEach(key -> planned.put(key, Wire.UNKNOWN));
        planned.put("id", Wire.UNKNOWN);
        settings.project().ifPresentOrElse(project -> planned.put("project", project),
                () -> planned.put("project", Wire.UNKNOWN));
        planned.putAll(inputs);
        planned.remove("__defaults");
        putLabels(planned, DiskLabels.plan(settings, Map.of(), inputs));
        return planned;
    }

    @Override
    public Made create(Map<String, Object> inputs) {
        var name = new DiskName(project(inputs), location(inputs), text(inputs, "name"));
        var labels = DiskLabels.plan(settings, Map.of(), inputs);
        attempt("Error creating " + kind.word() + ": ",
                "Error waiting to create " + kind.word() + ": Error waiting for Creating " + kind.word() + ": ",
                () -> settings.compute().insertDisk(name.project(), name.location(),
                        DiskResource.request(name, inputs, labels.effective())));
        try {
            return new Made(name.path(), read(name, labels).orElseThrow(() -> new ProviderException(
                    "disk " + name.path() + " was made and is not there: somebody deleted it at once")));
        } catch (ProviderException e) {
            throw new PartialException(name.path(), stateOf(name, inputs), e);
        }
    }

    @Override
    public Optional<Found> refresh(String id, Map<String, Object> oldInputs, Map<String, Object> state) {
        var name = name(state);
        return read(name, DiskLabels.of(state)).map(outputs -> {
            var inputs = new LinkedHashMap<String, Object>();
            oldInputs.keySet().stream().filter(key -> !key.startsWith("__") && outputs.containsKey(key))
                    .forEach(key -> inputs.put(key, outputs.get(key)));
            return new Found(name.path(), inputs, outputs);
        });
    }

    @Override
    public Optional<Found> find(String id) {
        var name = parse(id);
        return read(name, DiskLabels.NONE).map(outputs -> Found.imported(name.path(), outputs,
                List.of("name", "description", "type", "size", "image", "snapshot", "sourceDisk", "replicaZones")));
    }

    @Override
    public Map<String, Object> previewUpdate(Map<String, Object> oldInputs, Map<String, Object> state,
                                             Map<String, Object> inputs, List<String> ignored) {
        var planned = new LinkedHashMap<>(state);
        var changes = DiskDiff.changes(settings, oldInputs, state, inputs, ignored);
        changes.keySet().stream().filter(inputs::containsKey).forEach(key -> planned.put(key, inputs.get(key)));
        putLabels(planned,
                ignored.contains("labels") ? DiskLabels.of(state) : DiskLabels.plan(settings, state, inputs));
        return planned;
    }

    @Override
    public Map<String, Object> update(String id, Map<String, Object> oldInputs, Map<String, Object> state,
                                      Map<String, Object> inputs, List<String> ignored) {
        var changes = DiskDiff.changes(settings, oldInputs, state, inputs, ignored);
        if (changes.isEmpty()) {
            return withSecrets(state);
        }
        var name = name(state);
        var old = DiskLabels.of(state);
        var labels = ignored.contains("labels") ? old : DiskLabels.plan(settings, state, inputs);
        try {
            var failed = "Error updating " + kind.word() + " \"" + name.path() + "\": ";
            var failedLater = "Error waiting for Updating " + kind.word() + ": ";
            if (!labels.effective().equals(old.effective())) {
                attempt(failed, failedLater, () -> settings.compute().setDiskLabels(name, strings(labels.effective()),
                        text(state, "labelFingerprint")));
            }
            if (changes.containsKey("size")) {
                attempt(failed, failedLater, () -> settings.compute().resizeDisk(name, (Long) inputs.get("size")));
            }
            for (var field : List.of("provisionedIops", "provisionedThroughput")) {
                if (changes.containsKey(field)) {
                    var wanted = inputs.get(field) instanceof Long value ? value : 0L;
                    attempt(failed, failedLater, () -> settings.compute().updateDisk(name, field, wanted));
                }
            }
            return read(name, labels).orElseThrow(
                    () -> new ProviderException("disk " + name.path() + " was deleted while it was updated"));
        } catch (ProviderException e) {
            // The state stays as it was, the labels' old fingerprint with it.
            throw new PartialException(id, withSecrets(state), e);
        }
    }

    /** Deletes the disk. Whatever holds it loses it first, running or not (facts: G3). */
    @Override
    public void delete(Map<String, Object> state) {
        var name = name(state);
        var disk = ask(name);
        if (disk.isEmpty()) {
            return;
        }
        for (var user : DiskResource.users(disk.get())) {
            var match = USER.matcher(user);
            if (match.matches()) {
                detach(new InstanceName(match.group(1), match.group(2), match.group(3)), name);
            }
        }
        try {
            attempt("Error when reading or editing " + kind.word() + ": ",
                    "Error waiting for Deleting " + kind.word() + ": ", () -> settings.compute().deleteDisk(name));
        } catch (ProviderException e) {
            if (!(e.getCause() instanceof ComputeException refusal && refusal.notFound())) {
                throw e;
            }
        }
    }

    private void detach(InstanceName instance, DiskName disk) {
        Optional<JsonObject> found;
        try {
            found = settings.compute().findInstance(instance);
        } catch (ComputeException e) {
            throw new ProviderException("Error retrieving instance " + instance.path() + ": " + e.getMessage(), e);
        }
        for (var device : found.map(machine -> DiskResource.devices(machine, disk)).orElse(List.of())) {
            attempt("Error detaching disk " + device + " from instance " + instance.project() + "/" + instance.zone()
                    + "/" + instance.name() + ": ",
                    "Error waiting for Detaching disk from " + instance.project() + "/" + instance.zone() + "/"
                            + instance.name() + ": ",
                    () -> settings.compute().detachDisk(instance, device));
        }
    }

    private Optional<Map<String, Object>> read(DiskName name, DiskLabels labels) {
        return ask(name).map(disk -> DiskResource.properties(name, disk, labels));
    }

    private Optional<JsonObject> ask(DiskName name) {
        try {
            return settings.compute().findDisk(name);
        } catch (ComputeException e) {
            throw new ProviderException("Error when reading or editing Compute" + kind.word() + " \"" + name.path()
                    + "\": " + e.getMessage(), e);
        }
    }

    private Map<String, Object> stateOf(DiskName name, Map<String, Object> inputs) {
        var state = new LinkedHashMap<>(inputs);
        state.remove("__defaults");
        state.put("id", name.path());
        state.put("project", name.project());
        state.put(kind.place(), name.location());
        putLabels(state, DiskLabels.plan(settings, Map.of(), inputs));
        return state;
    }

    private DiskName name(Map<String, Object> state) {
        return new DiskName(text(state, "project"), DiskResource.last(text(state, kind.place())), text(state, "name"));
    }

    private DiskName parse(String id) {
        var full = DiskName.parse(id);
        if (full.filter(disk -> disk.regional() == (kind == DiskKind.REGIONAL)).isPresent()) {
            return full.get();
        }
        var part = id.split("/", -1);
        return switch (part.length) {
            case 3 -> new DiskName(part[0], part[1], part[2]);
            case 2 -> new DiskName(project(Map.of()), part[0], part[1]);
            case 1 -> new DiskName(project(Map.of()), location(Map.of()), part[0]);
            default -> throw new ProviderException("Import id \"" + id + "\" doesn't match any of the accepted formats:"
                    + " projects/PROJECT/%1$ss/%2$s/disks/NAME, PROJECT/%2$s/NAME, %2$s/NAME, NAME"
                            .formatted(kind.place(), kind.place().toUpperCase(Locale.ROOT)));
        };
    }

    private String project(Map<String, Object> inputs) {
        return given(inputs, "project", settings.project());
    }

    private String location(Map<String, Object> inputs) {
        return DiskResource
                .last(given(inputs, kind.place(), kind == DiskKind.REGIONAL ? settings.region() : settings.zone()));
    }

    private static String given(Map<String, Object> inputs, String key, Optional<String> otherwise) {
        return inputs.get(key) instanceof String text ? text
                : otherwise.orElseThrow(() -> new ProviderException(key + ": required field is not set"));
    }

    private static String text(Map<String, Object> properties, String key) {
        return properties.get(key) instanceof String text ? text : "";
    }

    private static boolean isNameDefault(Map<String, Object> inputs) {
        return inputs.get("__defaults") instanceof List<?> defaults && defaults.contains("name");
    }

    private static boolean isDefault(Map<String, Object> inputs, String key) {
        return !(inputs.get("__defaults") instanceof List<?> defaults) || defaults.contains(key);
    }

    private static String suffix() {
        var bytes = new byte[4];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(1);
    }

    private static void putLabels(Map<String, Object> properties, DiskLabels labels) {
        properties.put("labels", labels.own());
        properties.put("pulumiLabels", new Secret(labels.pulumi()));
        properties.put("effectiveLabels", new Secret(labels.effective()));
    }

    private static Map<String, Object> withSecrets(Map<String, Object> state) {
        var properties = new LinkedHashMap<>(state);
        putLabels(properties, DiskLabels.of(state));
        return properties;
    }

    private static Map<String, String> strings(Object map) {
        var strings = new LinkedHashMap<String, String>();
        ((Map<?, ?>) map).forEach((key, value) -> strings.put(key.toString(), value.toString()));
        return strings;
    }

    /** Does a write; a refusal is told after the one text, an operation that fails after the other. */
    static void attempt(String refused, String failed, Runnable write) {
        try {
            write.run();
        } catch (ComputeException e) {
            throw new ProviderException(e.operation() ? failed + e.said() : refused + e.getMessage(), e);
        }
    }
}
