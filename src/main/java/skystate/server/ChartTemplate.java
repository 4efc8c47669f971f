package skystate.server;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.pulumi.core.TypeShape;
import com.pulumi.core.annotations.Import;
import com.pulumi.deployment.Deployment;
import com.pulumi.exceptions.RunException;
import com.pulumi.resources.InvokeArgs;
import skystate.config.ServerSettings;
import skystate.engine.Background;
import skystate.engine.PluginVersions;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What the chart renders to with the stack's values. The Kubernetes provider renders it, as it does for a Release, so
 * that the chart that is judged is the one that is installed later. The Java SDK has no function for that question.
 */
public final class ChartTemplate {

    private final ServerSettings server;
    private final CompletableFuture<Map<String, Object>> answer;

    /** The question's one argument. */
    private static final class Args extends InvokeArgs {

        @Import(name = "jsonOpts", required = true)
        private final String options;

        Args(String options) {
            this.options = options;
        }
    }

    private ChartTemplate(ServerSettings server, CompletableFuture<Map<String, Object>> answer) {
        this.server = server;
        this.answer = answer;
    }

    /**
     * Asks. The default provider answers: the stack's own would have to be registered before. The default one is told
     * the cluster's version, so that it asks no cluster of its own.
     *
     * @param server     the release
     * @param values     all of the chart's values
     * @param kubernetes the cluster's version, as in v1.33.2
     */
    public static ChartTemplate ask(ServerSettings server, Map<String, Object> values, String kubernetes) {
        var chart = server.chart();
        var source = new JsonObject();
        chart.repository().ifPresent(url -> source.addProperty("repo", url));
        chart.version().ifPresent(version -> source.addProperty("version", version));
        if (chart.devel()) {
            source.addProperty("devel", true);
        }
        var options = new JsonObject();
        if (chart.repository().isPresent()) {
            options.addProperty("chart", chart.name());
            options.add("fetch_opts", source);
        } else {
            options.addProperty("path", Path.of(chart.name()).toAbsolutePath().normalize().toString());
        }
        options.addProperty("release_name", server.release());
        options.addProperty("namespace", server.namespace());
        options.addProperty("kube_version", kubernetes);
        options.add("api_versions", new Gson().toJsonTree(List.of("v1")));
        options.add("values", new Gson().toJsonTree(values));
        return new ChartTemplate(server, Deployment.getInstance().invokeAsync("kubernetes:helm:template",
                TypeShape.map(String.class, Object.class), new Args(options.toString()),
                PluginVersions.invoke(PluginVersions.KUBERNETES)));
    }

    /**
     * The objects, waited for.
     *
     * @throws RunException if the chart refuses the values, or can't be had
     */
    public List<JsonElement> objects() {
        try {
            return new Gson().toJsonTree(answer.join().get("result")).getAsJsonArray().asList();
        } catch (CompletionException failed) {
            throw new RunException("The chart " + server.chart().name()
                    + " could not be rendered, so nothing was changed"
                    // The chart's words may quote a value.
                    + (server.valuesSecret() ? "; its words are not shown, for the values hold a secret."
                            : ": " + Background.reason(failed))
                    + "\nChange the value that it names, or see that the chart can be had,"
                    + " and run the same command again.");
        }
    }
}
