package skystate.config;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import skystate.config.Settings.Cluster;
import skystate.config.Settings.Cluster.Gke;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads which cluster it is: the name of a GKE cluster, or a context and a kubeconfig. */
final class ClusterReader {

    /** The line that names a cluster. */
    static final String BY_NAME = "pulumi config set --path cluster.name CLUSTER && pulumi config set --path cluster.location LOCATION";
    private static final List<String> PARTS = List.of("name", "location");
    /** GKE's names: up to 40 characters. */
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,38}[a-z0-9])?");
    private static final Pattern LOCATION = Pattern.compile("([a-z]+-[a-z]+\\d+)(-[a-z])?");

    private final Keys keys;
    private final Path folder;

    private ClusterReader(Keys keys, Path folder) {
        this.keys = keys;
        this.folder = folder;
    }

    /**
     * Reads and checks the keys {@code cluster}, {@code context}, {@code kubeconfig} and {@code nodesOnDemand}.
     *
     * @param folder the project's folder, from which a relative path of a kubeconfig is meant
     * @param state  where the state is: a disk's project is the cluster's own, and so has to be the region
     */
    static Cluster read(Keys keys, Path folder, State state) {
        var reader = new ClusterReader(keys, folder);
        var nodesOnDemand = keys.yes("nodesOnDemand", "false");
        return keys.source().get("cluster").filter(given -> !given.equals("{}"))
                .map(given -> reader.byName(given, state, nodesOnDemand))
                .orElseGet(() -> reader.byContext(nodesOnDemand));
    }

    private Cluster byName(String given, State state, boolean nodesOnDemand) {
        for (var other : List.of("context", "kubeconfig")) {
            if (keys.source().get(other).isPresent()) {
                keys.problems().bad(other, "cluster names the cluster already, and one of the two decides", "pulumi config rm " + other);
            }
        }
        var project = state instanceof Settings.Disk disk ? disk.project() : state instanceof Database.CloudSql instance ? instance.project() : DiskReader.project(keys);
        var parts = parts(given);
        if (parts.isEmpty()) {
            keys.bad("cluster", given, "it has name and location", "pulumi config rm cluster && " + BY_NAME);
            return Cluster.named(new Gke(project, "", ""), nodesOnDemand);
        }
        var name = part(parts, "name", NAME, "a GKE cluster's name has up to 40 lower-case letters, digits and hyphens, a letter first, no hyphen last");
        var location = part(parts, "location", LOCATION, "it is the cluster's zone, as in us-east5-b, or its region, as in us-east5");
        var region = LOCATION.matcher(location);
        if (state instanceof Settings.Disk disk && region.matches() && !disk.zone().isEmpty() && !disk.zone().startsWith(region.group(1) + "-")) {
            keys.bad("cluster.location", location, "the disk is in " + disk.zone() + ", and no node of a cluster there can be: a disk attaches in its own zone only",
                    "pulumi config set --path cluster.location " + disk.zone());
        }
        return Cluster.named(new Gke(project, location, name), nodesOnDemand);
    }

    /** Its parts; none if it is no object that has any. */
    private Map<String, String> parts(String given) {
        var parts = new HashMap<String, String>();
        try {
            JsonParser.parseString(given).getAsJsonObject().entrySet().forEach(entry -> {
                if (!PARTS.contains(entry.getKey())) {
                    keys.problems().bad("cluster." + entry.getKey(), "there is no such key: a cluster has name and location",
                            "pulumi config rm --path cluster." + entry.getKey());
                }
                parts.put(entry.getKey(), Parts.text(entry.getValue()));
            });
        } catch (JsonParseException | IllegalStateException noObject) {
            parts.clear();
        }
        return parts;
    }

    private String part(Map<String, String> parts, String part, Pattern pattern, String why) {
        var value = parts.getOrDefault(part, "");
        if (!pattern.matcher(value).matches()) {
            keys.bad("cluster." + part, value, value.isEmpty() ? "it is missing" : why,
                    "pulumi config set --path cluster." + part + " " + part.toUpperCase(Locale.ROOT) + "    # gcloud container clusters list");
        }
        return value;
    }

    private Cluster byContext(boolean nodesOnDemand) {
        var kubeconfig = keys.source().get("kubeconfig");
        var context = keys.source().get("context");
        var contents = kubeconfig.filter(Cluster::isContents);
        if (contents.isPresent()) {
            if (!keys.source().isSecret("kubeconfig")) {
                keys.problems().bad("kubeconfig", "the contents of a kubeconfig hold credentials, and these are in plain text",
                        "pulumi config set --secret kubeconfig < KUBECONFIG_FILE");
            }
        } else {
            kubeconfig.filter(path -> !Keys.isReadable(folder, path)).ifPresent(path ->
                    keys.bad("kubeconfig", path, "there is no such file to read", "pulumi config set kubeconfig FILE"));
            if (context.isEmpty()) {
                keys.problems().bad("context", "which cluster is missing: a stack never uses whatever context is current",
                        "pulumi config set context CONTEXT    # kubectl config get-contexts lists them\n      or, a GKE cluster by its name:\n      " + BY_NAME);
            }
        }
        return new Cluster(Optional.empty(), kubeconfig, contents.isPresent() || keys.source().isSecret("kubeconfig"), context, nodesOnDemand,
                keys.source().kubeconfig());
    }
}
