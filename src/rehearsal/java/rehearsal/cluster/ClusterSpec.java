package rehearsal.cluster;

import java.util.List;

/**
 * Which cluster to stand up.
 *
 * @param cloud   whose it is
 * @param project the Google project of its nodes, or the Amazon account
 * @param name    its name, as in {@code sky}
 * @param zones   the zones of its nodes, all of one region; the first is the cluster's location
 * @param nodes   how many nodes each zone has
 */
public record ClusterSpec(Cloud cloud, String project, String name, List<String> zones, int nodes) {

    /** A managed Kubernetes. */
    public enum Cloud { GKE, EKS }

    /** One of GKE. */
    public ClusterSpec(String project, String name, List<String> zones, int nodes) {
        this(Cloud.GKE, project, name, zones, nodes);
    }

    /** One node in one zone, at Amazon. */
    public static ClusterSpec eks(String name, String zone) {
        return new ClusterSpec(Cloud.EKS, "123456789012", name, List.of(zone), 1);
    }

    /** One node in one zone. */
    public static ClusterSpec zonal(String project, String name, String zone) {
        return new ClusterSpec(project, name, List.of(zone), 1);
    }

    /**
     * The name that {@code gcloud container clusters get-credentials}, or {@code aws eks update-kubeconfig}, gives its
     * context.
     */
    public String context() {
        var zone = zones.get(0);
        return switch (cloud) {
            case GKE -> "gke_" + project + "_" + zone + "_" + name;
            case EKS -> "arn:aws:eks:" + zone.substring(0, zone.length() - 1) + ":" + project + ":cluster/" + name;
        };
    }
}
