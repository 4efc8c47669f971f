package rehearsal.provider;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves a provider plugin from this JVM as the engine expects one: an executable in the plugin folder of a
 * PULUMI_HOME, started once per provider instance, that prints the port of its gRPC server on its first line. The
 * executable is a script of a few lines that asks this host for a new instance, and the instance lives as long as the
 * script does: no JVM starts, and an old and a new configuration never meet in one instance.
 */
public final class PluginHost implements Closeable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /**
     * One for all, and for good: an instance that was killed at work finds that nobody waits for its answer, and
     * nothing else.
     */
    private static final EventLoopGroup CONNECTIONS =
            new NioEventLoopGroup(2, (ThreadFactory) work -> daemon("plugin-connections", work));

    private final ServerSocket door;
    private final Function<Launch, BindableService> provider;
    private final Map<Socket, Thread> instances = new ConcurrentHashMap<>();

    private PluginHost(ServerSocket door, Function<Launch, BindableService> provider) {
        this.door = door;
        this.provider = provider;
    }

    /**
     * Puts the plugin into a PULUMI_HOME and serves it until closed.
     *
     * @param pulumiHome the engine's PULUMI_HOME
     * @param name       the package, as in {@code gcp}
     * @param version    the version that the program's SDK asks for, as in {@code 7.0.0}
     * @param provider   makes one provider instance; one that is AutoCloseable is closed when its instance ends
     */
    public static PluginHost serve(Path pulumiHome, String name, String version, Supplier<BindableService> provider)
            throws IOException {
        return serve(pulumiHome, name, version, launch -> provider.get());
    }

    /** The same, for a provider that looks at how it was started. */
    public static PluginHost serve(Path pulumiHome, String name, String version,
                                   Function<Launch, BindableService> provider)
            throws IOException {
        return serve(Files.createDirectories(pulumiHome.resolve("plugins/resource-" + name + "-v" + version))
                .resolve("pulumi-resource-" + name), provider);
    }

    /**
     * The same, for any plugin: a language host is one too, in a folder of the PATH.
     *
     * @param script the executable
     */
    public static PluginHost serve(Path script, Function<Launch, BindableService> plugin) throws IOException {
        var host = new PluginHost(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), plugin);
        Files.writeString(script, """
                #!/usr/bin/env bash
                # The engine ends this script, and the end of its connection ends the instance.
                exec 3<>/dev/tcp/127.0.0.1/%d || exit 1
                {
                  printf '%%s\\0%%s\\0' "${!#}" "$PWD"
                  while read -r name; do printf '%%s=%%s\\0' "$name" "${!name}"; done < <(compgen -e)
                  printf '\\0'
                } >&3
                read -r port <&3 && echo "$port" && exec cat <&3 >/dev/null
                """.formatted(host.door.getLocalPort()));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        daemon("plugin-host-" + script.getFileName(), host::accept).start();
        return host;
    }

    /** Serves no more, ends the instances that still run, and returns once they have tidied up after themselves. */
    @Override
    public void close() throws IOException {
        door.close();
        for (var instance : Map.copyOf(instances).entrySet()) {
            instance.getKey().close();
            try {
                instance.getValue().join(PATIENCE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var connection = door.accept();
                var thread = daemon("plugin-instance", () -> serve(connection));
                instances.put(connection, thread);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        Server server = null;
        BindableService instance = null;
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            instance = provider.apply(launch(in));
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .bossEventLoopGroup(CONNECTIONS)
                    .workerEventLoopGroup(CONNECTIONS)
                    .channelType(NioServerSocketChannel.class)
                    .maxInboundMessageSize(400 << 20)
                    .addService(instance)
                    .build()
                    .start();
            connection.getOutputStream().write((server.getPort() + "\n").getBytes(StandardCharsets.US_ASCII));
            in.read();
        } catch (IOException gone) {
            // The engine has ended the script: so ends the instance.
        } finally {
            if (server != null) {
                server.shutdownNow();
            }
            close(instance);
            instances.remove(connection);
        }
    }

    private static Launch launch(InputStream in) throws IOException {
        var engine = text(in);
        var directory = Path.of(text(in));
        var environment = new LinkedHashMap<String, String>();
        for (var entry = text(in); !entry.isEmpty(); entry = text(in)) {
            var equals = entry.indexOf('=');
            environment.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return new Launch(engine, directory, environment);
    }

    /** The bytes up to the next NUL. */
    private static String text(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != 0; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The plugin's script ended before it had told how it was started.");
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void close(BindableService instance) {
        if (instance instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception failed) {
                throw new IllegalStateException("A provider instance did not close: " + failed.getMessage(), failed);
            }
        }
    }

    private static Thread daemon(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
