package rehearsal.provider;

import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * A plugin that listens already when the engine starts, which attaches to it ({@code PULUMI_DEBUG_PROVIDERS},
 * {@code PULUMI_DEBUG_LANGUAGES}): nothing is started. The engine opens a connection for each instance that it wants,
 * and so each connection gets one of its own, as each process would be; it ends with the connection.
 */
public final class AttachedPlugin implements AutoCloseable {

    private static final Attributes.Key<Instance> INSTANCE = Attributes.Key.create("instance");

    private record Instance(BindableService service, ServerServiceDefinition definition) {
    }

    private final Server server;

    private AttachedPlugin(Server server) {
        this.server = server;
    }

    /**
     * Serves it until closed.
     *
     * @param plugin makes an instance; one that is AutoCloseable is closed when its connection ends
     */
    public static AttachedPlugin serve(Supplier<? extends BindableService> plugin) throws IOException {
        return new AttachedPlugin(
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .maxInboundMessageSize(400 << 20)
                        .addTransportFilter(new ServerTransportFilter() {
                            @Override
                            public Attributes transportReady(Attributes connection) {
                                var service = plugin.get();
                                return connection.toBuilder()
                                        .set(INSTANCE, new Instance(service, service.bindService())).build();
                            }

                            @Override
                            public void transportTerminated(Attributes connection) {
                                if (connection.get(INSTANCE) != null
                                        && connection.get(INSTANCE).service() instanceof AutoCloseable closeable) {
                                    close(closeable);
                                }
                            }
                        })
                        // It tells the methods there are; whose they are, the connection does.
                        .addService(ServerInterceptors.intercept(plugin.get(), new ServerInterceptor() {
                            @Override
                            public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                                                                               ServerCallHandler<Q, A> next) {
                                return of(call).startCall(call, headers);
                            }
                        }))
                        .build().start());
    }

    /** Where it listens. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    @SuppressWarnings("unchecked")
    private static <Q, A> ServerCallHandler<Q, A> of(ServerCall<Q, A> call) {
        return (ServerCallHandler<Q, A>) call.getAttributes().get(INSTANCE).definition()
                .getMethod(call.getMethodDescriptor().getFullMethodName())
                .getServerCallHandler();
    }

    private static void close(AutoCloseable instance) {
        try {
            instance.close();
        } catch (Exception failed) {
            throw new IllegalStateException("A plugin's instance did not close: " + failed.getMessage(), failed);
        }
    }
}
