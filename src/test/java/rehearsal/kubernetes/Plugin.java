package rehearsal.kubernetes;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import pulumirpc.EngineGrpc;
import pulumirpc.EngineOuterClass.LogRequest;
import pulumirpc.Provider.CheckRequest;
import pulumirpc.Provider.CheckResponse;
import pulumirpc.Provider.ConfigureRequest;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.DiffRequest;
import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.ErrorResourceInitFailed;
import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.Provider.UpdateRequest;
import pulumirpc.ResourceProviderGrpc;
import pulumirpc.ResourceProviderGrpc.ResourceProviderBlockingStub;
import rehearsal.provider.Launch;
import rehearsal.provider.Wire;
import rehearsal.tools.Supervised;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A provider instance as the engine has it: behind gRPC on loopback, configured, asked for one resource at a time. */
final class Plugin implements AutoCloseable {

    static final String VOLUME = "kubernetes:core/v1:PersistentVolume";
    static final String RELEASE = "kubernetes:helm.sh/v3:Release";

    /**
     * A resource as the engine keeps it in its state.
     *
     * @param id      the provider's id
     * @param inputs  the checked inputs
     * @param outputs the outputs
     */
    record State(String urn, String id, Struct inputs, Struct outputs) {

        /** The outputs, with what is secret in them laid open. */
        Map<String, Object> values() {
            return Wire.reveal(Wire.read(outputs));
        }
    }

    private final AutoCloseable instance;
    private final ManagedChannel channel;
    private final ResourceProviderBlockingStub stub;

    private Plugin(AutoCloseable instance, int port) {
        this.instance = instance;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        this.stub = ResourceProviderGrpc.newBlockingStub(channel);
    }

    private static Plugin standIn(FactsWorld.World world, Map<String, String> environment) throws IOException {
        var provider = new KubernetesProvider(new Launch("", world.folder(), environment), world.helm());
        var server = serve(provider);
        return new Plugin(() -> {
            server.shutdownNow();
            provider.close();
        }, server.getPort());
    }

    /**
     * A process, started as the engine starts it: it tells its port on its first line, and tells the engine its log.
     */
    private static Plugin official(FactsWorld.World world, Map<String, String> environment) throws IOException {
        var engine = serve(new EngineGrpc.EngineImplBase() {
            @Override
            public void log(LogRequest request, StreamObserver<Empty> answer) {
                answer.onNext(Empty.getDefaultInstance());
                answer.onCompleted();
            }
        });
        var log = Files.createTempFile(world.folder(), "plugin-", ".log");
        // Its Helm leaves the kubeconfig there.
        var command = new ArrayList<>(List.of("env", "TMPDIR=" + world.folder()));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of(world.plugin().toString(), "127.0.0.1:" + engine.getPort()));
        var process = Supervised.start("kubernetes-plugin", command, log);
        var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.readString(log).contains("\n")) {
            process.checkAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The plugin tells no port: " + process.tail());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return new Plugin(() -> {
            process.close();
            engine.shutdownNow();
        }, Integer.parseInt(Files.readAllLines(log).get(0).strip()));
    }

    private static Server serve(BindableService service) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).addService(service).build().start();
    }

    /** An instance for the cluster of this kubeconfig. */
    static Plugin start(FactsWorld.World world, Path kubeconfig, Map<String, String> environment) throws IOException {
        var plugin = switch (world.kind()) {
            case STAND_IN -> standIn(world, environment);
            case OFFICIAL -> official(world, environment);
        };
        plugin.stub.configure(ConfigureRequest.newBuilder().setAcceptSecrets(true)
                .putVariables("kubernetes:config:kubeconfig", kubeconfig.toString()).build());
        return plugin;
    }

    /** An instance for the shared control plane. */
    static Plugin start(FactsWorld.World world) throws IOException {
        return start(world, world.controlPlane().kubeconfig(), Map.of());
    }

    /** Ends the instance as the end of the plugin's process would. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            instance.close();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    static String urn(String type, String name) {
        return "urn:pulumi:facts::rehearsal::" + type + "::" + name;
    }

    DiffResponse diffConfig(Map<String, Object> olds, Map<String, Object> news) {
        return stub.diffConfig(DiffRequest.newBuilder().setOlds(Wire.write(olds)).setNews(Wire.write(news)).build());
    }

    CheckResponse check(String urn, State before, Map<String, Object> news) {
        var request = CheckRequest.newBuilder().setUrn(urn).setNews(Wire.write(news));
        return stub.check((before == null ? request : request.setOlds(before.inputs)).build());
    }

    /** What `up` does with a new resource. */
    State create(String urn, Map<String, Object> inputs, double timeout) {
        var checked = check(urn, null, inputs).getInputs();
        var created =
                stub.create(CreateRequest.newBuilder().setUrn(urn).setProperties(checked).setTimeout(timeout).build());
        return new State(urn, created.getId(), checked, created.getProperties());
    }

    State create(String urn, Map<String, Object> inputs) {
        return create(urn, inputs, 0);
    }

    /** What `preview` does with a new resource. */
    Map<String, Object> preview(String urn, Map<String, Object> inputs) {
        var checked = check(urn, null, inputs).getInputs();
        return Wire.reveal(Wire.read(stub.create(
                CreateRequest.newBuilder().setUrn(urn).setProperties(checked).setPreview(true).build())
                .getProperties()));
    }

    /** What a preview finds to do for a resource that the state has. */
    DiffResponse diff(State before, Map<String, Object> inputs) {
        return stub.diff(DiffRequest.newBuilder().setUrn(before.urn).setId(before.id)
                .setOlds(before.outputs).setOldInputs(before.inputs)
                .setNews(check(before.urn, before, inputs).getInputs()).build());
    }

    /** What `up` does with a resource that changed. */
    State update(State before, Map<String, Object> inputs) {
        var checked = check(before.urn, before, inputs).getInputs();
        var updated = stub.update(UpdateRequest.newBuilder().setUrn(before.urn).setId(before.id)
                .setOlds(before.outputs).setOldInputs(before.inputs).setNews(checked).build());
        return new State(before.urn, before.id, checked, updated.getProperties());
    }

    /** What `refresh` does; empty if the resource is gone, so that the engine drops it. */
    Optional<State> refresh(State before) {
        var read = stub.read(ReadRequest.newBuilder().setUrn(before.urn).setId(before.id)
                .setProperties(before.outputs).setInputs(before.inputs).build());
        return read.getId().isEmpty() ? Optional.empty()
                : Optional.of(new State(before.urn, read.getId(), read.getInputs(), read.getProperties()));
    }

    /** What `destroy` does. */
    void delete(State state, double timeout) {
        stub.delete(DeleteRequest.newBuilder().setUrn(state.urn).setId(state.id)
                .setProperties(state.outputs).setOldInputs(state.inputs).setTimeout(timeout).build());
    }

    void delete(State state) {
        delete(state, 30);
    }

    /** What a chart renders to, by the invoke that takes its options as JSON. */
    List<Map<String, Object>> template(String jsonOpts) {
        var answer = stub.invoke(InvokeRequest.newBuilder().setTok("kubernetes:helm:template")
                .setArgs(Wire.write(Map.of("jsonOpts", jsonOpts))).build());
        return Tree.list(Wire.read(answer.getReturn()), "result").stream().map(Tree::cast).toList();
    }

    /** What the provider said was left behind by an operation that failed half way. */
    static Optional<ErrorResourceInitFailed> leftBehind(StatusRuntimeException failure) {
        try {
            var details = StatusProto.fromThrowable(failure).getDetailsList();
            return details.isEmpty() ? Optional.empty()
                    : Optional.of(details.get(0).unpack(ErrorResourceInitFailed.class));
        } catch (InvalidProtocolBufferException foreign) {
            throw new IllegalStateException(foreign);
        }
    }
}
