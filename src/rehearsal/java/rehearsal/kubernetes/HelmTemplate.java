package rehearsal.kubernetes;

import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.InvokeResponse;
import rehearsal.provider.Launch;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The invoke {@code kubernetes:helm:template} (provider's invoke_helm_template.go): what a chart renders to. The
 * options are JSON text, spelled in snake case; unknown ones are ignored, as the plugin does. Without the Kubernetes
 * version and the APIs of the cluster: the chart is rendered as Helm's CLI does it on its own.
 */
final class HelmTemplate {

    static final String TOKEN = "kubernetes:helm:template";

    private final Cluster cluster;
    private final Helm helm;
    private final Launch launch;

    HelmTemplate(Cluster cluster, Helm helm, Launch launch) {
        this.cluster = cluster;
        this.helm = helm;
        this.launch = launch;
    }

    InvokeResponse answer(InvokeRequest request) throws IOException {
        if (!(Wire.reveal(Wire.read(request.getArgs())).get("jsonOpts") instanceof String text)) {
            throw new Helm.Failed("missing required field 'jsonOpts' of type string");
        }
        var objects = objects(options(text));
        return InvokeResponse.newBuilder().setReturn(Wire.write(Map.of("result", objects))).build();
    }

    private static Map<String, Object> options(String text) {
        try {
            // Whole numbers as the values of a Release have them, so that HelmAtOnce knows the two as one.
            return Wire.read(Wire.write(Json.read(text)));
        } catch (IllegalArgumentException malformed) {
            throw new Helm.Failed("failed to unmarshal 'jsonOpts': " + malformed.getMessage());
        }
    }

    private List<Map<String, Object>> objects(Map<String, Object> options) throws IOException {
        var namespace = Tree.text(options, "namespace");
        var manifest = render(options, namespace.isEmpty() ? "default" : namespace);
        var objects = new ArrayList<Map<String, Object>>();
        for (var object : Json.readYamls(manifest)) {
            var kind = Tree.text(object, "kind");
            var version = Tree.text(object, "apiVersion");
            var test = Tree.text(object, "metadata", "annotations", "helm.sh/hook").contains("test")
                    && !Boolean.TRUE.equals(options.get("include_test_hook_resources"));
            if (!kind.isEmpty() && !version.isEmpty() && !test) {
                if (!namespace.isEmpty() && Ref.of(object).namespace().isEmpty() && cluster.namespaced(version, kind)) {
                    Tree.set(object, namespace, "metadata", "namespace");
                }
                objects.add(object);
            }
        }
        return objects;
    }

    private String render(Map<String, Object> options, String namespace) throws IOException {
        var folder = Tree.text(options, "path");
        try {
            if (!folder.isEmpty() && !Files.exists(launch.directory().resolve(folder).resolve("Chart.yaml"))) {
                throw new Helm.Failed("failed to load chart from temp directory: Chart.yaml file is missing");
            }
            var release = Tree.text(options, "release_name");
            return helm.template(release, namespace, chart(options), Tree.map(options, "values"));
        } catch (Helm.Failed failed) {
            throw new Helm.Failed("failed to generate YAML for specified Helm chart: "
                    + words(failed.getMessage(), folder.isEmpty()));
        }
    }

    private static String words(String message, boolean pulled) {
        if (message.startsWith("failed to load chart")) {
            return message;
        }
        var ofTheChart = !pulled || Stream.of("execution error at", "template:", "parse error at", "YAML parse error",
                "values don't meet", "chart requires kubeVersion").anyMatch(message::startsWith);
        return (ofTheChart ? "failed to create chart from template: " : "failed to pull chart: ") + message;
    }

    /** Which chart, and from where, in the words of Helm's CLI. */
    private static List<String> chart(Map<String, Object> options) {
        var arguments = new ArrayList<String>();
        var folder = Tree.text(options, "path");
        arguments.add(folder.isEmpty() ? Tree.text(options, "chart") : folder);
        if (folder.isEmpty()) {
            if (Tree.text(options, "repo").startsWith("http")) {
                throw new Helm.Failed("'repo' option specifies the name of the Helm Chart repo, not the URL."
                        + "Use 'fetchOpts.repo' to specify a URL for a remote Chart");
            }
            var version = Stream.of(Tree.text(options, "version"), Tree.text(options, "fetch_opts", "version"))
                    .filter(text -> !text.isEmpty()).findFirst();
            Optional.of(Tree.text(options, "fetch_opts", "repo")).filter(url -> !url.isEmpty())
                    .ifPresent(url -> arguments.add("--repo=" + url));
            version.ifPresent(text -> arguments.add("--version=" + text));
            if (version.isEmpty() && Boolean.TRUE.equals(Tree.map(options, "fetch_opts").get("devel"))) {
                arguments.add("--devel");
            }
        }
        if (Boolean.TRUE.equals(options.get("skip_crd_rendering"))) {
            arguments.add("--skip-crds");
        }
        return arguments;
    }
}
