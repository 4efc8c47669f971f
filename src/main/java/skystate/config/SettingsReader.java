package skystate.config;

import com.github.zafarkhaja.semver.Version;
import skystate.config.Settings.Chart;
import skystate.config.Settings.Server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the stack's config into {@link Settings}, checking every key, and reports all that is wrong at once. The keys
 * are described in Pulumi.yaml, which also holds their defaults for {@code pulumi config} to show; a test holds the
 * two together.
 */
public final class SettingsReader {

    /** Every key of ours. */
    static final List<String> KEYS = List.of(
            "persistence", "volume", "database",
            "zone", "replicaZone", "disk", "diskName", "diskSize", "diskType", "diskKmsKey", "snapshot", "snapshotDays", "blankDisk", "deleteDisk",
            "kubeconfig", "context", "nodesOnDemand",
            "namespace", "release", "chart", "chartRepository", "chartVersion", "installTimeout",
            "authUser", "authPassword", "authHash", "allowUnauthenticated", "credentials", "values");

    /** The keys that may be set with --secret. No output shows their values. */
    private static final List<String> SECRETS = List.of("kubeconfig", "authPassword", "authHash", "credentials", "database", "values");

    /** A Kubernetes namespace: RFC 1123 label. */
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** A Helm release, up to 53 characters, that also begins the names of Services (RFC 1035). */
    private static final Pattern RELEASE = Pattern.compile("[a-z]([-a-z0-9]{0,51}[a-z0-9])?");
    private static final Pattern VERSION = Pattern.compile("v?\\d+\\.\\d+\\.\\d+([-+.0-9A-Za-z]*)");

    private final Keys keys;
    private final Path folder;

    private SettingsReader(Keys keys, Path folder) {
        this.keys = keys;
        this.folder = folder;
    }

    /**
     * Reads and checks the config.
     *
     * @param source the config
     * @param folder the project's folder, from which a relative path of a chart or kubeconfig is meant
     * @throws com.pulumi.exceptions.RunException that lists every bad key: the value (never a secret's), why, and the
     *                                            line to type
     */
    public static Settings read(ConfigSource source, Path folder) {
        var problems = new Problems();
        var wronglySecret = Stream.concat(Stream.of("gcp:project"), KEYS.stream()).filter(key -> source.isSecret(key) && !SECRETS.contains(key)).toList();
        checkKeys(source, wronglySecret, problems);
        // An error about another key would quote a value that was meant as a secret.
        var keys = new Keys(source.without(wronglySecret), problems);
        var reader = new SettingsReader(keys, folder);
        var state = StateReader.read(keys, folder);
        var settings = new Settings(state, ClusterReader.read(keys, folder), reader.server(state),
                source.get("gcp:computeCustomEndpoint").orElse("https://compute.googleapis.com/compute/v1/").replaceFirst("/*$", "/"));
        keys.problems().refuseIfAny();
        return settings;
    }

    private static void checkKeys(ConfigSource source, List<String> wronglySecret, Problems problems) {
        source.ownKeys().stream().filter(key -> !KEYS.contains(key)).forEach(key ->
                problems.bad(key, "there is no such key; the nearest is " + Keys.nearest(key, KEYS), "pulumi config rm " + key));
        wronglySecret.forEach(key -> problems.bad(key, "it is set with --secret, and outputs would show it", "pulumi config set " + key + " VALUE"));
    }

    private Server server(State state) {
        var namespace = keys.matching("namespace", "skypilot", NAMESPACE,
                "Kubernetes takes up to 63 lower-case letters, digits and hyphens, no hyphen first or last");
        var release = keys.matching("release", "skypilot", RELEASE,
                "Helm takes up to 53 characters, and Services lower-case letters, digits and hyphens, a letter first, no hyphen last");
        var user = keys.matching("authUser", "skypilot", name -> !name.matches("(?s)#.*|.*[:\n].*"),
                "a user name has no colon, which ends it in user:hash, and no # first, which makes the line a comment");
        var values = values();
        ChartValues.check(values, state, keys.problems());
        return new Server(namespace, release, chart(), keys.whole("installTimeout", 600, 30, 7200, "seconds"), LoginReader.read(keys.source(), user, state.id(), values, keys.problems()),
                CredentialsReader.read(keys.source(), folder, values, keys.problems()), values, keys.source().isSecret("values"), keys.yes("allowUnauthenticated", "false"));
    }

    private Chart chart() {
        var name = keys.source().get("chart").orElse("skypilot-nightly");
        var version = keys.source().get("chartVersion");
        version.filter(text -> !VERSION.matcher(text).matches()).ifPresent(text ->
                keys.bad("chartVersion", text, "it is one exact version", "pulumi config set chartVersion 1.0.0"));
        if (!name.contains("/") && !name.startsWith(".")) {
            var repository = keys.matching("chartRepository", "https://helm.skypilot.co",
                    url -> url.matches("https?://[^\\s/@]+(/\\S*)?"),
                    "it is the URL of a Helm repository, without a password: outputs show it");
            return new Chart(name, Optional.of(repository), version, version.flatMap(SettingsReader::semantic));
        }
        var readable = Keys.isReadable(folder, name + "/Chart.yaml");
        if (!readable) {
            keys.bad("chart", name, "there is no chart in that folder: no Chart.yaml to read",
                    "pulumi config set chart skypilot-nightly");
        }
        version.ifPresent(text -> keys.bad("chartVersion", text, "the folder of a chart has a version of its own",
                "pulumi config rm chartVersion"));
        return new Chart(name, Optional.empty(), Optional.empty(), readable ? versionIn(folder.resolve(name).resolve("Chart.yaml")) : Optional.empty());
    }

    /** The version of a chart in a folder. One that can't be read is for Helm to refuse. */
    private static Optional<Version> versionIn(Path chart) {
        try {
            return Yaml.parse(Files.readString(chart)).filter(Map.class::isInstance).map(its -> ((Map<?, ?>) its).get("version")).map(Object::toString)
                    .flatMap(SettingsReader::semantic);
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Version> semantic(String version) {
        return Version.tryParse(version.replaceFirst("^v", ""));
    }

    private Map<String, Object> values() {
        return keys.source().get("values").flatMap(json -> {
            var values = ChartValues.parse(json);
            if (values.isEmpty()) {
                keys.problems().bad("values", "they are structured: one key of the chart's values each",
                        "pulumi config rm values && pulumi config set --path values.KEY VALUE");
            }
            return values;
        }).orElse(Map.of());
    }
}
