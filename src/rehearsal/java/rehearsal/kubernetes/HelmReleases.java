package rehearsal.kubernetes;

import pulumirpc.Provider.CheckFailure;
import pulumirpc.Provider.CheckRequest;
import pulumirpc.Provider.CheckResponse;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.CreateResponse;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.DiffRequest;
import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.DiffResponse.DiffChanges;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.Provider.ReadResponse;
import pulumirpc.Provider.UpdateRequest;
import pulumirpc.Provider.UpdateResponse;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Helm releases ({@code helm.sh/v3:Release}) as resources (provider's helm_release.go). The state has the inputs with
 * what Helm says of the release, and the inputs once more under {@code __inputs}, secret as a whole (facts: 11).
 */
final class HelmReleases {

    private static final List<String> FORCE_NEW = List.of("name", "namespace");

    private final Cluster cluster;
    private final Settings settings;
    private final Helm helm;
    private final EngineLog log;

    HelmReleases(Cluster cluster, Settings settings, Helm helm, EngineLog log) {
        this.cluster = cluster;
        this.settings = settings;
        this.helm = helm;
        this.log = log;
    }

    /** Loads the chart: its version is an input, so that a newer one is a change. */
    CheckResponse check(CheckRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var news = Wire.read(request.getNews());
        var olds = Wire.reveal(Wire.read(request.getOlds()));
        var inputs = Tree.copy(Wire.reveal(news));
        if (olds.containsKey("name")) {
            inputs.putIfAbsent("name", olds.get("name"));
        }
        inputs.putIfAbsent("name", urn.name() + "-" + Metadata.suffix());
        ReleaseInputs.setDefaults(inputs, cluster.namespace());
        var response = CheckResponse.newBuilder();
        if (!Wire.hasUnknown(inputs)) {
            var release = new ReleaseInputs(inputs);
            try {
                inputs.put("version", helm.version(release.chart()));
            } catch (Helm.Failed failed) {
                response.addFailures(CheckFailure.newBuilder().setProperty("chart")
                        .setReason(failed.getMessage() + "; check the chart name and repository configuration."));
            }
        }
        return response.setInputs(Wire.write(Secrecy.mark(inputs, news))).build();
    }

    DiffResponse diff(DiffRequest request) {
        var state = Wire.reveal(Wire.read(request.getOlds()));
        var before = Tree.map(state, "__inputs");
        var changes = PropertyChanges.between(before, Tree.copy(Wire.reveal(Wire.read(request.getNews()))), FORCE_NEW);
        changes.replaceAll((path, change) -> change.toBuilder().setInputDiff(true).build());
        return DiffResponse.newBuilder()
                .setChanges(changes.isEmpty() ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME)
                .addAllReplaces(
                        changes.entrySet().stream().filter(change -> PropertyChanges.replaces(change.getValue()))
                                .map(Map.Entry::getKey).toList())
                .putAllDetailedDiff(changes)
                .setHasDetailedDiff(true)
                .build();
    }

    CreateResponse create(CreateRequest request) throws IOException {
        var given = Wire.read(request.getProperties());
        if (request.getPreview()) {
            return CreateResponse.newBuilder().setProperties(Wire.write(previewed(given))).build();
        }
        requireCluster("create");
        var release = new ReleaseInputs(Wire.reveal(given));
        try {
            helm.install(release.name(), release.namespace(), release.install(), release.values());
        } catch (Helm.Failed failed) {
            // Of a name in use Helm kept nothing of ours, and a failed atomic install is uninstalled again.
            if (failed.getMessage().contains("cannot re-use a name") || !exists(release)) {
                throw failed;
            }
            log.warning(new Urn(request.getUrn()),
                    "Helm release \"" + release.name() + "\" was created but has a failed status. Use "
                            + "the `helm` command to investigate the error, correct it, then retry. Reason: "
                            + failed.getMessage());
            throw new InitFailure(release.id(),
                    "Helm release \"" + release.id() + "\" was created, but failed to initialize "
                            + "completely. Use Helm CLI to investigate.: " + late(release, failed),
                    state(given, release), List.of());
        }
        return CreateResponse.newBuilder().setId(release.id()).setProperties(Wire.write(state(given, release))).build();
    }

    /** Looks at the release alone: what was changed in its objects is not noticed (facts: 4). */
    ReadResponse read(ReadRequest request) throws IOException {
        if (!cluster.reachable()) {
            return KubernetesObjects.readUnreachable(cluster, settings, log, new Urn(request.getUrn()), request);
        }
        var state = Wire.read(request.getProperties());
        var imported = state.isEmpty();
        var id = request.getId();
        var inputs = imported ? imported(id.substring(0, id.indexOf('/')), id.substring(id.indexOf('/') + 1))
                : inputs(state);
        var release = new ReleaseInputs(Wire.reveal(inputs));
        if (!exists(release)) {
            return ReadResponse.getDefaultInstance();
        }
        if (imported) {
            inputs.put("values", helm.values(release.name(), release.namespace()));
        }
        return ReadResponse.newBuilder()
                .setId(id)
                .setProperties(Wire.write(state(inputs, release)))
                .setInputs(imported ? Wire.write(inputs) : request.getInputs())
                .build();
    }

    UpdateResponse update(UpdateRequest request) throws IOException {
        var given = Wire.read(request.getNews());
        if (request.getPreview()) {
            return UpdateResponse.newBuilder().setProperties(Wire.write(previewed(given))).build();
        }
        requireCluster("update");
        var release = new ReleaseInputs(Wire.reveal(given));
        var before = revision(release);
        try {
            helm.upgrade(release.name(), release.namespace(), release.upgrade(), release.values());
        } catch (Helm.Failed failed) {
            if (revision(release).equals(before)) {
                throw failed;
            }
            throw new InitFailure(release.id(),
                    "Helm release \"" + release.id() + "\" failed to initialize completely. Use Helm "
                            + "CLI to investigate.: " + late(release, failed),
                    state(given, release), List.of());
        }
        return UpdateResponse.newBuilder().setProperties(Wire.write(state(given, release))).build();
    }

    void delete(DeleteRequest request) throws IOException {
        if (!cluster.reachable()) {
            throw new IllegalStateException(
                    "can't delete Helm Release with unreachable cluster. Reason: \"" + cluster.unreachable() + "\"");
        }
        var release = new ReleaseInputs(Wire.reveal(Wire.read(request.getProperties())));
        var said = helm.uninstall(release.name(), release.namespace(), release.uninstall());
        var kept = said.indexOf("These resources were kept");
        if (kept >= 0) {
            log.warning(new Urn(request.getUrn()),
                    "Helm uninstall returned information: \"" + said.substring(kept).strip() + "\"");
        }
    }

    private void requireCluster(String verb) {
        if (!cluster.reachable()) {
            throw new IllegalStateException(
                    "can't " + verb + " Helm Release with unreachable cluster: " + cluster.unreachable());
        }
    }

    private boolean exists(ReleaseInputs release) throws IOException {
        return helm.metadata(release.name(), release.namespace()).isPresent();
    }

    private Object revision(ReleaseInputs release) throws IOException {
        return helm.metadata(release.name(), release.namespace()).map(metadata -> metadata.get("revision")).orElse(0);
    }

    private static String late(ReleaseInputs release, Helm.Failed failed) {
        return "failed to become available within allocated timeout. Error: Helm Release " + release.id() + ": "
                + failed.getMessage();
    }

    private static Map<String, Object> inputs(Map<String, Object> state) {
        var inputs = state.get("__inputs");
        return Tree.copy(Tree.cast(inputs instanceof Wire.Secret secret ? secret.value() : inputs));
    }

    /** The inputs of a release that is imported: the chart's repository is nowhere to be read. */
    private Map<String, Object> imported(String namespace, String name) throws IOException {
        var inputs = new LinkedHashMap<String, Object>(Map.of("name", name, "namespace", namespace));
        helm.metadata(name, namespace).ifPresent(metadata -> {
            inputs.put("chart", metadata.get("chart"));
            inputs.put("version", metadata.get("version"));
        });
        ReleaseInputs.setDefaults(inputs, namespace);
        return inputs;
    }

    private Map<String, Object> state(Map<String, Object> inputs, ReleaseInputs release) throws IOException {
        var state = Tree.copy(inputs);
        var metadata = helm.metadata(release.name(), release.namespace()).orElse(Map.of());
        var status = new LinkedHashMap<String, Object>();
        for (var key : List.of("name", "namespace", "chart", "version", "appVersion", "revision", "status")) {
            status.put(key, metadata.get(key));
        }
        state.put("version", metadata.get("version"));
        state.put("status", status);
        state.put("resourceNames", ReleaseInputs.resourceNames(helm.manifest(release.name(), release.namespace())));
        return sealed(state, inputs);
    }

    /** In a preview, what Helm will say is not known. */
    private static Map<String, Object> previewed(Map<String, Object> inputs) {
        var state = Tree.copy(inputs);
        state.put("status", Wire.UNKNOWN);
        state.put("resourceNames", Wire.UNKNOWN);
        return sealed(state, inputs);
    }

    private static Map<String, Object> sealed(Map<String, Object> state, Map<String, Object> inputs) {
        state.put("__inputs", new Wire.Secret(inputs));
        return state;
    }
}
