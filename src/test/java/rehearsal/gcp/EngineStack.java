package rehearsal.gcp;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Empty;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import pulumirpc.Language.GetRequiredPackagesRequest;
import pulumirpc.Language.GetRequiredPackagesResponse;
import pulumirpc.Language.RunRequest;
import pulumirpc.Language.RunResponse;
import pulumirpc.LanguageRuntimeGrpc.LanguageRuntimeImplBase;
import pulumirpc.Plugin.PluginInfo;
import pulumirpc.Resource.ReadResourceRequest;
import pulumirpc.Resource.RegisterResourceRequest;
import pulumirpc.ResourceMonitorGrpc;
import rehearsal.google.Google;
import rehearsal.provider.InstalledPlugin;
import rehearsal.provider.PluginHost;
import rehearsal.provider.Wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A stack of at most one disk, run by the real engine through its CLI. The program is told to the engine as a language
 * host would tell it, so that no JVM and no Maven start.
 */
final class EngineStack implements AutoCloseable {

    /** What a command printed, errors included, and how it ended. */
    record Result(int exit, String output) {
        boolean ok() {
            return exit == 0;
        }
    }

    /**
     * The program's one disk.
     *
     * @param readId id by which the disk is read and never managed; managed if empty
     */
    record Program(Map<String, Object> inputs, boolean protect, boolean retain, String importId, List<String> ignored,
                   String readId) {

        static Program disk(Map<String, Object> inputs) {
            return new Program(inputs, false, false, "", List.of(), "");
        }

        /** A program that reads the disk. */
        static Program reading(String id) {
            return new Program(Map.of(), false, false, "", List.of(), id);
        }

        Program protecting() {
            return new Program(inputs, true, retain, importId, ignored, readId);
        }

        Program retaining() {
            return new Program(inputs, protect, true, importId, ignored, readId);
        }

        Program importing(String id) {
            return new Program(inputs, protect, retain, id, ignored, readId);
        }

        Program ignoring(String... properties) {
            return new Program(inputs, protect, retain, importId, List.of(properties), readId);
        }

        /** The same with one property changed, or left out if the value is null. */
        Program with(String property, Object value) {
            var changed = new LinkedHashMap<>(inputs);
            if (value == null) {
                changed.remove(property);
            } else {
                changed.put(property, value);
            }
            return new Program(changed, protect, retain, importId, ignored, readId);
        }
    }

    private final Path home;
    private final Path bin;
    private final Closeable plugin;

    private EngineStack(Path home, Path bin, Closeable plugin) {
        this.home = home;
        this.bin = bin;
        this.plugin = plugin;
    }

    static EngineStack create(Path home, Path bin, Google google, String project)
            throws IOException, InterruptedException {
        Files.createDirectories(home.resolve("work"));
        Files.createDirectories(home.resolve("backend"));
        // With -Dplugins=installed it is the user's own plugin that is held to the facts.
        var installed = "installed".equals(System.getProperty("plugins"));
        if (installed) {
            InstalledPlugin.link(home, "gcp", GcpProvider.VERSION, InstalledPlugin.find("gcp", GcpProvider.VERSION));
        }
        var stack = new EngineStack(home, bin,
                installed ? () -> {} : PluginHost.serve(home, "gcp", GcpProvider.VERSION, GcpProvider::new));
        Files.writeString(home.resolve("work/Pulumi.yaml"), "name: disks\nruntime: java\n");
        var made = stack.pulumi(List.of("stack", "init", "test"));
        if (!made.ok()) {
            throw new IllegalStateException("cannot make a stack: " + made.output());
        }
        var settings = home.resolve("work/Pulumi.test.yaml");
        Files.writeString(settings, Files.readString(settings) + """
                config:
                  gcp:project: %s
                  gcp:accessToken: token
                  gcp:computeCustomEndpoint: %s
                """.formatted(project, google.endpoint()));
        return stack;
    }

    /** A preview that shows each property's change. */
    Result preview(Program program, String... flags) {
        return run(program, "preview", List.of("--diff"), flags);
    }

    Result up(Program program, String... flags) {
        return run(program, "up", List.of("--yes", "--skip-preview"), flags);
    }

    Result refresh() {
        return pulumi(List.of("refresh", "--yes", "--skip-preview"));
    }

    Result destroy() {
        return pulumi(List.of("destroy", "--yes", "--skip-preview"));
    }

    /** The disk as the state has it, or null when it has none. */
    JsonObject state() {
        var export = JsonParser.parseString(pulumi(List.of("stack", "export")).output()).getAsJsonObject()
                .getAsJsonObject("deployment");
        if (!export.has("resources")) {
            return null;
        }
        for (var resource : export.getAsJsonArray("resources")) {
            if (resource.getAsJsonObject().get("type").getAsString().equals("gcp:compute/disk:Disk")) {
                return resource.getAsJsonObject();
            }
        }
        return null;
    }

    /** The CLI as it is, without a program. */
    Result pulumi(List<String> arguments) {
        var command = new ArrayList<>(List.of(bin.resolve("pulumi").toString()));
        command.addAll(arguments);
        command.addAll(List.of("--non-interactive", "--color", "never"));
        var builder = new ProcessBuilder(command).directory(home.resolve("work").toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of("PULUMI_HOME", home.toString(), "PULUMI_BACKEND_URL",
                        "file://" + home.resolve("backend"),
                        "PULUMI_CONFIG_PASSPHRASE", "", "PULUMI_SKIP_UPDATE_CHECK", "1",
                        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true",
                        "PULUMI_STACK", "test", "PATH", bin + ":" + System.getenv("PATH")));
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("pulumi " + arguments + " doesn't end: " + output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new IllegalStateException("cannot run pulumi " + arguments, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        plugin.close();
    }

    private Result run(Program program, String command, List<String> usual, String... flags) {
        Server host = null;
        try {
            host = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Language(program)).build().start();
            var arguments = new ArrayList<>(
                    List.of(command, "--client=127.0.0.1:" + host.getPort(), "--exec-kind", "auto.inline"));
            arguments.addAll(usual);
            arguments.addAll(List.of(flags));
            return pulumi(arguments);
        } catch (IOException e) {
            throw new IllegalStateException("cannot serve the program", e);
        } finally {
            if (host != null) {
                host.shutdownNow();
            }
        }
    }

    private static final class Language extends LanguageRuntimeImplBase {

        private final Program program;

        Language(Program program) {
            this.program = program;
        }

        @Override
        public void getPluginInfo(Empty request, StreamObserver<PluginInfo> out) {
            out.onNext(PluginInfo.newBuilder().setVersion("1.0.0").build());
            out.onCompleted();
        }

        @Override
        public void getRequiredPackages(GetRequiredPackagesRequest request,
                                        StreamObserver<GetRequiredPackagesResponse> out) {
            out.onNext(GetRequiredPackagesResponse.getDefaultInstance());
            out.onCompleted();
        }

        @Override
        public void run(RunRequest request, StreamObserver<RunResponse> out) {
            var channel = NettyChannelBuilder.forTarget(request.getMonitorAddress()).usePlaintext().build();
            var answer = RunResponse.newBuilder();
            try {
                var monitor = ResourceMonitorGrpc.newBlockingStub(channel);
                var stack = monitor.registerResource(RegisterResourceRequest.newBuilder().setType("pulumi:pulumi:Stack")
                        .setName(request.getProject() + "-" + request.getStack()).build());
                if (!program.readId().isEmpty()) {
                    monitor.readResource(ReadResourceRequest.newBuilder().setType("gcp:compute/disk:Disk")
                            .setName("disk").setId(program.readId())
                            .setParent(stack.getUrn()).setVersion(GcpProvider.VERSION).setAcceptSecrets(true).build());
                } else {
                    monitor.registerResource(RegisterResourceRequest.newBuilder().setType("gcp:compute/disk:Disk")
                            .setName("disk").setCustom(true)
                            .setParent(stack.getUrn()).setObject(Wire.write(program.inputs()))
                            .setVersion(GcpProvider.VERSION).setAcceptSecrets(true)
                            .setProtect(program.protect()).setRetainOnDelete(program.retain())
                            .setImportId(program.importId())
                            .addAllIgnoreChanges(program.ignored()).build());
                }
            } catch (StatusRuntimeException refused) {
                answer.setError(refused.getStatus().getDescription() == null ? refused.toString()
                        : refused.getStatus().getDescription()).setBail(true);
            } finally {
                channel.shutdownNow();
            }
            out.onNext(answer.build());
            out.onCompleted();
        }
    }
}
