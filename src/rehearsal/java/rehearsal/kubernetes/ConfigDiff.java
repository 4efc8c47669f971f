package rehearsal.kubernetes;

import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.DiffResponse.DiffChanges;
import rehearsal.provider.Launch;
import rehearsal.provider.Wire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a change of the provider's own settings means (provider's DiffConfig): everything on it is replaced when the
 * active cluster's entry in the kubeconfig differs, and nothing otherwise. A kubeconfig that is named by the same path
 * is no change, whatever the file says by now (facts: 1).
 */
final class ConfigDiff {

    private static final List<String> CLUSTER_KEYS = List.of("kubeconfig", "context", "cluster");

    private ConfigDiff() {
    }

    static DiffResponse diff(Map<String, Object> olds, Map<String, Object> news, Launch launch) {
        var keys = new LinkedHashSet<>(olds.keySet());
        keys.addAll(news.keySet());
        keys.removeIf(key -> Objects.equals(olds.get(key), news.get(key)));
        if (keys.isEmpty()) {
            return DiffResponse.newBuilder().setChanges(DiffChanges.DIFF_NONE).build();
        }
        for (var key : CLUSTER_KEYS) {
            if (news.get(key) == Wire.UNKNOWN) {
                // It may turn out to be another cluster.
                return response(List.of(key), List.of(key));
            }
        }
        var replaces = new ArrayList<String>();
        var before = active(olds, launch);
        var after = active(news, launch);
        if (!before.isEmpty() && !after.isEmpty() && !before.equals(after)) {
            CLUSTER_KEYS.stream().filter(keys::contains).forEach(replaces::add);
        }
        if (Objects.equals(olds.get("clusterIdentifier"), news.get("clusterIdentifier"))
                && news.containsKey("clusterIdentifier")) {
            replaces.clear();
        } else if (olds.containsKey("clusterIdentifier") && news.containsKey("clusterIdentifier")) {
            replaces.add("clusterIdentifier");
        }
        return response(List.copyOf(keys), replaces);
    }

    private static Map<String, Object> active(Map<String, Object> settings, Launch launch) {
        var kubeconfig = settings.getOrDefault("kubeconfig", "").toString();
        if (kubeconfig.isEmpty()) {
            return Map.of();
        }
        try {
            return Kubeconfig.parse(kubeconfig, launch.directory(), launch.environment())
                    .activeCluster(Tree.text(settings, "context"), Tree.text(settings, "cluster"))
                    .orElse(Map.of());
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "failed to parse kubeconfig, which is neither a file nor a kubeconfig's content: "
                            + malformed.getMessage(),
                    malformed);
        }
    }

    private static DiffResponse response(List<String> diffs, List<String> replaces) {
        return DiffResponse.newBuilder().setChanges(DiffChanges.DIFF_SOME).addAllDiffs(diffs).addAllReplaces(replaces)
                .build();
    }
}
