package skystate;

import com.pulumi.core.Output;
import com.pulumi.core.internal.Internal;
import com.pulumi.core.internal.OutputData;
import com.pulumi.resources.ResourceTransformation;
import com.pulumi.test.Mocks;
import com.pulumi.test.PulumiTest;
import com.pulumi.test.TestOptions;
import com.pulumi.test.TestResult;
import com.pulumi.test.internal.MockMonitor;
import com.pulumi.test.internal.PulumiTestInternal;
import io.grpc.Status;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;
import pulumirpc.Resource.ReadResourceRequest;
import pulumirpc.Resource.RegisterResourceOutputsRequest;
import pulumirpc.Resource.RegisterResourceRequest;
import pulumirpc.Resource.ResourceInvokeRequest;
import rehearsal.provider.Wire;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.config.GivenConfig;
import skystate.config.Settings;
import skystate.disk.SnapshotSchedule;
import skystate.disk.StateDisk;
import skystate.engine.PluginVersions;
import skystate.server.ApiServer;
import skystate.volume.StateVolume;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/**
 * One run of the whole stack against mocks of the engine and its providers.
 *
 * <p>{@link Mocks} see neither the options of a resource nor what is secret, and a transformation sees what was asked
 * for and not what came of it; so the tests look at the requests as the engine gets them. The stack has one resource of
 * each type, and a request is asked for by that type.
 */
final class StackRun {

    static final String CLUSTER = "pulumi:providers:kubernetes";
    static final String STATE_DISK = "skystate:index:StateDisk";
    static final String DISK = "gcp:compute/disk:Disk";
    static final String SNAPSHOT_SCHEDULE = "skystate:index:SnapshotSchedule";
    static final String POLICY = "gcp:compute/resourcePolicy:ResourcePolicy";
    static final String ATTACHMENT = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment";
    static final String REGION_ATTACHMENT =
            "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment";
    static final String REGION_DISK = "gcp:compute/regionDisk:RegionDisk";
    static final String STATE_VOLUME = "skystate:index:StateVolume";
    static final String STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
    static final String VOLUME = "kubernetes:core/v1:PersistentVolume";
    static final String API_SERVER = "skystate:index:ApiServer";
    static final String NAMESPACE = "kubernetes:core/v1:Namespace";
    static final String SECRET = "kubernetes:core/v1:Secret";
    static final String RELEASE = "kubernetes:helm.sh/v3:Release";

    private static final String STACK_REFERENCE = "pulumi:pulumi:StackReference";

    static final String DISK_ID = "projects/my-project/zones/us-east5-b/disks/sky-api-server-state";
    static final String REGIONAL_ID = "projects/my-project/regions/us-east5/disks/sky-api-server-state";
    /** By which the provider, and so the program, may ask Google. */
    static final String TOKEN = "ya29.the-access-token";
    /** The label by which this stack knows its disk. */
    static final Map<String, String> OWN_LABEL = Map.of("sky-api-server-stack", "dev-adedc355");

    static final String SCHEDULE_ID =
            "projects/my-project/regions/us-east5/resourcePolicies/sky-api-server-state-us-east5-b-daily";
    static final String SNAPSHOT_ID = "projects/my-project/global/snapshots/daily";
    /** The provider answers nothing for a snapshot that isn't there, and tells no error. */
    static final CompletableFuture<Map<String, Object>> MISSING_SNAPSHOT = CompletableFuture.completedFuture(Map.of());

    /** A server that asks for the password itself, whatever its release is called. */
    private static final List<Map<String, Object>> ASKING = Stream.of("skypilot", "sky", "other")
            .<Map<String, Object>>map(release -> Map.of(
                    "kind", "Deployment", "metadata", Map.of("name", release + "-api-server"), "spec",
                    Map.of("template", Map.of("metadata", Map.of("labels", Map.of()),
                            "spec",
                            Map.of("containers", List.of(Map.of("args", List.of("sky api start --enable-basic-auth"),
                                    "envFrom",
                                    Stream.of("aws", "gcp", "lambda", "runpod")
                                            .map(cloud -> Map.of("secretRef",
                                                    Map.of("name", release + "-" + cloud + "-credentials")))
                                            .toList())))))))
            .toList();

    /** A node in the disk's zone and project. */
    static final ClusterState.Node NODE = new ClusterState.Node("my-project", "us-east5-b",
            "projects/my-project/zones/us-east5-b/instances/node");

    /**
     * What a run starts from.
     *
     * @param preview       whether it is a preview
     * @param config        the stack's config
     * @param getDisk       what Google answers about the disk
     * @param getSnapshot   what Google answers about the snapshot
     * @param policies      what Google answers about resource policies, by path; of others, that there are none
     * @param lastUp        the stack's last outputs
     * @param cluster       what the cluster has
     * @param actual        what registered resources turn out to be, by type, where they differ from the program's
     *                      inputs
     * @param rendered      what the chart renders to
     * @param programChange what another version of the program would register otherwise
     */
    record Given(boolean preview, GivenConfig config, CompletableFuture<Map<String, Object>> getDisk,
                 CompletableFuture<Map<String, Object>> getSnapshot,
                 Map<String, CompletableFuture<Map<String, Object>>> policies, Map<String, String> lastUp,
                 ClusterState cluster, Map<String, Map<String, Object>> actual,
                 CompletableFuture<Map<String, Object>> rendered, ResourceTransformation programChange) {

        Given config(GivenConfig other) {
            return new Given(preview, other, getDisk, getSnapshot, policies, lastUp, cluster, actual, rendered,
                    programChange);
        }

        Given with(String key, String value) {
            return config(config.with(key, value));
        }

        Given getDisk(CompletableFuture<Map<String, Object>> other) {
            return new Given(preview, config, other, getSnapshot, policies, lastUp, cluster, actual, rendered,
                    programChange);
        }

        Given getSnapshot(CompletableFuture<Map<String, Object>> other) {
            return new Given(preview, config, getDisk, other, policies, lastUp, cluster, actual, rendered,
                    programChange);
        }

        Given policy(String path, CompletableFuture<Map<String, Object>> answer) {
            return new Given(preview, config, getDisk, getSnapshot, Map.of(path, answer), lastUp, cluster, actual,
                    rendered, programChange);
        }

        Given lastDisk(String id) {
            return lastUp(Map.of("diskId", id));
        }

        Given lastUp(Map<String, String> outputs) {
            return new Given(preview, config, getDisk, getSnapshot, policies, outputs, cluster, actual, rendered,
                    programChange);
        }

        Given cluster(ClusterState other) {
            return new Given(preview, config, getDisk, getSnapshot, policies, lastUp, other, actual, rendered,
                    programChange);
        }

        Given actual(String type, Map<String, Object> properties) {
            return new Given(preview, config, getDisk, getSnapshot, policies, lastUp, cluster, Map.of(type, properties),
                    rendered, programChange);
        }

        Given rendered(CompletableFuture<Map<String, Object>> answer) {
            return new Given(preview, config, getDisk, getSnapshot, policies, lastUp, cluster, actual, answer,
                    programChange);
        }

        Given programChange(ResourceTransformation change) {
            return new Given(preview, config, getDisk, getSnapshot, policies, lastUp, cluster, actual, rendered,
                    change);
        }

        StackRun run() {
            return run(engine -> cluster);
        }

        /** With a look at the cluster that may wait for what the engine is asked. */
        StackRun run(Function<Mocks, ClusterState> look) {
            return new StackRun(this, look);
        }
    }

    private final Mocks mocks = mock(Mocks.class);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> warned = new CopyOnWriteArrayList<>();
    private final TestResult result;
    private MockMonitor monitor;

    private StackRun(Given given, Function<Mocks, ClusterState> look) {
        when(mocks.callAsync(any())).thenAnswer(call -> switch (call.<Mocks.CallArgs>getArgument(0).token) {
            case "gcp:compute/getSnapshot:getSnapshot" -> given.getSnapshot();
            case "gcp:compute/getResourcePolicy:getResourcePolicy" -> {
                var asked = call.<Mocks.CallArgs>getArgument(0).args;
                var path = "projects/" + asked.get("project") + "/regions/" + asked.get("region") + "/resourcePolicies/"
                        + asked.get("name");
                yield given.policies().getOrDefault(path,
                        failing("invoking gcp:compute/getResourcePolicy:getResourcePolicy: 1 error occurred:\n\t* "
                                + path + " not found\n\n"));
            }
            case "kubernetes:helm:template" -> given.rendered();
            case "gcp:organizations/getClientConfig:getClientConfig" -> CompletableFuture.completedFuture(
                    Map.of("accessToken", TOKEN, "id", "", "project", "my-project", "region", "", "zone", ""));
            default -> given.getDisk();
        });
        when(mocks.newResourceAsync(any())).thenAnswer(call -> CompletableFuture.completedFuture(
                provide(call.getArgument(0), given)));
        try {
            this.result = PulumiTestInternal.builder()
                    .options(TestOptions.builder().projectName(GivenConfig.PROJECT).stackName("dev")
                            .preview(given.preview())
                            .resourceTransformations(Stream.concat(Stream.of(given.programChange()),
                                    App.options(given.config().source()).resourceTransformations().stream()).toList())
                            .build())
                    .mocks(mocks)
                    .standardLogger(listening())
                    .monitorDecorator(original -> monitor = Mockito.spy(original))
                    .build()
                    .runTest(context -> ServerStack.declare(context,
                            new Prefetch(given.config().source(), settings -> look.apply(mocks)),
                            begun -> {}));
        } finally {
            PulumiTest.cleanup();
        }
        StackRules.check(requests(), given.config().source());
        versions().forEach((token, version) -> assertEquals(token.replace("pulumi:providers:", "").startsWith("gcp")
                ? PluginVersions.GCP : PluginVersions.KUBERNETES, version, token));
    }

    /** The version of the plugin that each resource, read and invoke asks for, by its type or token. */
    Map<String, String> versions() {
        var versions = new HashMap<String, String>();
        requests().stream().filter(RegisterResourceRequest::getCustom)
                .forEach(request -> versions.put(request.getType(), request.getVersion()));
        reads().stream().filter(request -> !request.getType().equals(STACK_REFERENCE))
                .forEach(request -> versions.put(request.getType(), request.getVersion()));
        var invokes = ArgumentCaptor.forClass(ResourceInvokeRequest.class);
        verify(monitor, atLeast(0)).invokeAsync(invokes.capture());
        invokes.getAllValues().stream().filter(request -> !request.getTok().startsWith("pulumi:"))
                .forEach(request -> versions.put(request.getTok(), request.getVersion()));
        return versions;
    }

    /** The SDK's logger repeats what the engine is told: not on the console here. */
    private Logger listening() {
        var logger = Logger.getAnonymousLogger();
        logger.setUseParentHandlers(false);
        logger.addHandler(new Handler() {
            @Override
            public void publish(LogRecord told) {
                if (told.getLevel() == Level.INFO) {
                    StackRun.this.told.add(told.getMessage());
                } else if (told.getLevel() == Level.WARNING) {
                    warned.add(told.getMessage());
                }
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        });
        return logger;
    }

    /** A complete config, a cluster without nodes yet, no such disk at Google, and a stack that never had one. */
    static Given given(boolean preview) {
        return new Given(preview, GivenConfig.complete(),
                failing("invoking gcp:compute/getDisk:getDisk: 1 error occurred:\n\t* " + DISK_ID + " not found\n\n"),
                MISSING_SNAPSHOT, Map.of(), Map.of(),
                ClusterState.EMPTY, Map.of(), completedFuture(Map.of("result", ASKING)), same -> Optional.empty());
    }

    /** What a cluster has, as far as most tests are about it. */
    static ClusterState cluster(List<ClusterState.Node> nodes, List<ClusterState.Volume> volumes,
                                Optional<Map<String, String>> storageClass,
                                Optional<ClusterState.Namespace> namespace, Map<String, String> pendingReleases,
                                Set<String> running) {
        return new ClusterState("v1.36.3", nodes, volumes, Optional.empty(), storageClass, namespace, pendingReleases,
                running, Map.of(), Optional.empty());
    }

    /** The PersistentVolume of the state's name. */
    static ClusterState.Volume volume(String owner, String handle, String claim, boolean bound, boolean terminating,
                                      boolean retained) {
        return new ClusterState.Volume(StateVolume.NAME, owner, "pd.csi.storage.gke.io", handle, claim,
                bound ? "Bound" : "Available", terminating,
                retained ? "Retain" : "Delete");
    }

    /** The settings of a complete config for another cluster. */
    static Settings settings(ClusterSettings cluster, String namespace) {
        var complete = GivenConfig.complete().with("namespace", namespace).read();
        return new Settings(complete.state(), cluster, complete.server(), complete.computeEndpoint());
    }

    /** A cluster that has the server's namespace, which no stack made. */
    static ClusterState withNamespace() {
        return cluster(List.of(), List.of(), Optional.empty(), Optional.of(new ClusterState.Namespace(Map.of(), false)),
                Map.of(), Set.of());
    }

    /** What Google answers about a disk that is there and that no machine holds. */
    static CompletableFuture<Map<String, Object>> disk(int size, String type, Map<String, String> labels) {
        return disk(size, type, labels, List.of());
    }

    /** What Google answers about a disk that is there, and which machines hold it. */
    static CompletableFuture<Map<String, Object>> disk(int size, String type, Map<String, String> labels,
                                                       List<String> users) {
        return disk(size, type, labels, users, "");
    }

    /** What Google answers about a disk that was made from a snapshot. */
    static CompletableFuture<Map<String, Object>> restored(Map<String, String> labels, String snapshot) {
        return disk(10, "pd-balanced", labels, List.of(), "https://www.googleapis.com/compute/v1/" + snapshot);
    }

    /** What Google answers about a snapshot that is there. */
    static CompletableFuture<Map<String, Object>> snapshot(int size) {
        return CompletableFuture.completedFuture(
                Map.of("id", SNAPSHOT_ID, "diskSizeGb", size, "snapshotId", 5_000_000_000_000_000_000.0,
                        "selfLink", "https://www.googleapis.com/compute/v1/" + SNAPSHOT_ID));
    }

    private static CompletableFuture<Map<String, Object>> disk(int size, String type, Map<String, String> labels,
                                                               List<String> users,
                                                               String snapshot) {
        return CompletableFuture.completedFuture(Map.of("id", DISK_ID, "name", "sky-api-server-state", "size", size,
                "type", "https://www.googleapis.com/compute/v1/projects/my-project/zones/us-east5-b/diskTypes/" + type,
                "labels", Map.of(), "effectiveLabels", labels, "users", users, "snapshot", snapshot, "resourcePolicies",
                List.of()));
    }

    /** The same disk with resource policies. */
    static CompletableFuture<Map<String, Object>> having(CompletableFuture<Map<String, Object>> disk,
                                                         String... policies) {
        return disk.thenApply(found -> {
            var having = new HashMap<>(found);
            having.put("resourcePolicies",
                    Stream.of(policies).map(path -> "https://www.googleapis.com/compute/v1/" + path).toList());
            return having;
        });
    }

    /** What Google answers about a snapshot schedule that is there. */
    static CompletableFuture<Map<String, Object>> schedule(int days) {
        return completedFuture(Map.of("snapshotSchedulePolicies",
                List.of(Map.of("schedules", List.of(), "snapshotProperties", List.of(),
                        "retentionPolicies",
                        List.of(Map.of("maxRetentionDays", days, "onSourceDiskDelete", "KEEP_AUTO_SNAPSHOTS"))))));
    }

    /** The same answer with one thing more. */
    static Map<String, Object> with(Map<String, Object> answer, String key, Object value) {
        var more = new HashMap<>(answer);
        more.put(key, value);
        return more;
    }

    /** A provider's error, as it reaches a Java program (facts: G9). */
    static <T> CompletableFuture<T> failing(String message) {
        return CompletableFuture.failedFuture(Status.UNKNOWN.withDescription(message).asRuntimeException());
    }

    /** What a provider returns: at preview the inputs, and nothing that only the real resource could tell. */
    private static Mocks.ResourceResult provide(Mocks.ResourceArgs resource, Given given) {
        var state = new HashMap<>(resource.inputs);
        state.putAll(given.actual().getOrDefault(resource.type, Map.of()));
        if (resource.type.equals(STACK_REFERENCE)) {
            state.put("outputs", given.lastUp());
            state.put("secretOutputNames", List.of());
            return Mocks.ResourceResult.of(Optional.of(resource.id), state);
        }
        if (DISK_ID.equals(resource.id) && resource.inputs.isEmpty()) {
            // A disk that is read tells what it is in previews too.
            state.putAll(Map.of("project", "my-project", "zone", "us-east5-b", "name", "sky-api-server-state",
                    "selfLink", "https://www.googleapis.com/compute/v1/" + DISK_ID));
            return Mocks.ResourceResult.of(Optional.of(DISK_ID), state);
        }
        if (REGIONAL_ID.equals(resource.id) && resource.inputs.isEmpty()) {
            state.putAll(Map.of("project", "my-project", "region", "us-east5", "name", "sky-api-server-state",
                    "selfLink", "https://www.googleapis.com/compute/v1/" + REGIONAL_ID));
            return Mocks.ResourceResult.of(Optional.of(REGIONAL_ID), state);
        }
        if (given.preview()) {
            return Mocks.ResourceResult.of(Optional.empty(), state);
        }
        return switch (resource.type) {
            case DISK -> {
                state.put("selfLink", "https://www.googleapis.com/compute/v1/" + DISK_ID);
                yield Mocks.ResourceResult.of(Optional.of(DISK_ID), state);
            }
            case REGION_DISK -> {
                state.put("selfLink", "https://www.googleapis.com/compute/v1/" + REGIONAL_ID);
                yield Mocks.ResourceResult.of(Optional.of(REGIONAL_ID), state);
            }
            case RELEASE -> {
                state.putIfAbsent("status", Map.of("status", "deployed"));
                yield Mocks.ResourceResult.of(Optional.of("skypilot/skypilot"), state);
            }
            default -> Mocks.ResourceResult.of(Optional.of(resource.name + "-id"), state);
        };
    }

    /** Every resource that was to be registered, but for the stack itself. */
    List<RegisterResourceRequest> requests() {
        var requests = ArgumentCaptor.forClass(RegisterResourceRequest.class);
        verify(monitor, atLeast(0)).registerResourceAsync(any(), requests.capture());
        return requests.getAllValues().stream().filter(request -> !request.getType().equals("pulumi:pulumi:Stack"))
                .toList();
    }

    /** What was read and not registered. */
    List<ReadResourceRequest> reads() {
        var requests = ArgumentCaptor.forClass(ReadResourceRequest.class);
        verify(monitor, atLeast(0)).readResourceAsync(any(), requests.capture());
        return requests.getAllValues();
    }

    List<String> types() {
        return requests().stream().map(RegisterResourceRequest::getType).toList();
    }

    RegisterResourceRequest request(String type) {
        var requests = requests().stream().filter(request -> request.getType().equals(type)).toList();
        assertEquals(1, requests.size(), () -> "one " + type + " among " + types());
        return requests.get(0);
    }

    /** The inputs, with {@link Wire.Secret} around what is secret. */
    Map<String, Object> sent(String type) {
        return Wire.read(request(type).getObject());
    }

    /** The inputs, secret or not. */
    Map<String, Object> inputs(String type) {
        return Wire.reveal(sent(type));
    }

    /** The content of a Secret, from its {@code data}. */
    static Map<String, String> decoded(Object data) {
        var content = new HashMap<String, String>();
        ((Map<?, ?>) data).forEach((key, text) -> content.put((String) key,
                new String(Base64.getDecoder().decode((String) text), StandardCharsets.UTF_8)));
        return content;
    }

    /** The URNs of all but the stack itself, without stack and project, which every one of them begins with. */
    List<String> urns() {
        return result.resources().stream()
                .map(resource -> Internal.of(resource.urn()).getValueNullable().join())
                .filter(urn -> urn.contains("Stack$"))
                .map(urn -> asTheEngineSpells(urn).replace("urn:pulumi:dev::sky-api-server::", ""))
                .toList();
    }

    /** The types of the resources that a resource waits for. */
    List<String> waitsFor(String type) {
        return request(type).getDependenciesList().stream().map(StackRun::typeOf).sorted().toList();
    }

    static String typeOf(String urn) {
        var types = urn.split("::")[2];
        return types.substring(types.lastIndexOf('$') + 1);
    }

    /** What a component tells the engine about itself, by the component's type. */
    Map<String, Map<String, Object>> componentOutputs() {
        var requests = ArgumentCaptor.forClass(RegisterResourceOutputsRequest.class);
        verify(monitor, atLeast(0)).registerResourceOutputsAsync(requests.capture());
        var outputs = new HashMap<String, Map<String, Object>>();
        requests.getAllValues()
                .forEach(request -> outputs.put(typeOf(request.getUrn()), Wire.read(request.getOutputs())));
        return outputs;
    }

    /** What the program asked a provider without registering anything. */
    List<Mocks.CallArgs> calls() {
        var calls = ArgumentCaptor.forClass(Mocks.CallArgs.class);
        verify(mocks, atLeast(0)).callAsync(calls.capture());
        return calls.getAllValues();
    }

    /** What of it Google was asked. */
    List<String> askedOfGoogle() {
        return calls().stream().map(call -> call.token).filter(token -> token.startsWith("gcp:")).toList();
    }

    /** The stack's outputs: value, or whether it is known, and whether it is secret. */
    Map<String, OutputData<?>> outputs() {
        var outputs = new HashMap<String, OutputData<?>>();
        result.outputs().forEach((name, output) -> outputs.put(name, data(output)));
        return outputs;
    }

    String output(String name) {
        return (String) outputs().get(name).getValueNullable();
    }

    private static <T> OutputData<T> data(Output<T> output) {
        return Internal.of(output).getDataAsync().join();
    }

    /** What the user is told besides errors and warnings. */
    String told() {
        return String.join("\n", told);
    }

    /** What the user is warned of. */
    List<String> warned() {
        return warned;
    }

    /** All that the user is told when the run fails. */
    String refusal() {
        assertEquals(32, result.exitCode(), "the exit code that says: the program has told what is wrong");
        return asTheEngineSpells(String.join("\n", result.errors()));
    }

    /** The mocks put the stack's type in front of every other in a URN; the engine leaves it out. */
    private static String asTheEngineSpells(String urns) {
        return urns.replace("pulumi:pulumi:Stack$", "");
    }

    TestResult result() {
        return result;
    }
}
