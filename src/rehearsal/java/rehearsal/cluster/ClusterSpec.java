package rehearsal.cluster;

import java.util.List;

/**
 * Which GKE cluster to stand up.
 *
 * @param project the Google project of its nodes
 * @param name    its name, as in {@code sky}
 * @param zones   the zones of its nodes, all of one region; the first is the cluster's location
 * @param nodes   how many nodes each zone has
 */
public record ClusterSpec(String project, String name, List<String> zones, int nodes) {

    /** One node in one zone. */
    public static ClusterSpec zonal(String project, String name, String zone) {
        return new ClusterSpec(project, name, List.of(zone), 1);
    }

    /** The name that {@code gcloud container clusters get-credentials} gives its context. */
    public String context() {
        return "gke_" + project + "_" + zones.get(0) + "_" + name;
    }
}
