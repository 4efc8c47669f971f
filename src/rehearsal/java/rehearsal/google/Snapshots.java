package rehearsal.google;

import com.google.gson.JsonObject;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Snapshots of disks, by the API's rules: each holds the disk's bytes as of one moment, whatever becomes of the disk. */
final class Snapshots {

    private final Store store;
    private final Disks disks;

    Snapshots(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    JsonObject get(SnapshotName name) {
        return store.read(store.snapshotFile(name)).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    List<JsonObject> list(String project, String filter) {
        var wanted = Filter.parse(filter);
        return store.snapshots(project).stream().map(this::get).filter(wanted::accepts).toList();
    }

    /** Takes a snapshot of a disk, attached or not. */
    void create(DiskName source, JsonObject request) {
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
        resource.addProperty("creationTimestamp", Disks.now());
        resource.addProperty("name", snapshot.name());
        resource.addProperty("status", "READY");
        resource.addProperty("sourceDisk", Google.LINK + source.path());
        resource.addProperty("sourceDiskId", Json.text(disk, "id", ""));
        resource.addProperty("diskSizeGb", Json.text(disk, "sizeGb", ""));
        resource.addProperty("storageBytes", "0");
        resource.addProperty("selfLink", Google.LINK + snapshot.path());
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
