package skystate.config;

import skystate.config.Settings.Cluster;

import java.nio.file.Path;

/** Reads how to reach the cluster: a context in a kubeconfig. */
final class ClusterReader {

    private ClusterReader() {
    }

    /**
     * Reads and checks the keys {@code context}, {@code kubeconfig} and {@code nodesOnDemand}.
     *
     * @param folder the project's folder: a relative path of a kubeconfig starts there
     */
    static Cluster read(Keys keys, Path folder) {
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
                        "pulumi config set context CONTEXT    # kubectl config get-contexts lists them");
            }
        }
        return new Cluster(kubeconfig, contents.isPresent() || keys.source().isSecret("kubeconfig"), context, keys.yes("nodesOnDemand", "false"),
                keys.source().kubeconfig());
    }
}
