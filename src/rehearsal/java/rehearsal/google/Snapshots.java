package rehearsal.google;

import com.google.gson.JsonObject;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Snapshots of disks, by the API's rules: each holds the disk's bytes as of one moment, whatever becomes of the disk.
 */
final class Snapshots {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    private final Store store;
    private final Disks disks;
    private final ResourcePolicies policies;
    /** How far ahead of the machine's clock these days are. */
    private Duration ahead = Duration.ZERO;

    Snapshots(Store store, Disks disks, ResourcePolicies policies) {
        this.store = store;
        this.disks = disks;
        this.policies = policies;
    }

    JsonObject get(SnapshotName name) {
        return store.read(store.snapshotFile(name)).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    List<JsonObject> list(String project, String filter) {
        var wanted = Filter.parse(filter);
        return store.snapshots(project).stream().map(this::get).filter(wanted::accepts).toList();
    }

    /** Takes a snapshot of a disk, held by a machine or not. */
    void create(DiskName source, JsonObject request) {
        create(source, request, Optional.empty());
    }

    /** Lets every schedule take its snapshots, and then delete those that have become too old. */
    void dayPasses() {
        ahead = ahead.plusDays(1);
        for (var project : store.projects()) {
            policies.disks(project).forEach(disk -> policies.of(disk).ifPresent(policy -> {
                var schedule = policies.get(policy).getAsJsonObject("snapshotSchedulePolicy");
                var request = new JsonObject();
                request.addProperty("name", name(disk));
                request.add("labels",
                        Json.toJson(Json.strings(ResourcePolicies.part(schedule, "snapshotProperties"), "labels")));
                create(disk, request, Optional.of(policy));
            }));
            list(project, "").stream().filter(this::expired)
                    .forEach(snapshot -> delete(new SnapshotName(project, Json.text(snapshot, "name", ""))));
        }
    }

    /** As Google names it: disk, zone, time and a few letters that are nobody else's. */
    private String name(DiskName disk) {
        var end = "-" + disk.location() + "-" + now().format(STAMP) + "-"
                + Long.toString(ThreadLocalRandom.current().nextLong(36L * 36 * 36, 36L * 36 * 36 * 36), 36);
        return disk.name().substring(0, Math.min(disk.name().length(), 63 - end.length())) + end;
    }

    /**
     * Whether its disk's schedule is still its own and has kept it long enough. One whose disk is gone is kept, as
     * KEEP_AUTO_SNAPSHOTS says.
     */
    private boolean expired(JsonObject snapshot) {
        var schedule = ResourcePolicyName.parse(Json.text(snapshot, "sourceSnapshotSchedulePolicy", ""));
        var source = Json.text(snapshot, "sourceDisk", "");
        var disk = DiskName.parse(source.substring(Google.LINK.length())).orElseThrow();
        return schedule.filter(policy -> policies.of(disk).equals(schedule)).map(policies::get)
                .map(policy -> ResourcePolicies.part(policy.getAsJsonObject("snapshotSchedulePolicy"),
                        "retentionPolicy"))
                .filter(retention -> retention.has("maxRetentionDays"))
                .map(retention -> Duration
                        .between(OffsetDateTime.parse(Json.text(snapshot, "creationTimestamp", "")), now()).toDays()
                        >= retention.get("maxRetentionDays").getAsLong())
                .orElse(false);
    }

    private OffsetDateTime now() {
        return OffsetDateTime.now(ZoneOffset.UTC).plus(ahead).truncatedTo(ChronoUnit.MILLIS);
    }

    private void create(DiskName source, JsonObject request, Optional<ResourcePolicyName> schedule) {
        var disk = disks.get(source);
        var snapshot = new SnapshotName(source.project(), Json.text(request, "name", ""));
        Disks.checkName(snapshot.name());
        if (store.read(store.snapshotFile(snapshot)).isPresent()) {
            throw new ApiError(409, "alreadyExists", "The resource '" + snapshot.path() + "' already exists");
        }
        var labels = Json.strings(request, "labels");
        Disks.checkLabels(labels);
        var resource = new JsonObject();
        resource.addProperty("kind", "compute#snapshot");
        resource.addProperty("id", Long.toString(ThreadLocalRandom.current().nextLong(1L << 60, Long.MAX_VALUE)));
        resource.addProperty("creationTimestamp", now().toString());
        resource.addProperty("name", snapshot.name());
        resource.addProperty("status", "READY");
        resource.addProperty("sourceDisk", Google.LINK + source.path());
        resource.addProperty("sourceDiskId", Json.text(disk, "id", ""));
        resource.addProperty("diskSizeGb", Json.text(disk, "sizeGb", ""));
        resource.addProperty("storageBytes", "0");
        resource.addProperty("selfLink", Google.LINK + snapshot.path());
        schedule.ifPresent(policy -> {
            resource.addProperty("autoCreated", true);
            resource.addProperty("sourceSnapshotSchedulePolicy", Google.LINK + policy.path());
            resource.addProperty("sourceSnapshotSchedulePolicyId", Json.text(policies.get(policy), "id", ""));
        });
        if (request.has("description")) {
            resource.add("description", request.get("description"));
        }
        Disks.setLabels(resource, labels);
        store.copyFilesystem(store.folder(source.path()), store.folder(snapshot.path()));
        store.write(store.snapshotFile(snapshot), resource);
    }

    void delete(SnapshotName name) {
        get(name);
        store.delete(store.folder(name.path()));
    }
}
