package rehearsal.gcp;

import rehearsal.google.ResourcePolicyName;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code gcp:compute/getResourcePolicy:getResourcePolicy}: what is one thing in the resource is a list of one here. */
final class GetResourcePolicy {

    private GetResourcePolicy() {
    }

    static Map<String, Object> invoke(Settings settings, Map<String, Object> arguments) {
        var name = new ResourcePolicyName(argument(settings, arguments, "project"),
                argument(settings, arguments, "region"),
                argument(settings, arguments, "name"));
        var policy = ResourcePolicy.read(settings, name)
                .orElseThrow(() -> new ProviderException(name.path() + " not found"));
        var answer = new LinkedHashMap<>(policy);
        answer.remove(ResourcePolicy.SCHEDULE);
        answer.putIfAbsent("description", "");
        for (var none : List.of("diskConsistencyGroupPolicies", "groupPlacementPolicies", "instanceSchedulePolicies")) {
            answer.put(none, List.of());
        }
        var schedule = object(policy.get(ResourcePolicy.SCHEDULE));
        var retention = new LinkedHashMap<String, Object>(Map.of("onSourceDiskDelete", ""));
        retention.putAll(object(schedule.get("retentionPolicy")));
        answer.put("snapshotSchedulePolicies", List.of(Map.of(
                "schedules",
                List.of(Map.of("dailySchedules", List.of(object(object(schedule.get("schedule")).get("dailySchedule"))),
                        "hourlySchedules", List.of(), "weeklySchedules", List.of())),
                "retentionPolicies", retention.containsKey("maxRetentionDays") ? List.of(retention) : List.of(),
                "snapshotProperties", List.of())));
        return answer;
    }

    private static String argument(Settings settings, Map<String, Object> arguments, String key) {
        return ResourcePolicy.text(arguments, key)
                .or(() -> key.equals("project") ? settings.project() : Optional.empty())
                .orElseThrow(() -> new ProviderException(key + ": required field is not set"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }
}
