package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Resource policies that are snapshot schedules, by the API's rules, and their attachment to disks: at most one to a
 * disk.
 */
final class ResourcePolicies {

    private final Store store;

    ResourcePolicies(Store store) {
        this.store = store;
    }

    JsonObject get(ResourcePolicyName name) {
        return find(name).orElseThrow(() -> ApiError.notFound(name.path()));
    }

    Optional<JsonObject> find(ResourcePolicyName name) {
        return store.read(store.policyFile(name));
    }

    void create(String project, String region, JsonObject request) {
        var name = new ResourcePolicyName(project, region, Json.text(request, "name", ""));
        Disks.checkName(name.name());
        if (find(name).isPresent()) {
            throw new ApiError(409, "alreadyExists", "The resource '" + name.path() + "' already exists");
        }
        check(request);
        var resource = request.deepCopy();
        resource.addProperty("kind", "compute#resourcePolicy");
        resource.addProperty("id", Long.toString(ThreadLocalRandom.current().nextLong(1L << 60, Long.MAX_VALUE)));
        resource.addProperty("creationTimestamp", Disks.now());
        resource.addProperty("region", Google.LINK + "projects/" + project + "/regions/" + region);
        resource.addProperty("selfLink", Google.LINK + name.path());
        resource.addProperty("status", "READY");
        store.write(store.policyFile(name), resource);
    }

    /** Changes what the request names of the schedule, in use or not. */
    void patch(ResourcePolicyName name, JsonObject request) {
        var resource = get(name);
        merge(resource, request);
        check(resource);
        store.write(store.policyFile(name), resource);
    }

    /** Deletes a policy that no disk has. */
    void delete(ResourcePolicyName name) {
        get(name);
        disks(name.project()).filter(disk -> disk.region().equals(name.region()))
                .filter(disk -> has(disk, name)).findFirst().ifPresent(disk -> {
                    throw ApiError.badRequest("resourceInUseByAnotherResource",
                            "The resource_policy resource '" + name.path() + "' is already being used by '"
                                    + disk.path() + "'");
                });
        store.delete(store.folder(name.path()));
    }

    /** Attaches the policies that the request names. */
    void attach(DiskName disk, JsonObject request) {
        var resource = store.read(store.diskFile(disk)).orElseThrow(() -> ApiError.notFound(disk.path()));
        var attached = Json.array(resource, "resourcePolicies").deepCopy();
        for (var item : Json.array(request, "resourcePolicies")) {
            var link = Google.LINK + named(item.getAsString(), disk).path();
            if (!attached.isEmpty()) {
                throw ApiError.invalid("resource.resourcePolicies", item.getAsString(),
                        "A disk takes one snapshot schedule, and '" + disk.path()
                                + "' has " + attached.get(0).getAsString());
            }
            attached.add(link);
        }
        resource.add("resourcePolicies", attached);
        store.write(store.diskFile(disk), resource);
    }

    /** Detaches the policies that the request names. */
    void detach(DiskName disk, JsonObject request) {
        var resource = store.read(store.diskFile(disk)).orElseThrow(() -> ApiError.notFound(disk.path()));
        var attached = Json.array(resource, "resourcePolicies").deepCopy();
        for (var item : Json.array(request, "resourcePolicies")) {
            var policy = ResourcePolicyName.parse(item.getAsString()).orElseThrow(() -> malformed(item.getAsString()));
            if (!attached.remove(Json.toJson(Google.LINK + policy.path()))) {
                throw ApiError.invalid("resource.resourcePolicies", item.getAsString(),
                        "The policy is not attached to '" + disk.path() + "'.");
            }
        }
        if (attached.isEmpty()) {
            resource.remove("resourcePolicies");
        } else {
            resource.add("resourcePolicies", attached);
        }
        store.write(store.diskFile(disk), resource);
    }

    /** Every disk of a project, wherever it is. */
    Stream<DiskName> disks(String project) {
        return Stream.concat(Catalog.zones().stream(), Catalog.REGIONS.keySet().stream())
                .flatMap(location -> store.disks(project, location).stream());
    }

    /** The schedule that a disk has. */
    Optional<ResourcePolicyName> of(DiskName disk) {
        return store.read(store.diskFile(disk))
                .flatMap(resource -> Json.array(resource, "resourcePolicies").asList().stream()
                        .flatMap(link -> ResourcePolicyName.parse(link.getAsString()).stream()).findFirst());
    }

    /** Refuses a disk's request that names a policy which is not there, or more than one. */
    void checkNew(DiskName disk, JsonArray policies) {
        policies.forEach(item -> named(item.getAsString(), disk));
        if (policies.size() > 1) {
            throw ApiError.invalid("resource.resourcePolicies", policies.get(1).getAsString(),
                    "A disk takes one snapshot schedule.");
        }
    }

    private boolean has(DiskName disk, ResourcePolicyName policy) {
        return of(disk).filter(policy::equals).isPresent();
    }

    private ResourcePolicyName named(String text, DiskName disk) {
        var policy = ResourcePolicyName.parse(text).orElseThrow(() -> malformed(text));
        get(policy);
        if (!policy.region().equals(disk.region())) {
            throw ApiError.invalid("resource.resourcePolicies", text,
                    "The policy must be in the region of the disk '" + disk.path() + "'.");
        }
        return policy;
    }

    private static ApiError malformed(String text) {
        return ApiError.invalid("resource.resourcePolicies", text, "The URL is malformed.");
    }

    /** Daily schedules alone are rehearsed. */
    private static void check(JsonObject policy) {
        var schedule = part(part(part(policy, "snapshotSchedulePolicy"), "schedule"), "dailySchedule");
        if (schedule.size() == 0) {
            throw ApiError.notRehearsed("resource policy but a daily snapshot schedule");
        }
        if (!Json.text(schedule, "daysInCycle", "").equals("1")) {
            throw ApiError.invalid("resource.snapshotSchedulePolicy.schedule.dailySchedule.daysInCycle",
                    Json.text(schedule, "daysInCycle", ""), "Must be 1.");
        }
        if (!Json.text(schedule, "startTime", "").matches("([01]\\d|2[0-3]):00")) {
            throw ApiError.invalid("resource.snapshotSchedulePolicy.schedule.dailySchedule.startTime",
                    Json.text(schedule, "startTime", ""), "Must be a whole hour.");
        }
        var retention = part(part(policy, "snapshotSchedulePolicy"), "retentionPolicy");
        if (retention.size() > 0 && !Json.text(retention, "maxRetentionDays", "0").matches("[1-9]\\d{0,4}")) {
            throw ApiError.invalid("resource.snapshotSchedulePolicy.retentionPolicy.maxRetentionDays",
                    Json.text(retention, "maxRetentionDays", "0"), "Must be a positive number of days.");
        }
        Disks.checkLabels(Json.strings(part(part(policy, "snapshotSchedulePolicy"), "snapshotProperties"), "labels"));
    }

    static JsonObject part(JsonObject object, String field) {
        return object.has(field) && object.get(field).isJsonObject() ? object.getAsJsonObject(field) : new JsonObject();
    }

    private static void merge(JsonObject into, JsonObject from) {
        from.asMap().forEach((field, value) -> {
            if (value.isJsonObject() && into.has(field) && into.get(field).isJsonObject()) {
                merge(into.getAsJsonObject(field), value.getAsJsonObject());
            } else {
                into.add(field, value);
            }
        });
    }
}
