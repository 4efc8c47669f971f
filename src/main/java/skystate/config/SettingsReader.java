package skystate.config;

import com.github.zafarkhaja.semver.Version;
import org.apache.commons.text.similarity.LevenshteinDistance;
import skystate.config.Settings.Chart;
import skystate.config.Settings.Cluster;
import skystate.config.Settings.Disk;
import skystate.config.Settings.DiskSource;
import skystate.config.Settings.Server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
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
            "zone", "disk", "diskName", "diskSize", "diskType", "snapshot", "blankDisk", "deleteDisk",
            "cluster", "kubeconfig", "context", "nodesOnDemand",
            "namespace", "createNamespace", "release", "chart", "chartRepository", "chartVersion", "installTimeout",
            "authUser", "authPassword", "authHash", "credentials", "values");

    /** The keys that may be set with --secret. No output shows their values. */
    private static final List<String> SECRETS = List.of("kubeconfig", "authPassword", "authHash", "credentials", "values");

    private static final List<String> SOURCES = Stream.of(DiskSource.values()).map(DiskSource::word).toList();
    private static final List<String> DISK_TYPES = List.of("pd-balanced", "pd-ssd", "pd-standard");
    private static final List<String> OFTEN_WITH_PASSWORD = List.of("authUser", "chartRepository");
    private static final int MAX_GIB = 65536;

    private static final Pattern PROJECT = Pattern.compile("([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]");
    private static final Pattern ZONE = Pattern.compile("[a-z]+-[a-z]+\\d+-([a-z]|ai\\d+[a-z])");
    private static final Pattern REGION = Pattern.compile("[a-z]+-[a-z]+\\d+");
    /** Compute Engine's names: RFC 1035, up to 63 characters. */
    private static final Pattern GCE_NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SNAPSHOT = Pattern.compile("(projects/" + PROJECT + "/global/snapshots/)?" + GCE_NAME);
    /** A Kubernetes namespace: RFC 1123 label. */
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** A Helm release, up to 53 characters, that also begins the names of Services (RFC 1035). */
    private static final Pattern RELEASE = Pattern.compile("[a-z]([-a-z0-9]{0,51}[a-z0-9])?");
    private static final Pattern CHART_VERSION = Pattern.compile("version:\\s*[\"']?([^\"'\\s#]+).*");
    private static final Pattern VERSION = Pattern.compile("v?\\d+\\.\\d+\\.\\d+([-+.0-9A-Za-z]*)");

    private final ConfigSource source;
    private final Path folder;
    private final Problems problems = new Problems();

    private SettingsReader(ConfigSource source, Path folder) {
        this.source = source;
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
        var reader = new SettingsReader(source, folder);
        reader.checkKeys();
        var disk = reader.disk();
        var settings = new Settings(disk, reader.cluster(disk), reader.server(disk));
        reader.problems.refuseIfAny();
        return settings;
    }

    private void checkKeys() {
        var distance = LevenshteinDistance.getDefaultInstance();
        source.ownKeys().stream().filter(key -> !KEYS.contains(key)).forEach(key -> {
            var nearest = KEYS.stream().min(Comparator.comparing(known -> distance.apply(key, known))).orElseThrow();
            problems.bad(key, "there is no such key; the nearest is " + nearest, "pulumi config rm " + key);
        });
        Stream.concat(Stream.of("gcp:project"), KEYS.stream()).filter(key -> source.isSecret(key) && !SECRETS.contains(key)).forEach(key ->
                problems.bad(key, "it is set with --secret, and outputs would show it", key.equals("cluster")
                        ? "pulumi config rm cluster && " + ClusterReader.BY_NAME
                        : "pulumi config set " + key + " VALUE"));
    }

    private Disk disk() {
        var project = required("gcp:project", PROJECT, "a GCP project id has 6 to 30 lower-case letters, digits and hyphens",
                "pulumi config set gcp:project PROJECT_ID");
        var name = matching("diskName", "sky-api-server-state", GCE_NAME,
                "Compute Engine takes up to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last");
        var type = matching("diskType", "pd-balanced", DISK_TYPES::contains, "it is one of " + DISK_TYPES);
        var word = matching("disk", "create", SOURCES::contains, "it is create (this stack makes the disk), adopt (the disk is there already,"
                + " and this stack owns it from now on), reference (it is there already, and this stack uses it without owning it)"
                + " or restore (this stack makes it from a snapshot)");
        var from = SOURCES.contains(word) ? DiskSource.valueOf(word.toUpperCase(Locale.ROOT)) : DiskSource.CREATE;
        return new Disk(project, zone(), name, diskSize(), type, from, snapshot(from, project, name),
                named("blankDisk", name, switch (from) {
                    case REFERENCE -> "disk is reference: this stack makes no disk in place of one that it doesn't own";
                    case RESTORE -> "disk is restore: a disk is made from a snapshot, or blank";
                    case CREATE, ADOPT -> "";
                }),
                named("deleteDisk", name, from == DiskSource.REFERENCE
                        ? "disk is reference: this stack doesn't own the disk, and never deletes it" : ""));
    }

    /** The path of the snapshot to restore. */
    private Optional<String> snapshot(DiskSource from, String project, String disk) {
        var name = source.get("snapshot");
        var lists = "pulumi config set snapshot NAME    # " + Disk.listSnapshots(project, disk) + " lists them";
        if (from != DiskSource.RESTORE) {
            name.ifPresent(text -> bad("snapshot", text, "disk is " + from.word() + ", and only restore makes a disk from a snapshot",
                    "pulumi config rm snapshot"));
        } else if (name.isEmpty()) {
            problems.bad("snapshot", "disk is restore, and it is missing which snapshot", lists);
        } else if (!SNAPSHOT.matcher(name.get()).matches()) {
            bad("snapshot", name.get(), "it is the name of a snapshot in the disk's project, or projects/PROJECT/global/snapshots/NAME", lists);
        }
        return name.map(text -> text.contains("/") ? text : "projects/" + project + "/global/snapshots/" + text);
    }

    /**
     * Whether the user named this very disk, as what would lose its state asks for.
     *
     * @param never why that can't be meant; empty if it can
     */
    private boolean named(String key, String disk, String never) {
        var name = source.get(key);
        if (name.isPresent() && !never.isEmpty()) {
            bad(key, name.get(), never, "pulumi config rm " + key);
        } else if (name.isPresent() && !name.get().equals(disk)) {
            bad(key, name.get(), "this stack's disk is " + disk + ": nothing is done on a name that differs",
                    "pulumi config set " + key + " " + disk);
        }
        return name.isPresent();
    }

    private String zone() {
        var zone = source.get("zone").orElse("");
        if (!ZONE.matcher(zone).matches()) {
            var region = REGION.matcher(zone).matches();
            bad("zone", zone,
                    zone.isEmpty() ? "the disk's zone is missing: the zone of the cluster's nodes"
                            : region ? "that is a region; a zone ends with a letter" : "that is no zone; one is us-east5-b",
                    "pulumi config set zone " + (region ? zone + "-b" : "us-east5-b"));
        }
        return zone;
    }

    private int diskSize() {
        var text = source.get("diskSize").orElse("10");
        var size = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (size < 10 || size > MAX_GIB) {
            bad("diskSize", text, "it is a whole number of GiB, from 10 to " + MAX_GIB + ", without a unit",
                    "pulumi config set diskSize 10");
        }
        return size;
    }

    private Cluster cluster(Disk disk) {
        return ClusterReader.read(source, folder, disk, yes("nodesOnDemand", "false"), problems);
    }

    private Server server(Disk disk) {
        var namespace = matching("namespace", "skypilot", NAMESPACE,
                "Kubernetes takes up to 63 lower-case letters, digits and hyphens, no hyphen first or last");
        var createNamespace = yes("createNamespace", "true");
        if (createNamespace && (namespace.equals("default") || namespace.startsWith("kube-"))) {
            bad("namespace", namespace, "that namespace is the cluster's own; this stack would delete it on destroy",
                    "pulumi config set namespace skypilot");
        }
        var release = matching("release", "skypilot", RELEASE,
                "Helm takes up to 53 characters, and Services lower-case letters, digits and hyphens, a letter first, no hyphen last");
        var user = matching("authUser", "skypilot", name -> !name.matches("(?s)#.*|.*[:\n].*"),
                "a user name has no colon, which ends it in user:hash, and no # first, which makes the line a comment");
        var values = values();
        ChartValues.check(values, problems);
        return new Server(namespace, createNamespace, release, chart(), installTimeout(), LoginReader.read(source, user, disk.id(), values, problems),
                CredentialsReader.read(source, folder, values, problems), values, source.isSecret("values"));
    }

    private Chart chart() {
        var name = source.get("chart").orElse("skypilot-nightly");
        var version = source.get("chartVersion");
        version.filter(text -> !VERSION.matcher(text).matches()).ifPresent(text ->
                bad("chartVersion", text, "it is one exact version", "pulumi config set chartVersion 1.0.0"));
        if (!name.contains("/") && !name.startsWith(".")) {
            var repository = matching("chartRepository", "https://helm.skypilot.co",
                    url -> url.matches("https?://[^\\s/@]+(/\\S*)?"),
                    "it is the URL of a Helm repository, without a password: outputs show it");
            return new Chart(name, Optional.of(repository), version, version.flatMap(SettingsReader::semantic));
        }
        if (!Files.isReadable(folder.resolve(name).resolve("Chart.yaml"))) {
            bad("chart", name, "there is no chart in that folder: no Chart.yaml to read",
                    "pulumi config set chart skypilot-nightly");
        }
        version.ifPresent(text -> bad("chartVersion", text, "the folder of a chart has a version of its own",
                "pulumi config rm chartVersion"));
        return new Chart(name, Optional.empty(), Optional.empty(), versionIn(folder.resolve(name).resolve("Chart.yaml")));
    }

    /** The version of a chart in a folder. One that can't be read is for Helm to refuse. */
    private static Optional<Version> versionIn(Path chart) {
        try (var lines = Files.lines(chart)) {
            return lines.map(CHART_VERSION::matcher).filter(Matcher::matches).map(line -> line.group(1)).findFirst().flatMap(SettingsReader::semantic);
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Version> semantic(String version) {
        return Version.tryParse(version.replaceFirst("^v", ""));
    }

    private int installTimeout() {
        var text = source.get("installTimeout").orElse("600");
        var seconds = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (seconds < 30 || seconds > 7200) {
            bad("installTimeout", text, "it is a whole number of seconds, from 30 to 7200, without a unit", "pulumi config set installTimeout 600");
        }
        return seconds;
    }

    private Map<String, Object> values() {
        return source.get("values").flatMap(json -> {
            var values = ChartValues.parse(json);
            if (values.isEmpty()) {
                problems.bad("values", "they are structured: one key of the chart's values each",
                        "pulumi config rm values && pulumi config set --path values.KEY VALUE");
            }
            return values;
        }).orElse(Map.of());
    }

    private boolean yes(String key, String otherwise) {
        return matching(key, otherwise, List.of("true", "false")::contains, "it is true or false").equals("true");
    }

    private String required(String key, Pattern pattern, String why, String fix) {
        var value = source.get(key).orElse("");
        if (value.isEmpty() || !pattern.matcher(value).matches()) {
            bad(key, value, value.isEmpty() ? "it is missing" : why, fix);
        }
        return value;
    }

    private String matching(String key, String otherwise, Pattern pattern, String why) {
        return matching(key, otherwise, pattern.asMatchPredicate(), why);
    }

    private String matching(String key, String otherwise, Predicate<String> good, String why) {
        var value = source.get(key).orElse(otherwise);
        if (!good.test(value)) {
            bad(key, value, why, "pulumi config set " + key + " " + otherwise);
        }
        return value;
    }

    /** Reports a bad value, and shows it unless it is a secret, or may be one by a slip, as in user:password. */
    private void bad(String key, String value, String why, String fix) {
        problems.bad(key, source.isSecret(key) || OFTEN_WITH_PASSWORD.contains(key) ? "" : value, why, fix);
    }
}
