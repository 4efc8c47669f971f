package rehearsal.kubernetes;

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
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Kubernetes objects of any kind as resources: created by POST, changed by server-side apply, previewed by the server's
 * dry run (provider's provider.go and await.go).
 *
 * <p>The state of a resource is the live object, with the inputs it was made from under {@code __inputs} and the field
 * manager under {@code __fieldManager}.
 */
final class KubernetesObjects {

    private static final String UNREACHABLE_HINT =
            "you can remove this resource from Pulumi state by rerunning the operation "
                    + "with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"";
    private static final int CREATE_RETRIES = 5;

    private final Cluster cluster;
    private final Settings settings;
    private final Pace pace;
    private final Awaits awaits;
    private final EngineLog log;

    KubernetesObjects(Cluster cluster, Settings settings, EngineLog log, Pace pace, BooleanSupplier cancelled) {
        this.cluster = cluster;
        this.settings = settings;
        this.pace = pace;
        this.awaits = new Awaits(cluster.api(), pace, cancelled);
        this.log = log;
    }

    CheckResponse check(CheckRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var news = Wire.read(request.getNews());
        var olds = Wire.reveal(Wire.read(request.getOlds()));
        var inputs = ObjectState.normal(Wire.reveal(news));
        inputs.putIfAbsent("apiVersion", urn.apiVersion());
        inputs.putIfAbsent("kind", urn.kind());
        if (olds.isEmpty()) {
            Metadata.assignName(inputs, urn, request.getAutonaming());
        } else {
            Metadata.adoptName(inputs, olds);
        }
        if (Tree.get(inputs, "metadata", "namespace").isEmpty() && cluster.namespaced(urn.apiVersion(), urn.kind())) {
            Tree.set(inputs, cluster.namespace(), "metadata", "namespace");
        }
        return CheckResponse.newBuilder().setInputs(Wire.write(Secrecy.mark(inputs, news))).build();
    }

    DiffResponse diff(DiffRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var state = Wire.reveal(Wire.read(request.getOlds()));
        var inputs = ObjectState.normal(Wire.reveal(Wire.read(request.getNews())));
        var before = Tree.prune(ObjectState.live(state), ObjectState.normal(Tree.map(state, "__inputs")));
        if (cluster.namespaced(urn.apiVersion(), urn.kind())) {
            for (var object : List.of(before, inputs)) {
                Tree.set(object, Ref.of(object).namespaceOrDefault(), "metadata", "namespace");
            }
        } else {
            Tree.remove(before, "metadata", "namespace");
            Tree.remove(inputs, "metadata", "namespace");
        }
        if (Tree.get(inputs, "metadata", "name").isPresent()) {
            Tree.set(before, Tree.text(state, "metadata", "name"), "metadata", "name");
        }
        var changes = PropertyChanges.between(before, inputs, ForceNew.of(inputs, settings));
        request.getIgnoreChangesList().forEach(ignored -> changes.keySet().removeIf(path -> within(path, ignored)));

        var replaces = changes.entrySet().stream().filter(change -> PropertyChanges.replaces(change.getValue()))
                .map(Map.Entry::getKey).toList();
        var sameName = Tree.text(inputs, "metadata", "name").equals(Tree.text(state, "metadata", "name"))
                && Ref.of(inputs).namespace().equals(Ref.of(before).namespace());
        return DiffResponse.newBuilder()
                .setChanges(changes.isEmpty() ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME)
                .addAllReplaces(replaces)
                .setDeleteBeforeReplace(!replaces.isEmpty() && sameName && !Metadata.autonamed(inputs))
                .putAllDetailedDiff(changes)
                .setHasDetailedDiff(true)
                .build();
    }

    CreateResponse create(CreateRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var given = Wire.read(request.getProperties());
        var inputs = Wire.reveal(given);
        var asGiven = CreateResponse.newBuilder().setProperties(request.getProperties()).build();
        if (!request.getPreview()) {
            requireCluster();
        } else if (Wire.hasUnknown(inputs) || !cluster.serves(urn.apiVersion(), urn.kind())) {
            return asGiven;
        }
        var manager = Metadata.fieldManager(inputs, given);
        var ref = Ref.of(inputs);
        Map<String, Object> created;
        try {
            created = request.getPreview() ? dryRun(ref, inputs, manager) : createPatiently(urn, ref, inputs, manager);
        } catch (ApiException refused) {
            if (request.getPreview()
                    && (refused.forbidden() || refused.alreadyExists() || refused.namespaceNotFound())) {
                // The provider's previews pass over these; only `up` tells (facts: 13).
                return asGiven;
            }
            throw new IllegalStateException(
                    "resource \"" + urn.text() + "\" was not successfully created by the Kubernetes "
                            + "API server: " + explain(refused, manager),
                    refused);
        } catch (NoSuchKindException unknown) {
            throw new IllegalStateException("creation of resource \"" + urn.text() + "\" with kind " + ref.apiVersion()
                    + "/"
                    + ref.kind()
                    + " failed because the Kubernetes API server reported that the apiVersion for this resource "
                    + "does not exist. Verify that any required CRDs have been created: " + unknown.getMessage(),
                    unknown);
        }
        if (request.getPreview()) {
            created.remove("status");
            return CreateResponse.newBuilder()
                    .setProperties(Wire.write(ObjectState.of(inputs, created, given, manager))).build();
        }
        try {
            var ready = awaits.ready(created, request.getTimeout());
            return CreateResponse.newBuilder()
                    .setId(ref.id()).setProperties(Wire.write(ObjectState.of(inputs, ready, given, manager))).build();
        } catch (Awaits.TimedOut late) {
            throw new InitFailure(ref.id(),
                    "resource \"" + urn.text() + "\" was successfully created, but the Kubernetes API "
                            + "server reported that it failed to fully initialize or become live: " + late.getMessage(),
                    ObjectState.of(inputs, late.live(), given, manager), List.of());
        }
    }

    ReadResponse read(ReadRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        if (!cluster.reachable()) {
            return readUnreachable(cluster, settings, log, urn, request);
        }
        var state = Wire.read(request.getProperties());
        var given = Wire.read(request.getInputs());
        var inputs = ObjectState.normal(Wire.reveal(given));
        Map<String, Object> live;
        try {
            live = api().get(Ref.of(urn, request.getId()));
        } catch (ApiException refused) {
            if (refused.notFound()) {
                return ReadResponse.getDefaultInstance();
            }
            throw refused;
        } catch (NoSuchKindException gone) {
            return ReadResponse.getDefaultInstance();
        }
        var liveInputs = inputs.isEmpty() ? ObjectState.importable(live) : Tree.prune(live, inputs);
        var manager = Metadata.fieldManager(liveInputs, state);
        return ReadResponse.newBuilder()
                .setId(request.getId())
                .setProperties(Wire.write(ObjectState.of(liveInputs, live, given, manager)))
                .setInputs(Wire.write(Secrecy.mark(Tree.copy(liveInputs), given)))
                .build();
    }

    UpdateResponse update(UpdateRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var given = Wire.read(request.getNews());
        var inputs = ObjectState.normal(Wire.reveal(given));
        if (!request.getPreview()) {
            requireCluster();
        } else if (Wire.hasUnknown(inputs) || !cluster.serves(urn.apiVersion(), urn.kind())) {
            return UpdateResponse.newBuilder().setProperties(request.getNews()).build();
        }
        var olds = Wire.reveal(Wire.read(request.getOlds()));
        var ref = Ref.of(olds);
        var manager = Metadata.fieldManager(inputs, olds);
        try {
            var live = api().get(ref);
            if (!request.getPreview()) {
                var operations = FieldManagers.takeOver(live, manager);
                live = operations.isEmpty() ? live : api().patch(ref, operations);
            }
            var sent = Tree.copy(inputs);
            for (var path : request.getIgnoreChangesList()) {
                keepLive(sent, live, manager, path.split("\\."));
            }
            // A dry run cannot take over first, so it forces instead.
            var force = patchForce(inputs) || request.getPreview() && FieldManagers.hasCreated(live);
            var updated = api().apply(ref, sent, manager, force, request.getPreview());
            if (!request.getPreview()) {
                updated = awaits.ready(updated, request.getTimeout());
            }
            return UpdateResponse.newBuilder()
                    .setProperties(Wire.write(ObjectState.of(inputs, updated, given, manager))).build();
        } catch (ApiException refused) {
            if (request.getPreview() && refused.forbidden()) {
                return UpdateResponse.newBuilder().setProperties(request.getNews()).build();
            }
            throw updateFailed(urn, ref, explain(refused, manager),
                    state -> ObjectState.of(inputs, state, given, manager));
        } catch (Awaits.TimedOut late) {
            throw updateFailed(urn, ref, late.getMessage(), state -> ObjectState.of(inputs, state, given, manager));
        }
    }

    void delete(DeleteRequest request) throws IOException {
        var urn = new Urn(request.getUrn());
        var state = Wire.reveal(Wire.read(request.getProperties()));
        if (!cluster.reachable()) {
            log.warning(urn, "configured Kubernetes cluster is unreachable: " + cluster.unreachable());
            if (settings.deleteUnreachable()) {
                return;
            }
            throw new IllegalStateException(
                    "configured Kubernetes cluster is unreachable. If the cluster was deleted, " + UNREACHABLE_HINT);
        }
        var inputs = Tree.map(state, "__inputs");
        var ref = Ref.of(urn, request.getId());
        try {
            api().delete(ref, Metadata.propagationPolicy(inputs));
            awaits.deleted(ref, inputs, request.getTimeout());
        } catch (ApiException refused) {
            if (!refused.notFound()) {
                throw refused;
            }
        } catch (NoSuchKindException gone) {
            // The kind went, and its objects with it.
        } catch (Awaits.TimedOut late) {
            var finalizers = "finalizers might be preventing deletion ("
                    + String.join(", ",
                            Tree.list(late.live(), "metadata", "finalizers").stream().map(Object::toString).toList())
                    + ")";
            log.warning(urn, finalizers);
            throw new InitFailure(request.getId(), late.getMessage(),
                    ObjectState.of(inputs, late.live(), Wire.read(request.getProperties()),
                            Metadata.fieldManager(inputs, state)),
                    List.of(finalizers));
        }
    }

    /** The answer to a refresh that finds no cluster: an error, or what the user chose instead (facts: 2). */
    static ReadResponse readUnreachable(Cluster cluster, Settings settings, EngineLog log, Urn urn,
                                        ReadRequest request) {
        log.warning(urn, "configured Kubernetes cluster is unreachable: " + cluster.unreachable());
        if (settings.deleteUnreachable()) {
            log.info(urn, "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
                    + "Deleting the unreachable resource from Pulumi state");
            return ReadResponse.getDefaultInstance();
        }
        if (settings.skipUpdateUnreachable()) {
            return ReadResponse.newBuilder()
                    .setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs())
                    .build();
        }
        throw new IllegalStateException(
                "failed to read resource state due to unreachable cluster. If the cluster was deleted, "
                        + UNREACHABLE_HINT);
    }

    private Map<String, Object> dryRun(Ref ref, Map<String, Object> inputs, String manager) throws IOException {
        return settings.upsert()
                ? api().apply(ref, inputs, manager, true, true)
                : api().create(ref, inputs, manager, true);
    }

    /** Retries while the namespace or the kind is not there yet: another resource may be about to bring it. */
    private Map<String, Object> createPatiently(Urn urn, Ref ref, Map<String, Object> inputs, String manager)
            throws IOException {
        for (int attempt = 0;; attempt++) {
            try {
                return settings.upsert()
                        ? api().apply(ref, inputs, manager, patchForce(inputs), false)
                        : api().create(ref, inputs, manager, false);
            } catch (ApiException | NoSuchKindException refused) {
                var missing = !(refused instanceof ApiException answer) || answer.notFound();
                if (!missing || attempt == CREATE_RETRIES) {
                    throw refused;
                }
                log.status(urn, "Retry #" + attempt + "; creation failed: " + refused.getMessage());
                for (int pause = 0; pause < 5 << attempt; pause++) {
                    pace.pause();
                }
            }
        }
    }

    private boolean patchForce(Map<String, Object> inputs) {
        return settings.patchForce() || Metadata.patchForce(inputs);
    }

    /** The object was reached, so its new inputs are kept with the failure, and the next `up` tries again. */
    private RuntimeException updateFailed(Urn urn, Ref ref, String reason,
                                          UnaryOperator<Map<String, Object>> state)
            throws IOException {
        try {
            return new InitFailure(ref.id(),
                    "the Kubernetes API server reported that \"" + ref.id() + "\" failed to fully "
                            + "initialize or become live: " + reason,
                    state.apply(api().get(ref)), List.of());
        } catch (ApiException gone) {
            return new IllegalStateException("update of resource \"" + urn.text() + "\" failed: " + reason
                    + "\nunable to get cluster state: " + gone.getMessage(), gone);
        }
    }

    private void requireCluster() {
        if (!cluster.reachable()) {
            throw new IllegalStateException("configured Kubernetes cluster is unreachable: " + cluster.unreachable());
        }
    }

    private Api api() {
        return cluster.api();
    }

    private static String explain(ApiException refused, String manager) {
        return refused.conflict()
                ? "Server-Side Apply field conflict detected.\n"
                        + "The resource managed by field manager \"" + manager + "\" had an apply conflict: "
                        + refused.getMessage()
                : refused.getMessage();
    }

    /** Ignored changes: what others own is not sent at all, the rest is sent as it is on the server. */
    private static void keepLive(Map<String, Object> sent, Map<String, Object> live, String manager, String... path) {
        Tree.get(live, path).ifPresent(value -> {
            if (FieldManagers.owns(live, manager, path)) {
                Tree.set(sent, value, path);
            } else {
                Tree.remove(sent, path);
            }
        });
    }

    private static boolean within(String path, String ancestor) {
        return path.equals(ancestor) || path.startsWith(ancestor + ".") || path.startsWith(ancestor + "[");
    }
}
