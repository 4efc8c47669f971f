package skystate.config;

import skystate.config.Settings.Disk;
import skystate.config.Settings.DiskSource;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the persistent disk: where it is, where it comes from, and what may become of it. */
final class DiskReader {

    /** The keys that are for a disk alone, with their defaults. */
    static final Map<String, String> DEFAULTS = Map.ofEntries(Map.entry("zone", ""), Map.entry("replicaZone", ""), Map.entry("disk", "create"),
            Map.entry("diskName", "sky-api-server-state"), Map.entry("diskSize", "10"), Map.entry("diskType", "pd-balanced"), Map.entry("diskIops", ""),
            Map.entry("diskThroughput", ""), Map.entry("diskKmsKey", ""), Map.entry("snapshot", ""), Map.entry("snapshotDays", ""), Map.entry("blankDisk", ""),
            Map.entry("deleteDisk", ""));

    private static final List<String> SOURCES = Stream.of(DiskSource.values()).map(DiskSource::word).toList();
    private static final int MAX_GIB = 65536;
    private static final int MAX_DAYS = 65535;

    private static final Pattern PROJECT = Pattern.compile("([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]");
    private static final Pattern ZONE = Pattern.compile("[a-z]+-[a-z]+\\d+-([a-z]|ai\\d+[a-z])");
    private static final Pattern REGION = Pattern.compile("[a-z]+-[a-z]+\\d+");
    /** Compute Engine's names: RFC 1035, up to 63 characters. */
    private static final Pattern GCE_NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern KMS_KEY = Pattern.compile("(projects/" + PROJECT + "/locations/(?<location>[a-z0-9-]+)/keyRings/[\\w-]{1,63}/cryptoKeys/[\\w-]{1,63})"
            + "(?<version>/cryptoKeyVersions/.*)?");
    private static final String NO_CHANGE = "disk is reference: this stack doesn't own the disk, and never changes it";
    private static final Pattern SNAPSHOT = Pattern.compile("(projects/" + PROJECT + "/global/snapshots/)?" + GCE_NAME);

    private final Keys keys;

    private DiskReader(Keys keys) {
        this.keys = keys;
    }

    /** Reads and checks gcp:project, zone, and the keys of the disk. */
    static Disk read(Keys keys) {
        return new DiskReader(keys).read();
    }

    /** Reads gcp:project. */
    static String project(Keys keys) {
        return keys.required("gcp:project", PROJECT, "a GCP project id has 6 to 30 lower-case letters, digits and hyphens",
                "pulumi config set gcp:project PROJECT_ID");
    }

    private Disk read() {
        var project = project(keys);
        var name = keys.matching("diskName", "sky-api-server-state", GCE_NAME,
                "Compute Engine takes up to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last");
        var word = keys.matching("disk", "create", SOURCES::contains, "it is create (this stack makes the disk), adopt (the disk is there already,"
                + " and this stack owns it from now on), reference (it is there already, and this stack uses it without owning it)"
                + " or restore (this stack makes it from a snapshot)");
        var from = SOURCES.contains(word) ? DiskSource.valueOf(word.toUpperCase(Locale.ROOT)) : DiskSource.CREATE;
        var zone = zone();
        var replicaZone = replicaZone(zone);
        var type = type(replicaZone.isPresent());
        var size = size(type, replicaZone.isPresent());
        return new Disk(project, zone, replicaZone, name, size, type, performance(from, type, size), kmsKey(zone), from, snapshot(from, project, name),
                named("blankDisk", name, switch (from) {
                    case REFERENCE -> "disk is reference: this stack makes no disk in place of one that it doesn't own";
                    case RESTORE -> "disk is restore: a disk is made from a snapshot, or blank";
                    case CREATE, ADOPT -> "";
                }),
                named("deleteDisk", name, from == DiskSource.REFERENCE
                        ? "disk is reference: this stack doesn't own the disk, and never deletes it" : ""),
                snapshotDays(from));
    }

    private int snapshotDays(DiskSource from) {
        if (from != DiskSource.REFERENCE) {
            return keys.whole("snapshotDays", 14, 0, MAX_DAYS, "days (0: no snapshots)");
        }
        keys.source().get("snapshotDays").ifPresent(text -> keys.bad("snapshotDays", text,
                "disk is reference: whoever owns the disk has its snapshots taken", "pulumi config rm snapshotDays"));
        return 0;
    }

    private DiskType type(boolean regional) {
        var words = DiskType.words(regional);
        var word = keys.matching("diskType", DiskType.PD_BALANCED.word(), given -> DiskType.named(given).filter(type -> !regional || type.canBeRegional()).isPresent(),
                regional ? "a disk with a replicaZone is one of " + words : "it is one of " + words);
        return DiskType.named(word).orElse(DiskType.PD_BALANCED);
    }

    private int size(DiskType type, boolean regional) {
        var size = keys.whole("diskSize", 10, 10, MAX_GIB, "GiB");
        var least = type.leastGib(regional);
        if (size >= 10 && size < least) {
            keys.bad("diskSize", String.valueOf(size), "a disk of type " + type.word() + (regional ? " with a replicaZone" : "") + " has " + least + " GiB or more",
                    "pulumi config set diskSize " + least);
        }
        return size;
    }

    private Optional<String> replicaZone(String zone) {
        var replica = keys.source().get("replicaZone");
        var region = Disk.region(zone);
        replica.filter(given -> !ZONE.matcher(given).matches() || !given.startsWith(region + "-") || given.equals(zone)).ifPresent(given ->
                keys.bad("replicaZone", given, given.equals(zone) ? "it is the disk's zone already, and the second is another one of the same region"
                        : "it is a zone of the disk's region, " + region, "pulumi config set replicaZone ZONE    # gcloud compute zones list --filter=region:" + region));
        return replica;
    }

    private Settings.Performance performance(DiskSource from, DiskType type, int size) {
        var iops = provisioned("diskIops", from, type, type.iops(), "IOPS");
        var throughput = provisioned("diskThroughput", from, type, type.throughput(), "MiB per second");
        var most = Math.max(3000, size * DiskType.HYPERDISK_IOPS_PER_GIB);
        if (type.tunable()) {
            iops.filter(given -> given > most).ifPresent(given -> keys.bad("diskIops", String.valueOf(given),
                    "a " + type.word() + " has at most " + DiskType.HYPERDISK_IOPS_PER_GIB + " IOPS per GiB, and diskSize says " + size, "pulumi config set diskIops " + most));
            iops.ifPresent(ops -> throughput.filter(given -> given > ops / 4 || given < ops / 256).ifPresent(given -> keys.bad("diskThroughput", String.valueOf(given),
                    "with diskIops " + ops + " it is from " + Math.max(140, ops / 256) + " to " + Math.min(2400, ops / 4) + ": a quarter to a 256th of the IOPS",
                    "pulumi config set diskThroughput " + Math.max(140, ops / 256))));
        }
        return new Settings.Performance(iops, throughput);
    }

    private Optional<Integer> provisioned(String key, DiskSource from, DiskType type, Optional<DiskType.Range> range, String unit) {
        var given = keys.source().get(key);
        if (given.isPresent() && (range.isEmpty() || from == DiskSource.REFERENCE)) {
            keys.bad(key, given.get(), from == DiskSource.REFERENCE ? NO_CHANGE : "of a disk of type " + type.word() + " it can't be set", "pulumi config rm " + key);
            return Optional.empty();
        }
        return given.flatMap(text -> range).map(limits -> keys.whole(key, limits.least(), limits.least(), limits.most(), unit));
    }

    /** The key's location, where it is a region, is the disk's own. */
    private Optional<String> kmsKey(String zone) {
        var key = keys.source().get("diskKmsKey");
        var region = Disk.region(zone);
        var fix = "pulumi config set diskKmsKey projects/PROJECT/locations/" + region + "/keyRings/RING/cryptoKeys/KEY";
        key.ifPresent(given -> {
            var match = KMS_KEY.matcher(given);
            if (!match.matches()) {
                keys.bad("diskKmsKey", given, "it is the whole path of a key of Cloud KMS", fix);
            } else if (match.group("version") != null) {
                keys.bad("diskKmsKey", given, "a disk is encrypted with a key, and Google chooses the version", "pulumi config set diskKmsKey " + match.group(1));
            } else if (REGION.matcher(match.group("location")).matches() && !match.group("location").equals(region)) {
                keys.bad("diskKmsKey", given, "the disk is in " + region + ", and a key of another region can't encrypt it", fix);
            }
        });
        return key;
    }

    /** The path of the snapshot to restore. */
    private Optional<String> snapshot(DiskSource from, String project, String disk) {
        var name = keys.source().get("snapshot");
        var lists = "pulumi config set snapshot NAME    # " + Disk.listSnapshots(project, disk) + " lists them";
        if (from != DiskSource.RESTORE) {
            name.ifPresent(text -> keys.bad("snapshot", text, "disk is " + from.word() + ", and only restore makes a disk from a snapshot",
                    "pulumi config rm snapshot"));
        } else if (name.isEmpty()) {
            keys.problems().bad("snapshot", "disk is restore, and it is missing which snapshot", lists);
        } else if (!SNAPSHOT.matcher(name.get()).matches()) {
            keys.bad("snapshot", name.get(), "it is the name of a snapshot in the disk's project, or projects/PROJECT/global/snapshots/NAME", lists);
        }
        return name.map(text -> text.contains("/") ? text : "projects/" + project + "/global/snapshots/" + text);
    }

    /**
     * Whether the user named this very disk, as what would lose its state asks for.
     *
     * @param never why that can't be meant; empty if it can
     */
    private boolean named(String key, String disk, String never) {
        var name = keys.source().get(key);
        if (name.isPresent() && !never.isEmpty()) {
            keys.bad(key, name.get(), never, "pulumi config rm " + key);
        } else if (name.isPresent() && !name.get().equals(disk)) {
            keys.bad(key, name.get(), "this stack's disk is " + disk + ": nothing is done on a name that differs",
                    "pulumi config set " + key + " " + disk);
        }
        return name.isPresent();
    }

    private String zone() {
        var zone = keys.source().get("zone").orElse("");
        if (!ZONE.matcher(zone).matches()) {
            var region = REGION.matcher(zone).matches();
            keys.bad("zone", zone,
                    zone.isEmpty() ? "the disk's zone is missing: the zone of the cluster's nodes"
                            : region ? "that is a region; a zone ends with a letter" : "that is no zone; one is us-east5-b",
                    "pulumi config set zone " + (region ? zone + "-b" : "us-east5-b"));
        }
        return zone;
    }
}
