package skystate.config;

/**
 * The stack's config, read and checked.
 *
 * @param state           where the API server keeps its state
 * @param cluster         how to reach the Kubernetes cluster
 * @param server          the API server's release
 * @param computeEndpoint URL of the Compute Engine API, with a slash at its end
 */
public record Settings(Persistence state, ClusterSettings cluster, ServerSettings server, String computeEndpoint) {

    /** The same settings with this version of the chart. {@link ChartSettings#known} stays. */
    public Settings ofChartVersion(String version) {
        return new Settings(state, cluster, server.ofChartVersion(version), computeEndpoint);
    }
}
