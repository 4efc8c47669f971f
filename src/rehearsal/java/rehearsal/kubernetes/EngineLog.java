package rehearsal.kubernetes;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import pulumirpc.EngineGrpc;
import pulumirpc.EngineOuterClass.LogRequest;
import pulumirpc.EngineOuterClass.LogSeverity;

import java.util.concurrent.TimeUnit;

/** What the user reads beside a resource while it is worked on. Without an engine, it goes nowhere. */
final class EngineLog implements AutoCloseable {

    private final ManagedChannel channel;

    /**
     * @param address the engine's address, or empty
     */
    EngineLog(String address) {
        this.channel = address.isEmpty() ? null : NettyChannelBuilder.forTarget(address).usePlaintext().build();
    }

    void warning(Urn urn, String message) {
        send(LogSeverity.WARNING, urn, message, false);
    }

    void info(Urn urn, String message) {
        send(LogSeverity.INFO, urn, message, false);
    }

    /** A line that the next one replaces. */
    void status(Urn urn, String message) {
        send(LogSeverity.INFO, urn, message, true);
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private void send(LogSeverity severity, Urn urn, String message, boolean ephemeral) {
        if (channel == null) {
            return;
        }
        try {
            EngineGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS).log(LogRequest.newBuilder()
                    .setSeverity(severity).setUrn(urn.text()).setMessage(message).setEphemeral(ephemeral).build());
        } catch (StatusRuntimeException gone) {
            // The engine is gone, and with it whoever would have read this.
        }
    }
}
