package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Virtual machines, as far as disks are attached to them. */
final class Instances {

    private final Store store;
    private final Disks disks;

    Instances(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    JsonObject get(InstanceName name) {
        return store.read(store.instanceFile(name)).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    List<JsonObject> list(String project, String zone, String filter) {
        var wanted = Filter.parse(filter);
        return store.instances(project, zone).stream().map(this::get).filter(wanted::accepts).toList();
    }

    void create(InstanceName name, JsonObject request) {
        Disks.checkName(name.name());
        if (store.read(store.instanceFile(name)).isPresent()) {
            throw new ApiError(409, "alreadyExists", "The resource '" + name.path() + "' already exists");
        }
        if (!Json.array(request, "disks").isEmpty()) {
            throw ApiError.notRehearsed("instance that is made with disks: attach them afterwards");
        }
        var resource = request.deepCopy();
        resource.addProperty("kind", "compute#instance");
        resource.addProperty("id", Long.toString(ThreadLocalRandom.current().nextLong(1L << 60, Long.MAX_VALUE)));
        resource.addProperty("creationTimestamp", Disks.now());
        resource.addProperty("zone", Google.LINK + "projects/" + name.project() + "/zones/" + name.zone());
        resource.addProperty("selfLink", Google.LINK + name.path());
        resource.addProperty("status", "RUNNING");
        resource.add("disks", new JsonArray());
        store.write(store.instanceFile(name), resource);
    }

    /** Deletes the machine, which lets go of its disks. */
    void delete(InstanceName name) {
        var held = attachments(get(name));
        store.delete(store.folder(name.path()));
        for (var attachment : held) {
            source(attachment).ifPresent(disk -> disks.stamp(disk, "lastDetachTimestamp"));
        }
    }

    /**
     * Attaches a disk: of the same zone, or one that is kept there too, and read-write at one machine only.
     *
     * @param force takes a regional disk from the machine that has it, running or not
     */
    void attach(InstanceName name, JsonObject request, boolean force) {
        var instance = get(name);
        var text = Json.text(request, "source", "");
        var disk = source(request).orElseThrow(() -> ApiError.invalid("resource.source", text,
                "The URL is malformed."));
        if (!disk.project().equals(name.project())
                || !(disk.regional() ? Catalog.zonesIn(disk.location()) : List.of(disk.location()))
                        .contains(name.zone())) {
            throw ApiError.invalid("resource.source", text,
                    "Disk must be in the same zone as the instance '" + name.path() + "'.");
        }
        disks.get(disk);
        if (!disks.zones(disk).contains(name.zone())) {
            throw ApiError.invalid("resource.source", text,
                    "Disk has no replica in the zone of the instance '" + name.path() + "'.");
        }
        if (force && !disk.regional()) {
            throw ApiError.invalid("forceAttach", "true", "Only a regional disk can be attached by force.");
        }
        var readOnly = Json.text(request, "mode", "READ_WRITE").equals("READ_ONLY");
        var users = disks.users(disk);
        var shares = readOnly && users.stream().allMatch(user -> attachment(get(user), disk)
                .filter(held -> Json.text(held, "mode", "").equals("READ_ONLY")).isPresent());
        if (force) {
            users.stream().filter(user -> !user.equals(name))
                    .forEach(user -> attachment(get(user), disk).ifPresent(held -> letGo(user, held)));
        } else if (!users.isEmpty() && (!shares || users.contains(name))) {
            throw new OperationError("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", 400, "BAD REQUEST",
                    Disks.inUse(disk, users));
        }
        var device = Json.text(request, "deviceName", disk.name());
        if (attachments(instance).stream().anyMatch(held -> Json.text(held, "deviceName", "").equals(device))) {
            throw ApiError.invalid("resource.deviceName", device,
                    "The device name is already used by another disk of the instance.");
        }
        var attachment = new JsonObject();
        attachment.addProperty("kind", "compute#attachedDisk");
        attachment.addProperty("type", "PERSISTENT");
        attachment.addProperty("mode", readOnly ? "READ_ONLY" : "READ_WRITE");
        attachment.addProperty("source", Google.LINK + disk.path());
        attachment.addProperty("deviceName", device);
        attachment.addProperty("index", attachments(instance).size());
        attachment.addProperty("boot", false);
        attachment.addProperty("autoDelete", false);
        instance.getAsJsonArray("disks").add(attachment);
        store.write(store.instanceFile(name), instance);
        disks.stamp(disk, "lastAttachTimestamp");
    }

    /** Detaches the disk of this device name, whatever runs on it. */
    void detach(InstanceName name, String device) {
        var instance = get(name);
        var held = attachments(instance).stream().filter(disk -> Json.text(disk, "deviceName", "").equals(device))
                .findFirst()
                .orElseThrow(() -> ApiError.invalid("deviceName", device,
                        "No attached disk found with device name '" + device + "'"));
        letGo(name, held);
    }

    private void letGo(InstanceName name, JsonObject held) {
        var instance = get(name);
        instance.getAsJsonArray("disks").remove(held);
        store.write(store.instanceFile(name), instance);
        source(held).ifPresent(disk -> disks.stamp(disk, "lastDetachTimestamp"));
    }

    /** The instance's attachment of this disk. */
    static Optional<JsonObject> attachment(JsonObject instance, DiskName disk) {
        return attachments(instance).stream().filter(held -> source(held).filter(disk::equals).isPresent()).findFirst();
    }

    private static List<JsonObject> attachments(JsonObject instance) {
        return Json.array(instance, "disks").asList().stream().map(item -> item.getAsJsonObject()).toList();
    }

    private static Optional<DiskName> source(JsonObject attachment) {
        var url = Json.text(attachment, "source", "");
        return DiskName.parse(url.substring(Math.max(0, url.indexOf("projects/"))));
    }
}
