package rehearsal.kubernetes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs of a {@code helm.sh/v3:Release}, and Helm's command line for them.
 *
 * @param properties plain, no secrets in it
 */
record ReleaseInputs(Map<String, Object> properties) {

    private static final long DEFAULT_TIMEOUT_SECONDS = 300;

    String name() {
        return Tree.text(properties, "name");
    }

    String namespace() {
        return Tree.text(properties, "namespace");
    }

    /** The resource's id. */
    String id() {
        return namespace() + "/" + name();
    }

    /** The chart's values; nulls are left out unless the resource allows them. */
    Map<String, Object> values() {
        var values = Tree.map(properties, "values");
        return flag("allowNullValues") ? values : Tree.copy(values);
    }

    /** The defaults that the provider fills in: the namespace, and 300 s for what is waited for (facts: 12). */
    static void setDefaults(Map<String, Object> properties, String namespace) {
        if ("".equals(properties.getOrDefault("namespace", ""))) {
            properties.put("namespace", namespace);
        }
        if (!Boolean.TRUE.equals(properties.get("skipAwait"))) {
            properties.putIfAbsent("timeout", DEFAULT_TIMEOUT_SECONDS);
        }
    }

    /** Which chart, and from where: {@code version} set means {@code devel} is ignored (facts: 12). */
    List<String> chart() {
        var arguments = new ArrayList<String>();
        arguments.add(Tree.text(properties, "chart"));
        option(arguments, "--repo", "repositoryOpts", "repo");
        option(arguments, "--username", "repositoryOpts", "username");
        option(arguments, "--password", "repositoryOpts", "password");
        option(arguments, "--ca-file", "repositoryOpts", "caFile");
        option(arguments, "--cert-file", "repositoryOpts", "certFile");
        option(arguments, "--key-file", "repositoryOpts", "keyFile");
        option(arguments, "--version", "version");
        option(arguments, "--keyring", "keyring");
        option(arguments, "--post-renderer", "postrender");
        if (Tree.text(properties, "version").isEmpty()) {
            flag(arguments, "devel", "--devel");
        }
        flag(arguments, "verify", "--verify");
        flag(arguments, "dependencyUpdate", "--dependency-update");
        flag(arguments, "renderSubchartNotes", "--render-subchart-notes");
        flag(arguments, "skipCrds", "--skip-crds");
        return arguments;
    }

    List<String> install() {
        var arguments = waiting();
        flag(arguments, "createNamespace", "--create-namespace");
        flag(arguments, "disableWebhooks", "--no-hooks");
        flag(arguments, "replace", "--replace");
        return arguments;
    }

    List<String> upgrade() {
        var arguments = waiting();
        flag(arguments, "cleanupOnFail", "--cleanup-on-fail");
        flag(arguments, "disableCRDHooks", "--no-hooks");
        flag(arguments, "forceUpdate", "--force");
        flag(arguments, "resetValues", "--reset-values");
        flag(arguments, "reuseValues", "--reuse-values");
        arguments.addAll(List.of("--history-max", Tree.get(properties, "maxHistory").orElse(0L).toString()));
        return arguments;
    }

    /** A deletion is waited for unless the resource waits for nothing. */
    List<String> uninstall() {
        return flag("atomic") || !flag("skipAwait") ? List.of("--wait", "--timeout", timeout()) : List.of();
    }

    private List<String> waiting() {
        var arguments = new ArrayList<>(chart());
        if (!flag("skipAwait")) {
            arguments.add("--wait");
            flag(arguments, "waitForJobs", "--wait-for-jobs");
        }
        arguments.addAll(List.of("--timeout", timeout()));
        option(arguments, "--description", "description");
        flag(arguments, "atomic", "--atomic");
        flag(arguments, "disableOpenapiValidation", "--disable-openapi-validation");
        return arguments;
    }

    private String timeout() {
        var seconds = ((Number) properties.getOrDefault("timeout", DEFAULT_TIMEOUT_SECONDS)).longValue();
        return (seconds == 0 ? DEFAULT_TIMEOUT_SECONDS : seconds) + "s";
    }

    private boolean flag(String property) {
        return Boolean.TRUE.equals(properties.get(property));
    }

    private void flag(List<String> arguments, String property, String option) {
        if (flag(property)) {
            arguments.add(option);
        }
    }

    private void option(List<String> arguments, String option, String... property) {
        var value = Tree.text(properties, property);
        if (!value.isEmpty()) {
            // One argument, so that a value that starts with a hyphen is no option.
            arguments.add(option + "=" + value);
        }
    }

    /** The objects of a manifest: names by kind, group and version, as in {@code Deployment.apps/apps/v1}. */
    static Map<String, Object> resourceNames(String manifest) {
        var names = new LinkedHashMap<String, Object>();
        Json.readYamls(manifest).stream().filter(object -> object.containsKey("kind")).map(Ref::of).sorted(
                Comparator.comparing(Ref::id)).forEach(ref -> {
                    var group = ref.apiVersion().contains("/")
                            ? "." + ref.apiVersion().substring(0, ref.apiVersion().indexOf('/')) : "";
                    @SuppressWarnings("unchecked")
                    var list = (List<Object>) names.computeIfAbsent(ref.kind() + group + "/" + ref.apiVersion(),
                            key -> new ArrayList<>());
                    list.add(ref.id());
                });
        return names;
    }
}
