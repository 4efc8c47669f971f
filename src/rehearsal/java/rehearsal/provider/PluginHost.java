package rehearsal.provider;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/**
 * Serves a provider plugin from this JVM as the engine expects one: an executable in the plugin folder of a
 * PULUMI_HOME, started once per provider instance, that prints the port of its gRPC server on its first line. The
 * executable is a script of a few lines that asks this host for a new instance, and the instance lives as long as
 * the script does: no JVM starts, and an old and a new configuration never meet in one instance.
 */
public final class PluginHost implements AutoCloseable {

    private final ServerSocket door;
    private final Supplier<BindableService> provider;

    private PluginHost(ServerSocket door, Supplier<BindableService> provider) {
        this.door = door;
        this.provider = provider;
    }

    /**
     * Puts the plugin into a PULUMI_HOME and serves it until closed.
     *
     * @param pulumiHome the engine's PULUMI_HOME
     * @param name       the package, as in {@code gcp}
     * @param version    the version that the program's SDK asks for, as in {@code 7.0.0}
     * @param provider   makes one provider instance
     */
    public static PluginHost serve(Path pulumiHome, String name, String version, Supplier<BindableService> provider)
            throws IOException {
        var host = new PluginHost(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), provider);
        var folder = Files.createDirectories(pulumiHome.resolve("plugins/resource-" + name + "-v" + version));
        var script = folder.resolve("pulumi-resource-" + name);
        Files.writeString(script, """
                #!/usr/bin/env bash
                # The engine ends this script, and the end of its connection ends the instance.
                exec 3<>/dev/tcp/127.0.0.1/%d || exit 1
                read -r port <&3 && echo "$port" && cat <&3 >/dev/null
                """.formatted(host.door.getLocalPort()));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        daemon("plugin-host-" + name, host::accept);
        return host;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var connection = door.accept();
                daemon("plugin-instance", () -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        Server server = null;
        try (connection) {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .maxInboundMessageSize(400 << 20)
                    .addService(provider.get())
                    .build()
                    .start();
            connection.getOutputStream().write((server.getPort() + "\n").getBytes());
            connection.getInputStream().read();
        } catch (IOException gone) {
            // The engine has ended the script: so ends the instance.
        } finally {
            if (server != null) {
                server.shutdownNow();
            }
        }
    }

    private static void daemon(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
