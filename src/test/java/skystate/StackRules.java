package skystate;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import pulumirpc.Resource.RegisterResourceRequest;
import rehearsal.provider.Wire;
import skystate.config.ConfigSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.REGION_DISK;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.SECRET;
import static skystate.StackRun.STORAGE_CLASS;
import static skystate.StackRun.VOLUME;

/** What holds of all that a run registers, whatever its config: {@link StackRun} holds every run to it. */
final class StackRules {

    private static final int UNLIKELY_BY_CHANCE = 12;
    private static final Pattern ACCESS_MODE = Pattern.compile("Read(WriteOnce|WriteOncePod|WriteMany|OnlyMany)");
    private static final Pattern GIB = Pattern.compile("(\\d+)Gi");

    private final List<RegisterResourceRequest> requests;
    private final ConfigSource config;

    private StackRules(List<RegisterResourceRequest> requests, ConfigSource config) {
        this.requests = requests;
        this.config = config;
    }

    /** Fails with the name of the first rule that does not hold. */
    static void check(List<RegisterResourceRequest> requests, ConfigSource config) {
        var rules = new StackRules(requests, config);
        requests.forEach(request -> rules.holds(request, new Inputs(Wire.read(request.getObject()))));
    }

    private void holds(RegisterResourceRequest request, Inputs inputs) {
        switch (request.getType()) {
            case VOLUME -> volume(inputs);
            case STORAGE_CLASS -> rule("no-blank-disk", inputs.is("kubernetes.io/no-provisioner", "provisioner"));
            case SECRET -> rule("secret-data", inputs.isSecret("data") && inputs.isSecret("stringData"));
            case RELEASE -> release(inputs);
            default -> {
            }
        }
        rule("no-plain-secret", secretTexts(config).stream().noneMatch(inputs.map().toString()::contains));
    }

    private void volume(Inputs volume) {
        rule("volume-retained", volume.is("Retain", "spec", "persistentVolumeReclaimPolicy"));
        rule("volume-fits-disk", disk()
                .map(disk -> fits(volume.text("spec", "capacity", "storage"), disk.text("size") + "Gi")).orElse(true));
        rule("volume-for-one-claim",
                Stream.of("namespace", "name").noneMatch(key -> volume.text("spec", "claimRef", key).isEmpty()));
    }

    private void release(Inputs release) {
        var database = config.get("persistence").filter("database"::equals).isPresent();
        rule("state-on-volume", database ? isInDatabase(release)
                : of(VOLUME).filter(volume -> takes(release, volume)).isPresent());
        rule("one-writer", database || release.is("ReadWriteOnce", "values", "storage", "accessMode")
                && Set.of("", "0", "1").contains(release.text("values", "apiService", "replicas"))
                && release.isOneOf(Set.of("", "Recreate"), "values", "upgradeStrategy")
                && release.isOneOf(Set.of("", "Recreate"), "values", "apiService", "upgradeStrategy"));
    }

    /** Whether the claim of the release, and no other, takes the volume, and has the state. */
    private static boolean takes(Inputs release, Inputs volume) {
        return release.is("true", "values", "storage", "enabled")
                && release.is(volume.text("metadata", "name"), "values", "storage", "volumeName")
                && release.is(volume.text("spec", "storageClassName"), "values", "storage", "storageClassName")
                && fits(release.text("values", "storage", "size"), volume.text("spec", "capacity", "storage"))
                && release.is("", "values", "fullnameOverride")
                && release.is("", "values", "apiService", "dbConnectionSecretName")
                && release.is("", "values", "apiService", "dbConnectionString")
                && volume.is(release.text("namespace"), "spec", "claimRef", "namespace")
                && volume.is(release.text("name") + "-state", "spec", "claimRef", "name");
    }

    /** Whether the server is given a database, and the chart takes it: beside one it refuses a config. */
    private static boolean isInDatabase(Inputs release) {
        return release.is("false", "values", "storage", "enabled")
                && !release.text("values", "apiService", "dbConnectionSecretName").isEmpty()
                && release.is("", "values", "apiService", "dbConnectionString")
                && release.is("", "values", "apiService", "config");
    }

    /** Whether one size is no larger than another; both in GiB, since a 10Gi claim never binds to a 10G volume. */
    private static boolean fits(String size, String in) {
        var inner = GIB.matcher(size);
        var outer = GIB.matcher(in);
        return inner.matches() && outer.matches()
                && Integer.parseInt(inner.group(1)) <= Integer.parseInt(outer.group(1));
    }

    private Optional<Inputs> disk() {
        return of(DISK).or(() -> of(REGION_DISK));
    }

    private Optional<Inputs> of(String type) {
        return requests.stream().filter(request -> request.getType().equals(type)).findFirst()
                .map(request -> new Inputs(Wire.read(request.getObject())));
    }

    private static void rule(String name, boolean holds) {
        assertTrue(holds, () -> "The rule " + name + " is broken");
    }

    /**
     * The texts of secrets that are readable nowhere in what a stack registers: those long enough not to stand there by
     * chance. The engine tells which key holds a secret, and not which part of it: parts of {@code credentials} are
     * none, of {@code database} all but the connection, and of {@code values} Kubernetes' names of access modes.
     */
    static Set<String> secretTexts(ConfigSource config) {
        var own = config.project() + ":";
        var texts = new TreeSet<String>();
        config.secretKeys().stream().filter(key -> !key.equals(own + "credentials"))
                .forEach(key -> Optional.ofNullable(config.values().get(key)).map(StackRules::json)
                        .map(value -> key.equals(own + "database") && value.isJsonObject()
                                ? value.getAsJsonObject().get("connection") : value)
                        .ifPresent(value -> addTexts(value, texts)));
        texts.removeIf(text -> text.length() < UNLIKELY_BY_CHANCE || ACCESS_MODE.matcher(text).matches()
                || config.values().entrySet().stream().anyMatch(
                        entry -> !config.secretKeys().contains(entry.getKey()) && entry.getValue().contains(text)));
        return texts;
    }

    private static JsonElement json(String value) {
        try {
            return value.stripLeading().startsWith("{") ? JsonParser.parseString(value) : new JsonPrimitive(value);
        } catch (JsonParseException text) {
            return new JsonPrimitive(value);
        }
    }

    private static void addTexts(JsonElement value, Set<String> texts) {
        if (value.isJsonObject()) {
            value.getAsJsonObject().asMap().values().forEach(each -> addTexts(each, texts));
        } else if (value.isJsonArray()) {
            value.getAsJsonArray().forEach(each -> addTexts(each, texts));
        } else if (value.isJsonPrimitive()) {
            texts.add(value.getAsString());
        }
    }

    /** The inputs of a resource as the engine gets them. What only a real resource can tell is taken to be right. */
    private record Inputs(Map<String, Object> map) {

        boolean is(String expected, String... path) {
            return isOneOf(Set.of(expected), path);
        }

        boolean isOneOf(Set<String> expected, String... path) {
            return at(path) == Wire.UNKNOWN || expected.contains(text(path));
        }

        String text(String... path) {
            return Objects.toString(at(path), "");
        }

        private Object at(String... path) {
            Object value = map;
            for (var key : path) {
                value = Wire.reveal(value) instanceof Map<?, ?> inner ? inner.get(key) : null;
            }
            return Wire.reveal(value);
        }

        /** Whether an input is secret, absent, or not known yet. */
        boolean isSecret(String key) {
            var value = map.get(key);
            return value == null || value instanceof Wire.Secret || value == Wire.UNKNOWN;
        }
    }
}
