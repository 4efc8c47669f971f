package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * GKE's API, as far as the gcp provider asks it for a cluster. The clusters are those that the rehearsal runs: unlike a
 * disk none outlives its process, so they are kept in no file.
 */
final class Clusters {

    private static final String CLUSTER = "*/projects/*/locations/*/clusters/*";

    private final Map<String, JsonObject> byId = new ConcurrentHashMap<>();
    private final Store store;
    private final Faults faults;

    Clusters(Store store, Faults faults) {
        this.store = store;
        this.faults = faults;
    }

    /** Has a cluster run: its zones, of which the first is its location, its API server, and that one's certificate in Base64. */
    void add(String project, String name, List<String> zones, String endpoint, String certificate) {
        var locations = new JsonArray();
        zones.forEach(locations::add);
        var auth = new JsonObject();
        auth.addProperty("clusterCaCertificate", certificate);
        var pool = new JsonObject();
        pool.addProperty("name", "default-pool");
        pool.addProperty("status", "RUNNING");
        pool.add("locations", locations);
        var pools = new JsonArray();
        pools.add(pool);
        var cluster = new JsonObject();
        cluster.addProperty("name", name);
        cluster.addProperty("location", zones.get(0));
        cluster.addProperty("zone", zones.get(0));
        cluster.addProperty("status", "RUNNING");
        cluster.addProperty("endpoint", endpoint);
        cluster.addProperty("selfLink", "https://container.googleapis.com/v1beta1/" + id(project, zones.get(0), name));
        cluster.add("locations", locations);
        cluster.add("masterAuth", auth);
        cluster.add("nodePools", pools);
        byId.put(id(project, zones.get(0), name), cluster);
    }

    void remove(String project, String name, String location) {
        byId.remove(id(project, location, name));
    }

    /** Answers a call below its API's version. */
    JsonObject answer(Call call) {
        if (!call.is("GET", CLUSTER) || !List.of("v1", "v1beta1").contains(call.at(0))) {
            throw ApiError.notRehearsed("call " + call.method() + " " + call.path() + " of GKE's API");
        }
        var id = id(call.at(2), call.at(4), call.at(6));
        faults.check(call, "container.clusters.get", id);
        if (!store.hasProject(call.at(2)) || !byId.containsKey(id)) {
            throw new ApiError(404, "notFound", "Not found: " + id + ".");
        }
        return byId.get(id);
    }

    private static String id(String project, String location, String name) {
        return "projects/" + project + "/locations/" + location + "/clusters/" + name;
    }
}
