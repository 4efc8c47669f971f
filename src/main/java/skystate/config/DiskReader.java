package skystate.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the persistent disk. */
record DiskReader(ConfigReader reader) {

    /** The keys that only a disk uses. */
    static final List<String> KEYS = List.of("zone", "replicaZone", "disk", "diskName", "diskSize", "diskType",
            "diskKmsKey", "snapshot", "snapshotDays", "blankDisk", "deleteDisk");

    private static final List<String> SOURCES = Stream.of(DiskSource.values()).map(DiskSource::word).toList();
    private static final int MAX_GIB = 65536;
    private static final int MAX_DAYS = 65535;
    private static final int DEFAULT_DAYS = 14;

    private static final String PROJECT = "([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]";
    private static final Predicate<String> ZONE = ConfigReader.pattern("[a-z]+-[a-z]+\\d+-([a-z]|ai\\d+[a-z])");
    private static final String REGION = "[a-z]+-[a-z]+\\d+";
    /** Google itself checks which types there are, their sizes, and which can be regional. */
    private static final Predicate<String> TYPE = ConfigReader.pattern("[a-z]+(-[a-z0-9]+)+");
    private static final String GCE_NAME = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";
    private static final Predicate<String> SNAPSHOT =
            ConfigReader.pattern("(projects/" + PROJECT + "/global/snapshots/)?" + GCE_NAME);

    /** Reads and checks {@code gcp:project} and the keys of the disk. */
    static DiskSettings read(ConfigReader reader) {
        return new DiskReader(reader).read();
    }

    private DiskSettings read() {
        var project = reader.text("gcp:project", ConfigReader.pattern(PROJECT),
                "a GCP project id has 6 to 30 lower-case letters, digits and hyphens", "PROJECT_ID");
        var name = reader.text("diskName", ConfigReader.pattern(GCE_NAME), "it must have up to 63 lower-case letters,"
                + " digits and hyphens, start with a letter and not end with a hyphen");
        var word = reader.text("disk", SOURCES::contains, "it must be create (this stack creates the disk), adopt (the"
                + " disk exists, and this stack owns it from now on), reference (the disk exists, and this stack uses"
                + " it without owning it) or restore (this stack creates the disk from a snapshot)");
        var from = SOURCES.contains(word) ? DiskSource.valueOf(word.toUpperCase(Locale.ROOT)) : DiskSource.CREATE;
        var zone = zone();
        return new DiskSettings(project, zone, replicaZone(zone), name,
                reader.integer("diskSize", 10, MAX_GIB, "GiB", ""),
                reader.text("diskType", TYPE, "it must be a disk type, as `gcloud compute disk-types list` shows it"),
                kmsKey(DiskSettings.region(zone)), from, snapshot(from, project, name),
                isNamed("blankDisk", name, switch (from) {
                    case REFERENCE -> "disk is reference: this stack never replaces a disk that it doesn't own";
                    case RESTORE -> "disk is restore: a disk can't be both restored and blank";
                    case CREATE, ADOPT -> "";
                }),
                isNamed("deleteDisk", name, from == DiskSource.REFERENCE
                        ? "disk is reference: this stack never deletes a disk that it doesn't own" : ""),
                snapshotDays(from));
    }

    private String zone() {
        var zone = reader.get("zone").orElse("");
        var region = zone.matches(REGION);
        return reader.text("zone", ZONE, zone.isEmpty() ? "it must be the zone of the disk and of the server's node"
                : region ? "it is a region, and a zone ends with a letter" : "it is not a GCP zone",
                region ? zone + "-b" : "us-east5-b");
    }

    private Optional<String> replicaZone(String zone) {
        var region = DiskSettings.region(zone);
        return reader.get("replicaZone").map(given -> reader.text("replicaZone",
                replica -> ZONE.test(replica) && replica.startsWith(region + "-") && !replica.equals(zone),
                "it must be another zone of the disk's region, " + region,
                "ZONE    # gcloud compute zones list --filter=region:" + region));
    }

    /** A key in another region can't encrypt the disk; one in a multi-region, or global, can. */
    private Optional<String> kmsKey(String region) {
        var location = "(" + Pattern.quote(region) + "|(?!" + REGION + "/)[a-z0-9-]+)";
        return reader.get("diskKmsKey").map(given -> reader.text("diskKmsKey", ConfigReader.pattern("projects/"
                + PROJECT + "/locations/" + location + "/keyRings/[\\w-]{1,63}/cryptoKeys/[\\w-]{1,63}"),
                "it must be the full path, without a version, of a Cloud KMS key in " + region + ", a multi-region or"
                        + " global",
                "projects/PROJECT/locations/" + region + "/keyRings/RING/cryptoKeys/KEY"));
    }

    /** The path of the snapshot to restore. */
    private Optional<String> snapshot(DiskSource from, String project, String disk) {
        var name = reader.get("snapshot");
        if (from == DiskSource.RESTORE) {
            reader.text("snapshot", SNAPSHOT, name.isEmpty() ? "disk is restore, which needs the name of a snapshot"
                    : "it must be the name of a snapshot in the disk's project, or"
                            + " projects/PROJECT/global/snapshots/NAME",
                    "NAME    # " + DiskSettings.listSnapshots(project, disk) + " lists them");
        } else if (name.isPresent()) {
            reader.reject("snapshot", "disk is " + from.word() + ", and only restore uses a snapshot",
                    ConfigReader.remove("snapshot"));
        }
        return name.map(text -> text.contains("/") ? text : "projects/" + project + "/global/snapshots/" + text);
    }

    /**
     * Whether the user confirmed a loss of data by the name of this very disk.
     *
     * @param never why it can't be confirmed; empty if it can
     */
    private boolean isNamed(String key, String disk, String never) {
        var name = reader.get(key);
        if (name.isPresent() && !never.isEmpty()) {
            reader.reject(key, never, ConfigReader.remove(key));
        } else if (name.isPresent() && !name.get().equals(disk)) {
            reader.reject(key, "it must be the name of this stack's disk, " + disk, ConfigReader.set(key, disk));
        }
        return name.isPresent();
    }

    private int snapshotDays(DiskSource from) {
        if (from == DiskSource.REFERENCE) {
            if (reader.get("snapshotDays").isPresent()) {
                reader.reject("snapshotDays", "disk is reference: the owner of the disk schedules its snapshots",
                        ConfigReader.remove("snapshotDays"));
            }
            return 0;
        }
        return reader.get("snapshotDays").isEmpty() ? DEFAULT_DAYS : reader.integer("snapshotDays", 0, MAX_DAYS,
                "days (0: no snapshots)", String.valueOf(DEFAULT_DAYS));
    }
}
