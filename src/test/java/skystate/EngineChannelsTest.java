package skystate;

import com.google.protobuf.Empty;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pulumirpc.EngineGrpc.EngineImplBase;
import pulumirpc.EngineGrpc;
import pulumirpc.EngineOuterClass.LogRequest;
import skystate.engine.EngineChannels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** What the JVM would wait for at its exit: a thread of a connection to the engine. */
class EngineChannelsTest {

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private Server engine;

    @BeforeEach
    void start() throws IOException {
        engine = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new EngineImplBase() {
                    @Override
                    public void log(LogRequest request, StreamObserver<Empty> out) {
                        told.add(request.getMessage());
                        out.onNext(Empty.getDefaultInstance());
                        out.onCompleted();
                    }
                }).build().start();
    }

    @AfterEach
    void stop() {
        engine.shutdownNow();
    }

    @Test
    void connectionsWorkUntilTheyAreClosedAndLeaveNoThread() throws InterruptedException {
        Thread thread;
        try (var channels = EngineChannels.install()) {
            tell("first", channel());
            thread = threads().findFirst().orElseThrow();
        }
        // It is told to have ended by its own last words.
        thread.join(1000);
        assertFalse(thread.isAlive());
        assertEquals(List.of(), threads().toList());
    }

    @Test
    void onceClosedOthersAreMadeAsBefore() {
        EngineChannels.install().close();
        var channel = channel();
        tell("second", channel);
        assertEquals(List.of(), threads().toList());
        channel.shutdownNow();
    }

    /** As the SDK makes it, and never closes it. */
    private ManagedChannel channel() {
        return ManagedChannelBuilder.forTarget("127.0.0.1:" + engine.getPort()).usePlaintext().build();
    }

    private void tell(String message, ManagedChannel channel) {
        EngineGrpc.newBlockingStub(channel).log(LogRequest.newBuilder().setMessage(message).build());
        assertEquals(message, told.poll());
    }

    private static Stream<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("engine-"));
    }
}
