package skystate.config;

import com.github.zafarkhaja.semver.Version;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads the config into {@link Settings}, and reports all errors together. Pulumi.yaml describes the keys. */
public final class SettingsReader {

    /** Our keys. */
    static final List<String> KEYS = Stream.concat(DiskReader.KEYS.stream(), Stream.of("persistence", "volume",
            "database", "kubeconfig", "context", "nodesOnDemand", "namespace", "release", "chart", "chartRepository",
            "chartVersion", "installTimeout", "authUser", "authPassword", "authHash", "allowUnauthenticated",
            "credentials", "values")).toList();

    /** The keys that may be secret: no output shows their values. */
    private static final List<String> SECRETS =
            List.of("kubeconfig", "authPassword", "authHash", "credentials", "database", "values");

    /** A Kubernetes name: an RFC 1123 label. */
    private static final Predicate<String> NAMESPACE = ConfigReader.pattern("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** A name of a Helm release, with which the names of Services start (RFC 1035). */
    private static final Predicate<String> RELEASE = ConfigReader.pattern("[a-z]([-a-z0-9]{0,51}[a-z0-9])?");
    private static final Predicate<String> VERSION = ConfigReader.pattern("v?\\d+\\.\\d+\\.\\d+([-+.0-9A-Za-z]*)");
    private static final Predicate<String> REPOSITORY = ConfigReader.pattern("https?://[^\\s/@]+(/\\S*)?");

    private final ConfigReader reader;

    private SettingsReader(ConfigReader reader) {
        this.reader = reader;
    }

    /**
     * Reads and checks the config.
     *
     * @param source the config
     * @param folder the project's folder, in which relative paths start
     * @throws com.pulumi.exceptions.RunException with each bad key: its value (never a secret), why, and the command
     *                                            that fixes it
     */
    public static Settings read(ConfigSource source, Path folder) {
        var errors = new ConfigErrors();
        var wronglySecret = Stream.concat(Stream.of("gcp:project"), KEYS.stream())
                .filter(key -> source.isSecret(key) && !SECRETS.contains(key)).toList();
        wronglySecret.forEach(key -> errors.add(key, "", "it is set with --secret, but outputs would show it",
                ConfigReader.set(key, "VALUE")));
        // Without these keys, as an error about another key could show their values.
        var reader = new ConfigReader(source.without(wronglySecret), errors, folder);
        reader.rejectUnknown("", source.ownKeys(), KEYS);
        var persistence = persistence(reader);
        var settings = new Settings(persistence, cluster(reader),
                new SettingsReader(reader).server(persistence), source.get("gcp:computeCustomEndpoint")
                        .orElse("https://compute.googleapis.com/compute/v1/").replaceFirst("/*$", "/"));
        errors.throwIfAny();
        return settings;
    }

    /** Reads where the state is, and rejects the keys of the other places. */
    private static Persistence persistence(ConfigReader reader) {
        var kind = reader.text("persistence", List.of("disk", "volume", "database")::contains, "it must be disk (a GCP"
                + " persistent disk), volume (an existing volume of any CSI driver) or database (a PostgreSQL instead"
                + " of a disk)");
        Stream.of("volume", "database").filter(key -> !key.equals(kind)).forEach(key -> rejectUnused(reader, key, kind,
                Optional.empty(), ConfigReader.set("persistence", key) + "    # or " + ConfigReader.remove(key)));
        return switch (kind) {
            case "volume", "database" -> {
                var project = reader.project();
                DiskReader.KEYS.forEach(key -> rejectUnused(reader, key, kind,
                        ConfigReader.defaultValue(project, key), ConfigReader.remove(key)));
                yield kind.equals("volume") ? Volume.read(reader) : Database.read(reader);
            }
            default -> DiskReader.read(reader);
        };
    }

    /** The engine passes on each default of Pulumi.yaml as if the user had set it. */
    private static void rejectUnused(ConfigReader reader, String key, String kind, Optional<String> defaultValue,
                                     String fix) {
        var value = reader.get(key);
        if (value.isPresent() && !value.get().equals("{}") && !value.equals(defaultValue)) {
            reader.reject(key, "persistence is " + kind + ", which does not use this key", fix);
        }
    }

    private static ClusterSettings cluster(ConfigReader reader) {
        var kubeconfig = reader.get("kubeconfig");
        var context = reader.get("context");
        var isSecret = reader.source().isSecret("kubeconfig");
        var hasContents = kubeconfig.filter(ClusterSettings::isContents).isPresent();
        if (hasContents && !isSecret) {
            reader.errors().add("kubeconfig", "", "a kubeconfig holds credentials, and its contents are in plain text",
                    ConfigReader.setSecret("kubeconfig") + " < KUBECONFIG_FILE");
        } else if (!hasContents && kubeconfig.isPresent() && !reader.isReadable(kubeconfig.get())) {
            reader.reject("kubeconfig", "there is no such file to read", ConfigReader.set("kubeconfig", "FILE"));
        }
        if (!hasContents && context.isEmpty()) {
            reader.reject("context", "it is missing: this stack never uses the current context of a kubeconfig",
                    ConfigReader.set("context", "CONTEXT    # `kubectl config get-contexts` lists them"));
        }
        return new ClusterSettings(kubeconfig, hasContents || isSecret, context, reader.bool("nodesOnDemand"),
                reader.source().kubeconfig());
    }

    private ServerSettings server(Persistence persistence) {
        var namespace = reader.text("namespace", NAMESPACE, "it must have up to 63 lower-case letters, digits and"
                + " hyphens, and not start or end with a hyphen");
        var release = reader.text("release", RELEASE, "it must have up to 53 lower-case letters, digits and hyphens,"
                + " start with a letter and not end with a hyphen");
        var values = reader.object("values", "it must be structured, with keys of the chart's values",
                "pulumi config rm values && pulumi config set --path values.KEY VALUE");
        ChartValues.check(reader, values, persistence);
        return new ServerSettings(namespace, release, chart(),
                reader.integer("installTimeout", 30, 7200, "seconds", ""),
                LoginReader.read(reader, persistence.id(), values), CredentialsReader.read(reader, values),
                values, reader.source().isSecret("values"), reader.bool("allowUnauthenticated"));
    }

    private ChartSettings chart() {
        var version = reader.get("chartVersion");
        version.ifPresent(given -> reader.text("chartVersion", VERSION, "it must be one exact version", "1.0.0"));
        // A path has a slash in it, or is a dot.
        var name = reader.text("chart", chart -> !isPath(chart) || reader.isReadable(chart + "/Chart.yaml"),
                "that folder has no Chart.yaml that can be read");
        if (!isPath(name)) {
            var repository = reader.text("chartRepository", REPOSITORY,
                    "it must be the URL of a Helm repository, without a password, as outputs show it");
            return new ChartSettings(name, Optional.of(repository), version, version.flatMap(SettingsReader::semantic));
        }
        if (version.isPresent()) {
            reader.reject("chartVersion", "chart is a folder, which has its own version",
                    ConfigReader.remove("chartVersion"));
        }
        return new ChartSettings(name, Optional.empty(), Optional.empty(), versionIn(name));
    }

    private static boolean isPath(String chart) {
        return chart.contains("/") || chart.startsWith(".");
    }

    /** The version of a chart in a folder. Helm refuses a Chart.yaml that is not valid. */
    private Optional<Version> versionIn(String chart) {
        try {
            return Yaml.parse(Files.readString(reader.folder().resolve(chart + "/Chart.yaml")))
                    .flatMap(yaml -> Json.at(yaml, "version")).map(Object::toString)
                    .flatMap(SettingsReader::semantic);
        } catch (IOException | InvalidPathException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Version> semantic(String version) {
        return Version.tryParse(version.replaceFirst("^v", ""));
    }
}
