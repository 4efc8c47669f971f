package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.container.ContainerFunctions;
import com.pulumi.gcp.container.inputs.GetClusterPlainArgs;
import com.pulumi.gcp.container.outputs.GetClusterNodePool;
import com.pulumi.gcp.container.outputs.GetClusterResult;
import skystate.config.Settings.Cluster;
import skystate.config.Settings.Cluster.Gke;
import skystate.config.Settings.Disk;
import skystate.config.State;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Looks a GKE cluster up by its name, at preview too, and makes the kubeconfig that reaches it. */
final class GkeLookup {

    private GkeLookup() {
    }

    /**
     * Looks the cluster up, if the config names one.
     *
     * @param cluster the cluster as the config has it
     * @param state   where the server keeps its state: a disk has to have a node in its zone, or one of its two
     * @return the cluster with all that it takes to reach it
     * @throws RunException if there is no such cluster, it is not ready, or can have no node in the zone
     */
    static Cluster look(Cluster cluster, State state) {
        return cluster.gke().map(gke -> {
            var found = ask(gke);
            var nodesComing = false;
            if (state instanceof Disk disk) {
                refuseElsewhere(gke, found, disk.zones());
                nodesComing = disk.zones().stream().anyMatch(zone -> makesNodes(found, zone));
            }
            return cluster.reachedBy(kubeconfig(gke, found), cluster.nodesOnDemand() || nodesComing);
        }).orElse(cluster);
    }

    private static GetClusterResult ask(Gke gke) {
        return new GoogleQuestion("GKE cluster " + gke.id(), gke.gcloud("describe")).find(gke.id() + " not found", ContainerFunctions.getClusterPlain(
                GetClusterPlainArgs.builder().project(gke.project()).location(gke.location()).name(gke.name()).build())).orElseThrow(() ->
                new RunException("There is no GKE cluster " + gke.id() + "; nothing was changed, and the disk is safe.\nTo go on in another one:\n  "
                        + gke.another() + "\n  pulumi up --run-program"));
    }

    /** The zones in which it has nodes, or may have: of a zonal cluster the provider leaves out the cluster's own. */
    private static void refuseElsewhere(Gke gke, GetClusterResult found, List<String> wanted) {
        var zones = new TreeSet<>(nullable(found.nodeLocations()));
        nullable(found.nodePools()).forEach(pool -> zones.addAll(nullable(pool.nodeLocations())));
        if (gke.isZonal()) {
            zones.add(gke.location());
        }
        if (!zones.isEmpty() && wanted.stream().noneMatch(zones::contains)) {
            throw new RunException("The GKE cluster " + gke.id() + " has nodes in " + String.join(", ", zones) + " only, and the disk is in " + String.join(" and ", wanted)
                    + ": no server could run on it. Nothing was changed.\nAdd a node pool in " + String.join(" or ", wanted) + ", or name a cluster that has one:\n"
                    + "  gcloud container node-pools create state --cluster " + gke.name() + " --node-locations " + String.join(",", wanted) + " --location " + gke.location()
                    + " --project " + gke.project() + "\n  " + gke.another());
        }
    }

    /** Whether it makes a node in the zone once a pod needs one: Autopilot, node auto-provisioning, or a pool that scales there. */
    private static boolean makesNodes(GetClusterResult found, String zone) {
        return Boolean.TRUE.equals(found.enableAutopilot())
                || nullable(found.clusterAutoscalings()).stream().anyMatch(scaling -> Boolean.TRUE.equals(scaling.enabled()))
                || nullable(found.nodePools()).stream().anyMatch(pool -> scales(pool) && nullable(pool.nodeLocations()).contains(zone));
    }

    private static boolean scales(GetClusterNodePool pool) {
        return nullable(pool.autoscalings()).stream().anyMatch(scaling -> positive(scaling.maxNodeCount()) || positive(scaling.totalMaxNodeCount()));
    }

    /**
     * No secret is in it: who asks logs in by the plugin, with the credentials by which the gcp provider asks Google. It is the same
     * text as long as the cluster has the same address and certificate.
     */
    private static String kubeconfig(Gke gke, GetClusterResult found) {
        var certificate = nullable(found.masterAuths()).stream().findFirst().flatMap(auth -> Optional.ofNullable(auth.clusterCaCertificate())).orElse("");
        if (found.endpoint() == null || found.endpoint().isEmpty() || certificate.isEmpty()) {
            throw new RunException("The GKE cluster " + gke.id() + " has no address: it is being made or deleted, or is in error. Nothing was changed.\n"
                    + "This tells which; once it is RUNNING, run the same command again:\n  " + gke.status());
        }
        return """
                apiVersion: v1
                kind: Config
                current-context: %1$s
                clusters:
                - name: %1$s
                  cluster:
                    server: https://%2$s
                    certificate-authority-data: %3$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                users:
                - name: %1$s
                  user:
                    exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      command: %4$s
                      args: [--use_application_default_credentials]
                      installHint: gcloud components install %4$s
                      provideClusterInfo: true
                """.formatted(gke.context(), found.endpoint(), certificate, ClusterLookup.PLUGIN);
    }

    private static <T> List<T> nullable(List<T> list) {
        return list == null ? List.of() : list;
    }

    private static boolean positive(Integer count) {
        return count != null && count > 0;
    }
}
