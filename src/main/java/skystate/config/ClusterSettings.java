package skystate.config;

import com.pulumi.core.Output;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How to reach the Kubernetes cluster.
 *
 * @param kubeconfig    path of a kubeconfig, or its contents; the default kubeconfig if empty
 * @param secret        whether the kubeconfig is a secret, as contents always are
 * @param context       context in it; its current one if empty, which only contents of a kubeconfig may leave out
 * @param nodesOnDemand whether the cluster makes a node in the disk's zone once a pod needs one
 * @param ambient       what KUBECONFIG says where the program runs: one file or several; empty if nothing
 */
public record ClusterSettings(Optional<String> kubeconfig, boolean secret, Optional<String> context,
                              boolean nodesOnDemand, String ambient) {

    /** Where a printed command has the kubeconfig that the config holds by its contents. */
    private static final String WRITTEN = "sky-api-server.kubeconfig";

    /** What follows "the cluster" in a message: the context, if there is one. */
    public String named() {
        return context.map(name -> " of context " + name).orElse("");
    }

    /** A line that names another cluster. */
    public String another() {
        return "pulumi config set context CONTEXT";
    }

    /**
     * How to call kubectl, with the kubeconfig that this program uses, whatever KUBECONFIG is where you type it.
     */
    public String kubectl() {
        return printed("kubectl", "--context");
    }

    /** How to call Helm: see {@link #kubectl}. */
    public String helm() {
        return printed("helm", "--kube-context");
    }

    /**
     * How this program calls kubectl.
     *
     * @param program kubectl
     * @param written where the contents of the kubeconfig are, if the config holds them
     */
    public ProcessBuilder command(String program, Path written) {
        var command = new ArrayList<>(List.of(program));
        kubeconfig.ifPresent(given -> command.addAll(List.of("--kubeconfig",
                isContents(given) ? written.toString() : absolute(given))));
        context.ifPresent(name -> command.addAll(List.of("--context", name)));
        var builder = new ProcessBuilder(command);
        // It has every secret of the stack.
        builder.environment().remove("PULUMI_CONFIG");
        if (!ambient.isEmpty()) {
            builder.environment().put("KUBECONFIG", ambient);
        }
        return builder;
    }

    /** The kubeconfig, if the config holds its contents. */
    public Optional<String> contents() {
        return kubeconfig.filter(ClusterSettings::isContents);
    }

    /** Lines to type that call {@link #kubectl} or {@link #helm}, as a message shows them. */
    public String lines(String... lines) {
        return Stream.concat(Stream.of(written()).filter(line -> !line.isEmpty())
                .map(line -> line + "    # once: these lines need it as a file"), Stream.of(lines))
                .map(line -> "  " + line).collect(Collectors.joining("\n"));
    }

    /** The line that writes the file that {@link #kubectl} names, if the config holds a kubeconfig's contents. */
    public String written() {
        return contents().map(its -> "(umask 077 && pulumi config get kubeconfig > " + WRITTEN + ")").orElse("");
    }

    private String printed(String tool, String contextOption) {
        var several = kubeconfig.isEmpty() && ambient.contains(File.pathSeparator);
        return (several ? "KUBECONFIG=" + quoted(ambient) + " " + tool : tool + " --kubeconfig " + file())
                + context.map(name -> " " + contextOption + " " + quoted(name)).orElse("");
    }

    private String file() {
        return kubeconfig.map(given -> isContents(given) ? WRITTEN
                : secret ? "\"$(pulumi config get kubeconfig)\"" : quoted(absolute(given)))
                .orElse(ambient.isEmpty() ? "~/.kube/config" : quoted(ambient));
    }

    private static String absolute(String file) {
        return Path.of(file).toAbsolutePath().normalize().toString();
    }

    /** A word as a shell takes it. */
    private static String quoted(String word) {
        return word.matches("[-\\w./:@%+=,]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Whether a kubeconfig is given by its contents, and not by its path. */
    public static boolean isContents(String kubeconfig) {
        return kubeconfig.contains("\n") || kubeconfig.stripLeading().startsWith("{");
    }

    /** The kubeconfig for the provider, as secret as it is. */
    public Optional<Output<String>> kubeconfigOutput() {
        return kubeconfig.map(text -> secret ? Output.ofSecret(text) : Output.of(text));
    }

    /** Without the kubeconfig: it may be secret. */
    @Override
    public String toString() {
        return "Cluster[" + context.orElse("") + "]";
    }
}
