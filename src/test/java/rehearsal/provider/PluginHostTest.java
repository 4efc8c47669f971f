package rehearsal.provider;

import com.google.protobuf.Empty;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pulumirpc.Plugin.PluginInfo;
import pulumirpc.ResourceProviderGrpc;
import pulumirpc.ResourceProviderGrpc.ResourceProviderImplBase;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
@DisplayName("A provider plugin served from this JVM")
class PluginHostTest {

    @TempDir
    private Path home;

    @Test
    @DisplayName("Each start of the executable is an instance of its own: it knows how it was started, answers on the "
            + "printed port, ends with it")
    void instance() throws Exception {
        var launched = new CompletableFuture<Launch>();
        var closed = new CompletableFuture<Void>();
        try (var host = PluginHost.serve(home, "demo", "1.2.3", launch -> {
            launched.complete(launch);
            return new Demo(closed);
        })) {
            var plugin = start("a value\nof two lines");
            var port = Integer.parseInt(new BufferedReader(new InputStreamReader(plugin.getInputStream())).readLine());
            var launch = launched.get(10, TimeUnit.SECONDS);
            assertEquals("127.0.0.1:4711", launch.engine());
            assertEquals(home.toRealPath(), launch.directory());
            assertEquals("a value\nof two lines", launch.environment().get("DEMO"));

            var channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
            assertEquals("demo", ResourceProviderGrpc.newBlockingStub(channel).getPluginInfo(Empty.getDefaultInstance())
                    .getVersion());
            channel.shutdownNow();
            plugin.destroy();
            closed.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("Closing the host ends the instances and their executables, and waits until the instances have "
            + "tidied up")
    void close() throws Exception {
        var closed = new CompletableFuture<Void>();
        Process plugin;
        try (var host = PluginHost.serve(home, "demo", "1.2.3", launch -> new Demo(closed))) {
            plugin = start("");
            new BufferedReader(new InputStreamReader(plugin.getInputStream())).readLine();
        }
        assertTrue(closed.isDone());
        plugin.waitFor();
    }

    private Process start(String value) throws IOException {
        var builder = new ProcessBuilder(home.resolve("plugins/resource-demo-v1.2.3/pulumi-resource-demo").toString(),
                "127.0.0.1:4711")
                .directory(home.toFile());
        builder.environment().put("DEMO", value);
        return builder.start();
    }

    private record Demo(CompletableFuture<Void> closed) implements BindableService, AutoCloseable {

        @Override
        public ServerServiceDefinition bindService() {
            return new ResourceProviderImplBase() {
                @Override
                public void getPluginInfo(Empty request, StreamObserver<PluginInfo> answer) {
                    answer.onNext(PluginInfo.newBuilder().setVersion("demo").build());
                    answer.onCompleted();
                }
            }.bindService();
        }

        @Override
        public void close() throws InterruptedException {
            Thread.sleep(200);
            closed.complete(null);
        }
    }
}
