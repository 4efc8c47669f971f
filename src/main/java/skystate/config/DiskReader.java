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
            Map.entry("diskName", "sky-api-server-state"), Map.entry("diskSize", "10"), Map.entry("diskType", "pd-balanced"),
            Map.entry("diskKmsKey", ""), Map.entry("snapshot", ""), Map.entry("snapshotDays", ""), Map.entry("blankDisk", ""),
            Map.entry("deleteDisk", ""));

    private static final List<String> SOURCES = Stream.of(DiskSource.values()).map(DiskSource::word).toList();
    private static final int MAX_GIB = 65536;
    private static final int MAX_DAYS = 65535;

    private static final Pattern PROJECT = Pattern.compile("([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]");
    private static final Pattern ZONE = Pattern.compile("[a-z]+-[a-z]+\\d+-([a-z]|ai\\d+[a-z])");
    private static final Pattern REGION = Pattern.compile("[a-z]+-[a-z]+\\d+");
    /** Which types there are, how large they can be, and which can be in two zones, is for Google to say. */
    private static final Pattern TYPE = Pattern.compile("[a-z]+(-[a-z0-9]+)+");
    /** Compute Engine's names: RFC 1035, up to 63 characters. */
    private static final Pattern GCE_NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern KMS_KEY = Pattern.compile("(projects/" + PROJECT + "/locations/(?<location>[a-z0-9-]+)/keyRings/[\\w-]{1,63}/cryptoKeys/[\\w-]{1,63})"
            + "(?<version>/cryptoKeyVersions/.*)?");
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
        var type = keys.matching("diskType", "pd-balanced", TYPE, "it is the name of a type of disk of Google's: gcloud compute disk-types list has them");
        return new Disk(project, zone, replicaZone, name, keys.whole("diskSize", 10, 10, MAX_GIB, "GiB"), type, kmsKey(zone), from, snapshot(from, project, name),
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

    private Optional<String> replicaZone(String zone) {
        var replica = keys.source().get("replicaZone");
        var region = Disk.region(zone);
        replica.filter(given -> !ZONE.matcher(given).matches() || !given.startsWith(region + "-") || given.equals(zone)).ifPresent(given ->
                keys.bad("replicaZone", given, given.equals(zone) ? "it is the disk's zone already, and the second is another one of the same region"
                        : "it is a zone of the disk's region, " + region, "pulumi config set replicaZone ZONE    # gcloud compute zones list --filter=region:" + region));
        return replica;
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
