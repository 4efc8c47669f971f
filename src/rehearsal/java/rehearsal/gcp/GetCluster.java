package rehearsal.gcp;

import com.google.gson.JsonObject;
import rehearsal.google.ComputeException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code gcp:container/getCluster:getCluster}, with the part of the official answer that says how to reach the cluster
 * and where its nodes are. It doesn't tell the cluster's status, nor does the official one.
 */
final class GetCluster {

    private GetCluster() {
    }

    static Map<String, Object> invoke(Settings settings, Map<String, Object> arguments) {
        var name = text(arguments, "name").orElseThrow(() -> new ProviderException("name: required field is not set"));
        var project = text(arguments, "project").or(settings::project).orElseThrow(() -> new ProviderException("project: required field is not set"));
        var location = text(arguments, "location").or(settings::zone).orElseThrow(() -> new ProviderException(
                "Cannot determine location: set location in this resource, or set provider-level region or zone"));
        var id = "projects/" + project + "/locations/" + location + "/clusters/" + name;
        try {
            var found = settings.container().orElseThrow(() -> new ProviderException("the rehearsal's gcp plugin talks to no real cloud:"
                    + " set gcp:containerCustomEndpoint to its Google, as in http://127.0.0.1:PORT/container/")).findCluster(id).orElseThrow(() -> new ProviderException(id + " not found"));
            var answer = new LinkedHashMap<String, Object>(arguments);
            answer.put("id", id);
            answer.put("project", project);
            answer.put("location", location);
            answer.put("selfLink", found.get("selfLink").getAsString());
            answer.put("endpoint", found.get("endpoint").getAsString());
            answer.put("enableAutopilot", false);
            // A zonal cluster's own zone is left out.
            answer.put("nodeLocations", strings(found, "locations").filter(zone -> !zone.equals(found.get("zone").getAsString())).toList());
            answer.put("masterAuths", List.of(Map.of("clientCertificate", "", "clientKey", "",
                    "clusterCaCertificate", found.getAsJsonObject("masterAuth").get("clusterCaCertificate").getAsString())));
            answer.put("clusterAutoscalings", List.of(Map.of("enabled", false)));
            answer.put("nodePools", found.getAsJsonArray("nodePools").asList().stream().map(pool -> Map.of(
                    "name", pool.getAsJsonObject().get("name").getAsString(),
                    "autoscalings", List.of(),
                    "nodeLocations", strings(pool.getAsJsonObject(), "locations").toList())).toList());
            return answer;
        } catch (ComputeException e) {
            throw new ProviderException("Error when reading or editing Container Cluster \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static Optional<String> text(Map<String, Object> arguments, String key) {
        return arguments.get(key) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    private static Stream<String> strings(JsonObject object, String field) {
        return object.getAsJsonArray(field).asList().stream().map(item -> item.getAsString());
    }
}
