package rehearsal.google;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What goes wrong at present, by the permission that a call needs, as in {@code compute.disks.create}. */
final class Faults {

    private record Planned(Fault fault, int times) {
    }

    private final Map<String, Planned> byPermission = new ConcurrentHashMap<>();
    private final Set<String> lostZones = ConcurrentHashMap.newKeySet();

    /** From now on the next calls that need this permission meet the fault. */
    void plan(String permission, Fault fault, int times) {
        byPermission.put(permission, new Planned(fault, times));
    }

    void clear() {
        byPermission.clear();
        lostZones.clear();
    }

    /**
     * From now on nothing can be done to the zone's machines: a real zone may answer some calls, so this is the hardest
     * case.
     */
    void lose(String zone) {
        lostZones.add(zone);
    }

    /**
     * Lets a call pass, or throws what goes wrong: that its caller may not, to begin with.
     *
     * @param permission what the call needs
     * @param resource   the path of what is asked for, or of its parent
     */
    void check(Call call, String permission, String resource) {
        call.role().ifPresent(role -> role.require(permission, resource));
        if (permission.startsWith("compute.instances.") && !permission.endsWith(".get")
                && lostZones.stream().anyMatch(zone -> resource.contains("/zones/" + zone + "/"))) {
            throw new ApiError(500, "backendError", "Internal error. Please try again or contact Google Support.");
        }
        var planned = byPermission.get(permission);
        if (planned == null) {
            return;
        }
        byPermission.computeIfPresent(permission,
                (key, now) -> now.times() > 1 ? new Planned(now.fault(), now.times() - 1) : null);
        if (planned.fault() == Fault.LATE) {
            pause();
            return;
        }
        var part = resource.split("/");
        var project = part[1];
        var zone = part.length > 3 && part[2].equals("zones") ? part[3] : "us-central1-a";
        var quota = permission.startsWith("compute.resourcePolicies.")
                ? "Quota 'RESOURCE_POLICIES' exceeded.  Limit: 10.0 in region " + part[3] + "."
                : "Quota 'SSD_TOTAL_GB' exceeded.  Limit: 500.0 in region " + Catalog.regionOf(zone) + ".";
        throw switch (planned.fault()) {
            case DENIED -> ApiError.denied(permission, resource);
            case API_OFF -> new ApiError(403, "accessNotConfigured", "Compute Engine API has not been used in project "
                    + project
                    + " before or it is disabled. Enable it by visiting"
                    + " https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project="
                    + project
                    + " then retry. If you enabled this API recently, wait a few minutes for the action to propagate "
                    + "to our systems and retry.");
            case QUOTA -> new ApiError(403, "quotaExceeded", quota);
            case QUOTA_LATER -> new OperationError("QUOTA_EXCEEDED", 403, "FORBIDDEN", quota);
            case STOCK_OUT -> new OperationError("ZONE_RESOURCE_POOL_EXHAUSTED", 503, "SERVICE UNAVAILABLE",
                    "The zone 'projects/" + project + "/zones/" + zone
                            + "' does not have enough resources available to fulfill the request.  Try a different "
                            + "zone, or try again later.");
            case UNAVAILABLE ->
                    new ApiError(503, "backendError", "Internal error. Please try again or contact Google Support.");
            case GONE -> ApiError.notFound(resource);
            case LATE -> throw new IllegalStateException("answered already");
        };
    }

    private static void pause() {
        try {
            Thread.sleep(2_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
