package rehearsal.kubernetes;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kubeconfig, given as a file or as text, or found where kubectl looks, with the provider's own choice of context and
 * cluster applied.
 *
 * @param content the file's content; paths in it are absolute
 */
record Kubeconfig(Map<String, Object> content) {

    private static final List<String> PATHS =
            List.of("certificate-authority", "client-certificate", "client-key", "tokenFile");

    /**
     * The provider's {@code kubeconfig} setting: a path, which may start with {@code ~/}, or the content itself.
     *
     * @param launchDirectory where relative paths start
     * @throws IllegalArgumentException if it is neither a file nor YAML
     */
    static Kubeconfig parse(String pathOrContents, Path launchDirectory, Map<String, String> environment) {
        var text = pathOrContents.startsWith("~/")
                ? environment.getOrDefault("HOME", "~") + pathOrContents.substring(1)
                : pathOrContents;
        return file(text, launchDirectory)
                .map(Kubeconfig::read)
                .orElseGet(() -> new Kubeconfig(Json.readYaml(text)));
    }

    /**
     * What kubectl would use: the files of KUBECONFIG, of which the first to name something wins, else ~/.kube/config.
     * Empty if there is none.
     */
    static Kubeconfig ambient(Path launchDirectory, Map<String, String> environment) {
        var paths = environment.getOrDefault("KUBECONFIG", "");
        if (paths.isEmpty()) {
            paths = environment.getOrDefault("HOME", "") + "/.kube/config";
        }
        var merged = new LinkedHashMap<String, Object>();
        for (var path : paths.split(File.pathSeparator)) {
            file(path, launchDirectory).map(Kubeconfig::read)
                    .ifPresent(next -> next.content.forEach((key, value) -> merged.merge(key, value,
                            (first, second) -> first instanceof List<?> list && second instanceof List<?> more
                                    ? concat(list, more)
                                    : "".equals(first) ? second : first)));
        }
        return new Kubeconfig(merged);
    }

    /**
     * The cluster that requests go to, empty if the file has none. Whether two settings mean one cluster is told by
     * comparing these (provider diff rules: there is no better identity in a kubeconfig).
     */
    Optional<Map<String, Object>> activeCluster(String context, String cluster) {
        return context(context).map(active -> cluster.isEmpty() ? Tree.text(active, "cluster") : cluster)
                .flatMap(name -> entry("clusters", "cluster", name));
    }

    /** The namespace of the context, empty if it names none. */
    String namespace(String context) {
        return context(context).map(active -> Tree.text(active, "namespace")).orElse("");
    }

    /**
     * A kubeconfig with one context only, the effective one, for a client that is told nothing else.
     *
     * @param context the provider's choice, or empty for the file's own
     * @param cluster the provider's choice, or empty for the context's own
     * @throws IllegalArgumentException if there is no such context or cluster
     */
    Kubeconfig effective(String context, String cluster) {
        var name = context.isEmpty() ? Tree.text(content, "current-context") : context;
        if (name.isEmpty()) {
            throw new IllegalArgumentException("invalid configuration: no configuration has been provided, "
                    + "try setting KUBERNETES_MASTER environment variable");
        }
        var active = context(context)
                .orElseThrow(() -> new IllegalArgumentException("context \"" + name + "\" does not exist"));
        var clusterName = cluster.isEmpty() ? Tree.text(active, "cluster") : cluster;
        var server = entry("clusters", "cluster", clusterName)
                .orElseThrow(() -> new IllegalArgumentException("cluster \"" + clusterName + "\" does not exist"));
        var user = entry("users", "user", Tree.text(active, "user")).orElse(Map.of());
        var one = new LinkedHashMap<String, Object>();
        one.put("apiVersion", "v1");
        one.put("kind", "Config");
        one.put("current-context", name);
        one.put("contexts", List.of(Map.of("name", name, "context", Map.of(
                "cluster", clusterName, "user", "user", "namespace",
                Tree.get(active, "namespace").orElse("default")))));
        one.put("clusters", List.of(Map.of("name", clusterName, "cluster", server)));
        one.put("users", List.of(Map.of("name", "user", "user", user)));
        return new Kubeconfig(one);
    }

    /**
     * The same for a client in this JVM, whose PATH isn't that of the user's shell: what logs in is named by its whole
     * path.
     *
     * @param environment the user's
     */
    Kubeconfig commandsFrom(Map<String, String> environment) {
        var found = Tree.copy(content);
        for (var entry : Tree.list(found, "users")) {
            var exec = Tree.map(Tree.map(Tree.cast(entry), "user"), "exec");
            if (exec.get("command") instanceof String command && !command.contains("/")) {
                Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, command))
                        .filter(Files::isExecutable).findFirst()
                        .ifPresent(file -> exec.put("command", file.toString()));
            }
        }
        return new Kubeconfig(found);
    }

    /** As a file's text. */
    String yaml() {
        return Json.writeYaml(content);
    }

    private Optional<Map<String, Object>> context(String chosen) {
        return entry("contexts", "context", chosen.isEmpty() ? Tree.text(content, "current-context") : chosen);
    }

    private Optional<Map<String, Object>> entry(String list, String key, String name) {
        return Tree.list(content, list).stream()
                .filter(Map.class::isInstance).map(Tree::cast)
                .filter(entry -> name.equals(entry.get("name")))
                .findFirst()
                .map(entry -> Tree.map(entry, key));
    }

    private static Optional<Path> file(String path, Path launchDirectory) {
        try {
            return Optional.of(launchDirectory.resolve(path)).filter(Files::isRegularFile);
        } catch (InvalidPathException contents) {
            return Optional.empty();
        }
    }

    private static Kubeconfig read(Path path) {
        try {
            var content = Tree.copy(Json.readYaml(Files.readString(path)));
            for (var kind : List.of("cluster", "user")) {
                for (var entry : Tree.list(content, kind + "s")) {
                    var settings = Tree.map(Tree.cast(entry), kind);
                    PATHS.forEach(key -> settings.computeIfPresent(key,
                            (same, value) -> path.toAbsolutePath().resolveSibling(value.toString()).toString()));
                }
            }
            return new Kubeconfig(content);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Cannot read the kubeconfig " + path + ": " + unreadable.getMessage(),
                    unreadable);
        }
    }

    private static List<Object> concat(List<?> first, List<?> second) {
        var all = new ArrayList<Object>(first);
        all.addAll(second);
        return all;
    }
}
