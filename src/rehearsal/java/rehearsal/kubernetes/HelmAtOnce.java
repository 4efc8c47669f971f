package rehearsal.kubernetes;

import rehearsal.provider.Launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What Helm does with a release, in this JVM: its revisions are Secrets with Helm's names and labels, and go through
 * the same statuses in the same order. Without hooks, and without history: of a release there is one deployed revision
 * and what came after. It waits for nothing, for a cluster that {@link Pace#AT_ONCE has done all} already.
 */
public final class HelmAtOnce implements Helm {

    /** What charts render to, by all that decides it. */
    private static final Map<List<Object>, String> RENDERED = new ConcurrentHashMap<>();
    private static final String FIELD_MANAGER = "helm";

    private final Path binary;
    private final Cluster cluster;
    private final Launch launch;
    private volatile boolean cancelled;

    HelmAtOnce(Path binary, Cluster cluster, Launch launch) {
        this.binary = binary;
        this.cluster = cluster;
        this.launch = launch;
    }

    /** Options of the CLI's that have no value. */
    private static final Set<String> FLAGS = Set.of("--wait", "--create-namespace", "--ignore-not-found", "--no-hooks");

    /**
     * What the CLI does by hand: {@code helm install} and {@code helm uninstall}.
     *
     * @param binary      renders charts
     * @param environment where it finds the kubeconfig that no option names
     * @param words       the command line without its first word
     * @return why it failed, in Helm's words; empty if it did not
     */
    public static Optional<String> byHand(Path binary, Path folder, Map<String, String> environment,
                                          List<String> words) {
        var names = new ArrayList<String>();
        var options = new LinkedHashMap<String, String>();
        var values = new LinkedHashMap<String, Object>();
        for (var at = 0; at < words.size(); at++) {
            var word = words.get(at);
            if (!word.startsWith("-") || FLAGS.contains(word)) {
                if (word.startsWith("-")) {
                    options.put(word, "");
                } else {
                    names.add(word);
                }
            } else {
                var equals = word.indexOf('=');
                var value = equals < 0 ? words.get(++at) : word.substring(equals + 1);
                var option = equals < 0 ? word : word.substring(0, equals);
                if (option.equals("--set")) {
                    var assignment = value.split("=", 2);
                    Tree.set(values, typed(assignment[1]), assignment[0].split("\\."));
                } else {
                    options.put(option, value);
                }
            }
        }
        return byHand(binary, folder, environment, names, options, values);
    }

    private static Optional<String> byHand(Path binary, Path folder, Map<String, String> environment,
                                           List<String> names, Map<String, String> options,
                                           Map<String, Object> values) {
        var all = new LinkedHashMap<>(environment);
        Optional.ofNullable(options.get("--kubeconfig")).ifPresent(file -> all.put("KUBECONFIG", file));
        var namespace = options.getOrDefault("--namespace", "default");
        var launch = new Launch("", folder, all);
        var context = options.getOrDefault("--kube-context", "");
        var waits = options.containsKey("--wait") ? List.of("--wait") : List.<String>of();
        try (var api = Api.connect(Kubeconfig.ambient(folder, all).effective(context, ""));
                var helm = new HelmAtOnce(binary, new Cluster(api, "", namespace), launch)) {
            var release = names.get(1);
            switch (names.get(0)) {
                case "install" -> {
                    var space = new Ref("v1", "Namespace", "", namespace);
                    if (options.containsKey("--create-namespace") && helm.find(space).isEmpty()) {
                        var object = Map.of("apiVersion", "v1", "kind", "Namespace",
                                "metadata", Map.of("name", namespace));
                        api.create(space, object, FIELD_MANAGER, false);
                    }
                    var chart = Stream.concat(Stream.of(names.get(2)), waits.stream()).toList();
                    helm.install(release, namespace, chart, values);
                }
                case "uninstall" -> {
                    if (helm.last(release, namespace).isPresent() || !options.containsKey("--ignore-not-found")) {
                        helm.uninstall(release, namespace, waits);
                    }
                }
                default -> throw new Failed("there is no such helm command here: " + names.get(0));
            }
            return Optional.empty();
        } catch (Failed | ApiException | IllegalArgumentException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A value of {@code --set}, which Helm takes for what it looks like. */
    private static Object typed(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.matches("\\d+") ? (Object) Long.valueOf(value) : value;
    }

    /** A revision as its Secret has it. */
    private record Revision(String name, String namespace, int version, String status, Map<String, Object> chart,
                            Map<String, Object> values,
                            String manifest) {

        Ref secret() {
            return secret(name, namespace, version);
        }

        static Ref secret(String name, String namespace, int version) {
            return new Ref("v1", "Secret", namespace, "sh.helm.release.v1." + name + ".v" + version);
        }

        Revision as(String status) {
            return new Revision(name, namespace, version, status, chart, values, manifest);
        }

        Map<String, Object> object() {
            var release = Json.write(Map.of("chart", chart, "values", values, "manifest", manifest));
            return Map.of("apiVersion", "v1", "kind", "Secret", "type", "helm.sh/release.v1",
                    "metadata", Map.of("name", secret().name(), "namespace", namespace, "labels",
                            Map.of("owner", "helm", "name", name, "status", status, "version",
                                    Integer.toString(version))),
                    "data",
                    Map.of("release", Base64.getEncoder().encodeToString(release.getBytes(StandardCharsets.UTF_8))));
        }

        static Revision read(Map<String, Object> secret) {
            var label = Tree.map(secret, "metadata", "labels");
            var release = Json.read(new String(Base64.getDecoder().decode(Tree.text(secret, "data", "release")),
                    StandardCharsets.UTF_8));
            return new Revision(Tree.text(label, "name"), Tree.text(secret, "metadata", "namespace"),
                    Integer.parseInt(Tree.text(label, "version")),
                    Tree.text(label, "status"), Tree.map(release, "chart"), Tree.map(release, "values"),
                    Tree.text(release, "manifest"));
        }
    }

    @Override
    public String template(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        var folder = launch.directory().resolve(chart.get(0)).normalize();
        var key = List.<Object>of(name, namespace, folder, chart.subList(1, chart.size()), values, changed(folder));
        var known = RENDERED.get(key);
        if (known == null) {
            try (var real = new HelmCli(binary, null, launch.directory(), launch.environment())) {
                known = real.template(name, namespace, chart, values);
            }
            RENDERED.put(key, known);
        }
        return known;
    }

    @Override
    public String version(List<String> chart) throws IOException {
        try {
            return String.valueOf(described(chart).get("version"));
        } catch (NoSuchFileException missing) {
            throw new Failed("path \"" + chart.get(0) + "\" not found");
        }
    }

    @Override
    public void install(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        if (last(name, namespace).isPresent()) {
            throw new Failed("cannot re-use a name that is still in use");
        }
        var manifest = template(name, namespace, chartOf(chart), values);
        for (var object : objects(manifest, namespace)) {
            refuseForeign(object, name, namespace);
        }
        var revision = new Revision(name, namespace, 1, "pending-install", described(chart), values, manifest);
        try {
            api().create(revision.secret(), revision.object(), FIELD_MANAGER, false);
        } catch (ApiException refused) {
            throw new Failed("create: failed to create: " + refused.getMessage());
        }
        settle(revision, chart.contains("--wait"), () -> apply(List.of(), manifest, name, namespace));
    }

    @Override
    public void upgrade(String name, String namespace, List<String> chart, Map<String, Object> values)
            throws IOException {
        var before = last(name, namespace).orElseThrow(() -> new Failed("\"" + name + "\" has no deployed releases"));
        if (before.status().startsWith("pending-")) {
            throw new Failed("another operation (install/upgrade/rollback) is in progress");
        }
        var deployed =
                revisions(name, namespace).stream().filter(revision -> revision.status().equals("deployed")).findFirst()
                        .or(() -> Optional.of(before).filter(revision -> revision.status().equals("failed")))
                        .orElseThrow(() -> new Failed("\"" + name + "\" has no deployed releases"));
        var manifest = template(name, namespace, chartOf(chart), values);
        var revision = new Revision(name, namespace, before.version() + 1, "pending-upgrade", described(chart), values,
                manifest);
        api().create(revision.secret(), revision.object(), FIELD_MANAGER, false);
        settle(revision, chart.contains("--wait"),
                () -> apply(objects(deployed.manifest(), namespace), manifest, name, namespace));
        for (var older : revisions(name, namespace)) {
            if (older.version() < revision.version()) {
                set(older, "superseded");
            }
        }
    }

    @Override
    public String uninstall(String name, String namespace, List<String> options) throws IOException {
        var revision = last(name, namespace)
                .orElseThrow(() -> new Failed("uninstall: Release not loaded: " + name + ": release: not found"));
        set(revision, "uninstalling");
        var left = new ArrayList<String>();
        for (var object : objects(revision.manifest(), namespace)) {
            delete(Ref.of(object));
        }
        for (var object : objects(revision.manifest(), namespace)) {
            find(Ref.of(object)).ifPresent(live -> left.add(Ref.of(object).kind() + "/" + Ref.of(object).name()));
        }
        if (!left.isEmpty() && options.contains("--wait")) {
            throw new Failed(
                    "resource " + left.get(0) + " still exists. status: Terminating\ncontext deadline exceeded");
        }
        for (var older : revisions(name, namespace)) {
            delete(older.secret());
        }
        return "";
    }

    @Override
    public Optional<Map<String, Object>> metadata(String name, String namespace) throws IOException {
        return last(name, namespace).map(revision -> {
            var metadata = new LinkedHashMap<>(revision.chart());
            metadata.putAll(Map.of("name", name, "namespace", namespace, "revision", (long) revision.version(),
                    "status", revision.status()));
            return metadata;
        });
    }

    @Override
    public String manifest(String name, String namespace) throws IOException {
        return last(name, namespace).orElseThrow(() -> new Failed("release: not found")).manifest();
    }

    @Override
    public Map<String, Object> values(String name, String namespace) throws IOException {
        return last(name, namespace).orElseThrow(() -> new Failed("release: not found")).values();
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        cancelled = true;
    }

    private interface Work {
        void run() throws IOException;
    }

    /**
     * Does the work of a revision, which is deployed or failed from then on.
     *
     * @param waits whether what it makes has to get ready for that
     */
    private void settle(Revision revision, boolean waits, Work work) throws IOException {
        try {
            work.run();
            if (waits) {
                for (var object : objects(revision.manifest(), revision.namespace())) {
                    requireReady(Ref.of(object));
                }
            }
        } catch (ApiException | Failed failed) {
            set(revision, "failed");
            throw failed instanceof Failed known ? known : new Failed(failed.getMessage());
        }
        set(revision, "deployed");
    }

    private void apply(List<Map<String, Object>> before, String manifest, String release, String namespace)
            throws IOException {
        var wanted = objects(manifest, namespace);
        for (var object : wanted) {
            if (cancelled) {
                throw new Failed("context canceled");
            }
            var ref = Ref.of(object);
            var owned = Tree.copy(object);
            Tree.set(owned, release, "metadata", "annotations", "meta.helm.sh/release-name");
            Tree.set(owned, namespace, "metadata", "annotations", "meta.helm.sh/release-namespace");
            Tree.set(owned, "Helm", "metadata", "labels", "app.kubernetes.io/managed-by");
            if (find(ref).isEmpty()) {
                api().create(ref, owned, FIELD_MANAGER, false);
            } else {
                var old = before.stream().filter(its -> Ref.of(its).equals(ref)).findFirst();
                if (old.isEmpty() || !old.get().equals(object)) {
                    api().merge(ref, old.map(its -> difference(its, owned)).orElse(owned), FIELD_MANAGER);
                }
            }
        }
        for (var old : before) {
            if (wanted.stream().noneMatch(object -> Ref.of(object).equals(Ref.of(old)))) {
                delete(Ref.of(old));
            }
        }
    }

    /**
     * What is there and was not made by this release is never taken over. In Helm's words (its pkg/action/validate.go).
     */
    private void refuseForeign(Map<String, Object> object, String release, String namespace) throws IOException {
        var ref = Ref.of(object);
        var live = find(ref);
        if (live.isPresent()) {
            var wrong = Stream.of(wrong(live.get(), "label", "labels", "app.kubernetes.io/managed-by", "Helm"),
                    wrong(live.get(), "annotation", "annotations", "meta.helm.sh/release-name", release),
                    wrong(live.get(), "annotation", "annotations", "meta.helm.sh/release-namespace", namespace))
                    .flatMap(Optional::stream).toList();
            if (!wrong.isEmpty()) {
                throw new Failed(
                        ("Unable to continue with install: %s \"%s\" in namespace \"%s\" exists and cannot be imported "
                                + "into the current release: invalid ownership metadata; %s")
                                        .formatted(ref.kind(), ref.name(), ref.namespace(), String.join("; ", wrong)));
            }
        }
    }

    private static Optional<String> wrong(Map<String, Object> live, String what, String field, String key,
                                          String value) {
        var is = Tree.text(live, "metadata", field, key);
        return is.equals(value) ? Optional.empty() : Optional.of(what + " validation error: "
                + (is.isEmpty() ? "missing key \"%s\": must be set to \"%s\"".formatted(key, value)
                        : "key \"%s\" must equal \"%s\": current value is \"%s\"".formatted(key, value, is)));
    }

    private void requireReady(Ref ref) throws IOException {
        var live = find(ref).orElseThrow(() -> new Failed(ref.kind() + " \"" + ref.name() + "\" not found"));
        var ready = switch (ref.kind()) {
            case "PersistentVolumeClaim" -> Tree.text(live, "status", "phase").equals("Bound");
            case "Deployment" -> ((Number) Tree.get(live, "status", "readyReplicas").orElse(0)).longValue()
                    >= ((Number) Tree.get(live, "spec", "replicas").orElse(1)).longValue();
            default -> true;
        };
        if (!ready) {
            throw new Failed("resource " + ref.kind() + "/" + ref.namespace() + "/" + ref.name()
                    + " not ready. status: InProgress\ncontext deadline exceeded");
        }
    }

    private List<Revision> revisions(String name, String namespace) throws IOException {
        return api().list(new Ref("v1", "Secret", namespace, ""), "owner=helm,name=" + name).stream()
                .map(Revision::read)
                .sorted(Comparator.comparing(Revision::version)).toList();
    }

    private Optional<Revision> last(String name, String namespace) throws IOException {
        var all = revisions(name, namespace);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    private void set(Revision revision, String status) throws IOException {
        api().merge(revision.secret(), Map.of("metadata", Map.of("labels", Map.of("status", status))), FIELD_MANAGER);
    }

    private Optional<Map<String, Object>> find(Ref ref) throws IOException {
        try {
            return Optional.of(api().get(ref));
        } catch (ApiException refused) {
            if (refused.notFound()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private void delete(Ref ref) throws IOException {
        try {
            api().delete(ref, "Background");
        } catch (ApiException refused) {
            if (!refused.notFound()) {
                throw refused;
            }
        }
    }

    private Api api() {
        if (!cluster.reachable()) {
            throw new Failed("Kubernetes cluster unreachable: " + cluster.unreachable());
        }
        return cluster.api();
    }

    private List<Map<String, Object>> objects(String manifest, String namespace) throws IOException {
        var objects = new ArrayList<Map<String, Object>>();
        for (var document : Json.readYamls(manifest)) {
            if (document.containsKey("kind")
                    && Tree.text(document, "metadata", "annotations", "helm.sh/hook").isEmpty()) {
                var object = Tree.copy(document);
                if (cluster.namespaced(Tree.text(object, "apiVersion"), Tree.text(object, "kind"))
                        && Ref.of(object).namespace().isEmpty()) {
                    Tree.set(object, namespace, "metadata", "namespace");
                }
                objects.add(object);
            }
        }
        objects.sort(Comparator.comparing(
                object -> ORDER.indexOf(object.get("kind")) < 0 ? ORDER.size() : ORDER.indexOf(object.get("kind"))));
        return objects;
    }

    /** Helm's order of installation, as far as it matters. */
    private static final List<String> ORDER = List.of("ServiceAccount", "Secret", "ConfigMap", "PersistentVolumeClaim",
            "ClusterRole", "ClusterRoleBinding", "Role",
            "RoleBinding", "Service", "Deployment", "Ingress");

    /** The JSON merge patch from one tree to another. */
    private static Map<String, Object> difference(Map<String, Object> before, Map<String, Object> after) {
        var patch = new LinkedHashMap<String, Object>();
        before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(key -> patch.put(key, null));
        after.forEach((key, value) -> {
            if (value instanceof Map<?, ?> map && before.get(key) instanceof Map<?, ?> old) {
                patch.put(key, difference(Tree.cast(old), Tree.cast(map)));
            } else if (!Objects.equals(value, before.get(key))) {
                patch.put(key, value);
            }
        });
        return patch;
    }

    /** The options by which the chart alone is rendered. */
    private static List<String> chartOf(List<String> options) {
        return options.stream()
                .filter(option -> !option.startsWith("--") || option.startsWith("--repo=")
                        || option.startsWith("--version=") || option.equals("--devel"))
                .toList()
                .stream().filter(option -> !option.matches("\\d+s?")).toList();
    }

    private Map<String, Object> described(List<String> chart) throws IOException {
        var described = Json.readYaml(Files.readString(launch.directory().resolve(chart.get(0)).resolve("Chart.yaml")));
        return Map.of("chart", described.get("name"), "version", described.get("version"), "appVersion",
                described.getOrDefault("appVersion", ""));
    }

    private static long changed(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
        }
    }
}
