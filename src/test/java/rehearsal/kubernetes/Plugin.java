package rehearsal.kubernetes;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private final KubernetesProvider provider;
    private final Server server;
    private final ManagedChannel channel;
    private final ResourceProviderBlockingStub stub;

    private Plugin(KubernetesProvider provider) throws IOException {
        this.provider = provider;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).addService(provider).build().start();
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
        this.stub = ResourceProviderGrpc.newBlockingStub(channel);
    }

    /** An instance for the cluster of this kubeconfig. */
    static Plugin start(FactsWorld.World world, Path kubeconfig, Map<String, String> environment) throws IOException {
        var plugin = new Plugin(new KubernetesProvider(new Launch("", world.folder(), environment), world.helm()));
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
    public void close() throws IOException {
        channel.shutdownNow();
        server.shutdownNow();
        provider.close();
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
        var created = stub.create(CreateRequest.newBuilder().setUrn(urn).setProperties(checked).setTimeout(timeout).build());
        return new State(urn, created.getId(), checked, created.getProperties());
    }

    State create(String urn, Map<String, Object> inputs) {
        return create(urn, inputs, 0);
    }

    /** What `preview` does with a new resource. */
    Map<String, Object> preview(String urn, Map<String, Object> inputs) {
        var checked = check(urn, null, inputs).getInputs();
        return Wire.reveal(Wire.read(stub.create(
                CreateRequest.newBuilder().setUrn(urn).setProperties(checked).setPreview(true).build()).getProperties()));
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
            return details.isEmpty() ? Optional.empty() : Optional.of(details.get(0).unpack(ErrorResourceInitFailed.class));
        } catch (InvalidProtocolBufferException foreign) {
            throw new IllegalStateException(foreign);
        }
    }
}
