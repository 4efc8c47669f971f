package rehearsal.google;

/** Where a virtual machine (a cluster's node) is. */
public record InstanceName(String project, String zone, String name) {

    /** {@code projects/P/zones/Z/instances/I}. */
    public String path() {
        return "projects/" + project + "/zones/" + zone + "/instances/" + name;
    }
}
