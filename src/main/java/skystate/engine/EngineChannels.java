package skystate.engine;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.ManagedChannelRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections to the engine, on one thread that can be ended. The SDK never closes them, and an exiting JVM waits
 * 0.3 s for threads in native code (HotSpot's {@code VM_Exit}), as those of open connections are: a fifth of a preview.
 * gRPC has this provider to be extended.
 */
public final class EngineChannels extends ManagedChannelProvider implements AutoCloseable {

    /** Above gRPC's own, which has 5. */
    private static final int PRIORITY = 6;
    private static final int PATIENCE_SECONDS = 1;

    private final EventLoopGroup thread = new NioEventLoopGroup(1, new DefaultThreadFactory("engine", true));

    private EngineChannels() {
    }

    /** All connections that are made from now on are of this kind, until it is closed. */
    public static EngineChannels install() {
        var channels = new EngineChannels();
        ManagedChannelRegistry.getDefaultRegistry().register(channels);
        return channels;
    }

    /** Closes the connections, and ends their thread. */
    @Override
    public void close() {
        ManagedChannelRegistry.getDefaultRegistry().deregister(this);
        thread.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    protected ManagedChannelBuilder<?> builderForAddress(String name, int port) {
        return onThread(NettyChannelBuilder.forAddress(name, port));
    }

    @Override
    protected ManagedChannelBuilder<?> builderForTarget(String target) {
        return onThread(NettyChannelBuilder.forTarget(target));
    }

    @Override
    protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
        return Set.of(InetSocketAddress.class);
    }

    private ManagedChannelBuilder<?> onThread(NettyChannelBuilder builder) {
        return builder.eventLoopGroup(thread).channelType(NioSocketChannel.class);
    }
}
