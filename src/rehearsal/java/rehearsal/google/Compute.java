package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which call does what, and which permission it needs. One call at a time, so that two attachers can't both win. */
final class Compute {

    private static final String ZONE = "projects/*/zones/*";
    private static final String REGION = "projects/*/regions/*";

    private final Store store;
    private final Faults faults;
    private final Operations operations;
    private final Disks disks;
    private final ResourcePolicies policies;
    private final Snapshots snapshots;
    private final Instances instances;

    Compute(Store store, Faults faults, Operations operations) {
        this.store = store;
        this.faults = faults;
        this.operations = operations;
        this.policies = new ResourcePolicies(store);
        this.disks = new Disks(store, policies);
        this.snapshots = new Snapshots(store, disks, policies);
        this.instances = new Instances(store, disks);
    }

    synchronized Optional<JsonObject> disk(DiskName name) {
        return disks.find(name);
    }

    synchronized List<InstanceName> users(DiskName name) {
        return disks.users(name);
    }

    synchronized void dayPasses() {
        snapshots.dayPasses();
    }

    JsonObject answer(Call call) {
        // Waiting must not keep others from calling.
        return call.is("POST", ZONE + "/operations/*/wait") || call.is("POST", REGION + "/operations/*/wait")
                ? operations.await(call.path().substring(0, call.path().length() - "/wait".length()))
                : answerAlone(call);
    }

    private synchronized JsonObject answerAlone(Call call) {
        if (call.segments().size() < 2 || !call.at(0).equals("projects")) {
            throw unknown(call);
        }
        var project = call.at(1);
        if (!store.hasProject(project)) {
            throw new ApiError(404, "notFound", "The resource 'projects/" + project + "' was not found");
        }
        if (call.is("GET", "projects/*")) {
            faults.check(call, "compute.projects.get", call.path());
            return place("compute#project", project, call.path());
        }
        if (call.is("GET", "projects/*/zones")) {
            faults.check(call, "compute.zones.list", call.path());
            return Google.items("compute#zoneList", Catalog.zones().stream().map(zone -> zone(project, zone)).toList());
        }
        if (call.is("GET", "projects/*/regions")) {
            faults.check(call, "compute.regions.list", call.path());
            return Google.items("compute#regionList",
                    Catalog.REGIONS.keySet().stream().sorted().map(region -> region(project, region)).toList());
        }
        if (call.is("GET", "projects/*/regions/*")) {
            faults.check(call, "compute.regions.get", call.path());
            if (!Catalog.REGIONS.containsKey(call.at(3))) {
                throw ApiError.notFound(call.path());
            }
            return region(project, call.at(3));
        }
        if (call.is("GET", "projects/*/aggregated/disks")) {
            faults.check(call, "compute.disks.list", "projects/" + project);
            return aggregated(project, call.query().get("filter"));
        }
        if (call.segments().size() >= 4 && call.at(2).equals("global")) {
            return global(call, project);
        }
        if (call.segments().size() >= 4 && call.at(2).equals("zones")) {
            return inZone(call, project, call.at(3));
        }
        if (call.segments().size() >= 5 && call.at(2).equals("regions")) {
            return inRegion(call, project, call.at(3));
        }
        throw unknown(call);
    }

    private JsonObject global(Call call, String project) {
        if (call.is("GET", "projects/*/global/operations/*")) {
            faults.check(call, "compute.globalOperations.get", call.path());
            return operations.get(call.path());
        }
        if (call.is("GET", "projects/*/global/snapshots")) {
            faults.check(call, "compute.snapshots.list", "projects/" + project);
            return Google.items("compute#snapshotList", snapshots.list(project, call.query().get("filter")));
        }
        if (call.is("GET", "projects/*/global/snapshots/*")) {
            faults.check(call, "compute.snapshots.get", call.path());
            return snapshots.get(new SnapshotName(project, call.at(4)));
        }
        if (call.is("DELETE", "projects/*/global/snapshots/*")) {
            return operate(call, "delete", "compute.snapshots.delete", "projects/" + project + "/global", call.path(),
                    () -> snapshots.delete(new SnapshotName(project, call.at(4))));
        }
        throw unknown(call);
    }

    private JsonObject inZone(Call call, String project, String zone) {
        var known = Catalog.zones().contains(zone);
        if (call.is("GET", ZONE)) {
            faults.check(call, "compute.zones.get", call.path());
            if (!known) {
                throw ApiError.notFound(call.path());
            }
            return zone(project, zone);
        }
        if (!known) {
            throw ApiError.invalid("zone", zone, "Unknown zone.");
        }
        if (call.is("GET", ZONE + "/operations/*")) {
            faults.check(call, "compute.zoneOperations.get", call.path());
            return operations.get(call.path());
        }
        if (call.is("GET", ZONE + "/diskTypes/*")) {
            faults.check(call, "compute.diskTypes.get", call.path());
            return place("compute#diskType",
                    DiskType.named(call.at(5)).orElseThrow(() -> ApiError.notFound(call.path())).name(), call.path());
        }
        if (call.segments().size() >= 5 && call.at(4).equals("disks")) {
            return disks(call, project, zone, ZONE);
        }
        if (call.segments().size() >= 5 && call.at(4).equals("instances")) {
            return instances(call, project, zone);
        }
        throw unknown(call);
    }

    private JsonObject inRegion(Call call, String project, String region) {
        if (!Catalog.REGIONS.containsKey(region)) {
            throw ApiError.invalid("region", region, "Unknown region.");
        }
        if (call.is("GET", REGION + "/operations/*")) {
            faults.check(call, "compute.regionOperations.get", call.path());
            return operations.get(call.path());
        }
        if (call.at(4).equals("disks")) {
            return disks(call, project, region, REGION);
        }
        if (call.at(4).equals("resourcePolicies")) {
            return policies(call, project, region);
        }
        throw unknown(call);
    }

    private JsonObject policies(Call call, String project, String region) {
        var place = "projects/" + project + "/regions/" + region;
        if (call.is("POST", REGION + "/resourcePolicies")) {
            var policy = new ResourcePolicyName(project, region, Json.text(call.body(), "name", ""));
            return operate(call, "insert", "compute.resourcePolicies.create", place, policy.path(),
                    () -> policies.create(project, region, call.body()));
        }
        var policy = new ResourcePolicyName(project, region, call.segments().size() > 5 ? call.at(5) : "");
        if (call.is("GET", REGION + "/resourcePolicies/*")) {
            faults.check(call, "compute.resourcePolicies.get", policy.path());
            return policies.get(policy);
        }
        if (call.is("PATCH", REGION + "/resourcePolicies/*")) {
            return operate(call, "patch", "compute.resourcePolicies.update", place, policy.path(),
                    () -> policies.patch(policy, call.body()));
        }
        if (call.is("DELETE", REGION + "/resourcePolicies/*")) {
            return operate(call, "delete", "compute.resourcePolicies.delete", place, policy.path(),
                    () -> policies.delete(policy));
        }
        throw unknown(call);
    }

    /** @param place the pattern of a zone or region */
    private JsonObject disks(Call call, String project, String location, String place) {
        if (call.is("GET", place + "/disks")) {
            faults.check(call, "compute.disks.list", "projects/" + project);
            return Google.items("compute#diskList", disks.list(project, location, call.query().get("filter")));
        }
        if (call.is("POST", place + "/disks")) {
            var disk = new DiskName(project, location, Json.text(call.body(), "name", ""));
            return operate(call, "insert", "compute.disks.create", disk.place(), disk.path(), () -> {
                checkParts(call, disk);
                disks.create(project, location, call.body());
            });
        }
        var disk = new DiskName(project, location, call.segments().size() > 5 ? call.at(5) : "");
        if (call.is("GET", place + "/disks/*")) {
            faults.check(call, "compute.disks.get", disk.path());
            return disks.get(disk);
        }
        if (call.is("DELETE", place + "/disks/*")) {
            return operate(call, "delete", "compute.disks.delete", disk.place(), disk.path(), () -> disks.delete(disk));
        }
        if (call.is("PATCH", place + "/disks/*")) {
            return operate(call, "update", "compute.disks.update", disk.place(), disk.path(),
                    () -> disks.update(disk, call.query().getOrDefault("paths", ""), call.body()));
        }
        if (call.is("POST", place + "/disks/*/setLabels")) {
            return operate(call, "setLabels", "compute.disks.setLabels", disk.place(), disk.path(),
                    () -> disks.setLabels(disk, call.body()));
        }
        if (call.is("POST", place + "/disks/*/resize")) {
            return operate(call, "resize", "compute.disks.resize", disk.place(), disk.path(),
                    () -> disks.resize(disk, call.body()));
        }
        if (call.is("POST", place + "/disks/*/addResourcePolicies")) {
            return operate(call, "addResourcePolicies", "compute.disks.addResourcePolicies", disk.place(), disk.path(),
                    () -> {
                        checkPolicies(call);
                        policies.attach(disk, call.body());
                    });
        }
        if (call.is("POST", place + "/disks/*/removeResourcePolicies")) {
            return operate(call, "removeResourcePolicies", "compute.disks.removeResourcePolicies", disk.place(),
                    disk.path(), () -> {
                        checkPolicies(call);
                        policies.detach(disk, call.body());
                    });
        }
        if (call.is("POST", place + "/disks/*/createSnapshot")) {
            return operate(call, "createSnapshot", "compute.snapshots.create", disk.place(), disk.path(),
                    () -> snapshots.create(disk, call.body()));
        }
        throw unknown(call);
    }

    /** What a new disk is made with takes permissions of its own. */
    private void checkParts(Call call, DiskName disk) {
        if (!Json.strings(call.body(), "labels").isEmpty()) {
            faults.check(call, "compute.disks.setLabels", disk.path());
        }
        if (call.body().has("sourceSnapshot")) {
            faults.check(call, "compute.snapshots.useReadOnly",
                    Json.text(call.body(), "sourceSnapshot", "").replaceFirst(".*/projects/", "projects/"));
        }
        checkPolicies(call);
    }

    private void checkPolicies(Call call) {
        for (var policy : Json.array(call.body(), "resourcePolicies")) {
            faults.check(call, "compute.resourcePolicies.use",
                    policy.getAsString().replaceFirst(".*/projects/", "projects/"));
        }
    }

    private JsonObject instances(Call call, String project, String zone) {
        if (call.is("GET", ZONE + "/instances")) {
            faults.check(call, "compute.instances.list", "projects/" + project);
            return Google.items("compute#instanceList", instances.list(project, zone, call.query().get("filter")));
        }
        if (call.is("POST", ZONE + "/instances")) {
            var instance = new InstanceName(project, zone, Json.text(call.body(), "name", ""));
            return operate(call, "insert", "compute.instances.create", project, zone, instance.path(),
                    () -> instances.create(instance, call.body()));
        }
        var instance = new InstanceName(project, zone, call.segments().size() > 5 ? call.at(5) : "");
        if (call.is("GET", ZONE + "/instances/*")) {
            faults.check(call, "compute.instances.get", instance.path());
            return instances.get(instance);
        }
        if (call.is("DELETE", ZONE + "/instances/*")) {
            return operate(call, "delete", "compute.instances.delete", project, zone, instance.path(),
                    () -> instances.delete(instance));
        }
        if (call.is("POST", ZONE + "/instances/*/attachDisk")) {
            return operate(call, "attachDisk", "compute.instances.attachDisk", project, zone, instance.path(),
                    () -> instances.attach(instance, call.body(), "true".equals(call.query().get("forceAttach"))));
        }
        if (call.is("POST", ZONE + "/instances/*/detachDisk")) {
            return operate(call, "detachDisk", "compute.instances.detachDisk", project, zone, instance.path(),
                    () -> instances.detach(instance, call.query().getOrDefault("deviceName", "")));
        }
        throw unknown(call);
    }

    private JsonObject operate(Call call, String type, String permission, String project, String zone, String target,
                               Runnable work) {
        return operate(call, type, permission, "projects/" + project + "/zones/" + zone, target, work);
    }

    private JsonObject operate(Call call, String type, String permission, String place, String target, Runnable work) {
        return operations.run(type, place, target, () -> {
            faults.check(call, permission, target);
            work.run();
        });
    }

    private JsonObject aggregated(String project, String filter) {
        var items = new JsonObject();
        Stream.concat(Catalog.zones().stream(), Catalog.REGIONS.keySet().stream()).forEach(location -> {
            var found = disks.list(project, location, filter);
            if (!found.isEmpty()) {
                var array = new JsonArray();
                found.forEach(array::add);
                var scoped = new JsonObject();
                scoped.add("disks", array);
                items.add(new DiskName(project, location, "").place().replace("projects/" + project + "/", ""), scoped);
            }
        });
        var list = new JsonObject();
        list.addProperty("kind", "compute#diskAggregatedList");
        list.add("items", items);
        return list;
    }

    private JsonObject zone(String project, String zone) {
        var resource = place("compute#zone", zone, "projects/" + project + "/zones/" + zone);
        resource.addProperty("status", "UP");
        resource.addProperty("region", Google.LINK + "projects/" + project + "/regions/" + Catalog.regionOf(zone));
        return resource;
    }

    private JsonObject region(String project, String region) {
        var resource = place("compute#region", region, "projects/" + project + "/regions/" + region);
        resource.addProperty("status", "UP");
        var zones = new JsonArray();
        Stream.of(Catalog.REGIONS.get(region).split(""))
                .forEach(letter -> zones.add(Google.LINK + "projects/" + project + "/zones/" + region + "-" + letter));
        resource.add("zones", zones);
        return resource;
    }

    private JsonObject place(String kind, String name, String path) {
        var resource = new JsonObject();
        resource.addProperty("kind", kind);
        resource.addProperty("name", name);
        resource.addProperty("selfLink", Google.LINK + path);
        return resource;
    }

    private static ApiError unknown(Call call) {
        return ApiError.notRehearsed("answer to " + call.method() + " /compute/v1/" + call.path());
    }
}
