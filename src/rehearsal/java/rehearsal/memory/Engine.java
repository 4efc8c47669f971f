package rehearsal.memory;

import com.google.gson.Gson;
import com.google.protobuf.Empty;
import io.grpc.ServerInterceptors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import pulumirpc.Language.GetRequiredPackagesRequest;
import pulumirpc.Language.GetRequiredPackagesResponse;
import pulumirpc.Language.LanguageHandshakeRequest;
import pulumirpc.Language.LanguageHandshakeResponse;
import pulumirpc.Language.RunRequest;
import pulumirpc.Language.RunResponse;
import pulumirpc.LanguageRuntimeGrpc.LanguageRuntimeImplBase;
import pulumirpc.Plugin.PluginInfo;
import rehearsal.gcp.GcpProvider;
import rehearsal.kubernetes.KubernetesProvider;
import rehearsal.provider.AttachedPlugin;
import rehearsal.provider.Launch;
import skystate.InThisJvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An operator's pulumi: the real one, resident (src/rehearsal/go/pulumi/resident), with the program and the providers
 * in this JVM. It runs one command at a time. Once killed it starts anew with the next one.
 */
final class Engine implements AutoCloseable {

    /**
     * How a command ended.
     *
     * @param exitCode its exit code; 137 if it was killed
     * @param output   all it printed, standard error and the program's last words included
     */
    record Result(int exitCode, String output) {
    }

    private static final int KILLED = 137;
    private static final Gson GSON = new Gson();

    private final List<String> command;
    private final Path home;
    private final AttachedPlugin language;
    private final AttachedPlugin gcp;
    private final AttachedPlugin kubernetes;
    private volatile Process process;
    private BufferedReader answers;
    private volatile Launch launch = new Launch("", Path.of(""), Map.of());
    private volatile InThisJvm program = new InThisJvm();

    private Engine(List<String> command, Path helm, Path home, Moments moments) throws IOException {
        this.command = command;
        this.home = Files.createDirectories(home);
        this.language = AttachedPlugin.serve(Language::new);
        this.gcp = AttachedPlugin.serve(() -> {
            var provider = new GcpProvider();
            return () -> ServerInterceptors.intercept(provider, moments);
        });
        this.kubernetes = AttachedPlugin.serve(() -> new Watched(KubernetesProvider.atOnce(launch, helm), moments));
    }

    /**
     * One that starts with its first command.
     *
     * @param command what starts the resident
     * @param helm    the helm executable, which renders charts
     * @param home    a folder for what it reads and prints
     * @param moments those of its runs
     */
    static Engine of(List<String> command, Path helm, Path home, Moments moments) throws IOException {
        return new Engine(command, helm, home, moments);
    }

    /** Runs a command of pulumi's to its end. @param words without the first */
    Result run(List<String> words, Path folder, Map<String, String> environment, String input) {
        launch = new Launch("", folder, environment);
        program = new InThisJvm();
        try {
            start(environment.get("PULUMI_HOME"));
            var in = Files.writeString(home.resolve("input"), input);
            var out = home.resolve("output");
            Files.deleteIfExists(out);
            var all = new HashMap<>(environment);
            all.put("PULUMI_DEBUG_LANGUAGES", "java:" + language.port());
            all.put("PULUMI_DEBUG_PROVIDERS", "gcp:" + gcp.port() + ",kubernetes:" + kubernetes.port());
            var exitCode = KILLED;
            try {
                process.getOutputStream()
                        .write((GSON.toJson(Map.of("args", words, "folder", folder.toString(), "environment", all,
                                "input", in.toString(), "output", out.toString())) + "\n")
                                .getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                var answer = answers.readLine();
                exitCode = answer == null ? KILLED : Integer.parseInt(answer);
            } catch (IOException killed) {
                exitCode = KILLED;
            }
            if (exitCode == KILLED) {
                kill();
            }
            var printed = Files.exists(out) ? Files.readString(out) : "";
            return new Result(exitCode, printed + (exitCode == 0 || exitCode == KILLED ? ""
                    : program.afterFailure().map(said -> said + "\n").orElse("")));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Kills it as an out-of-memory kill does. It is dead when this returns. */
    void kill() {
        var running = process;
        if (running != null) {
            try {
                running.toHandle().destroyForcibly();
                running.waitFor();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        kill();
        language.close();
        gcp.close();
        kubernetes.close();
    }

    private void start(String pulumiHome) throws IOException {
        if (process == null || !process.isAlive()) {
            var builder = new ProcessBuilder(command).redirectError(home.resolve("error").toFile());
            // What the janitor knows it by.
            builder.environment().put("PULUMI_HOME", pulumiHome);
            // It lives for seconds, and there is room for its garbage.
            builder.environment().put("GOGC", "800");
            process = builder.start();
            answers = process.inputReader(StandardCharsets.UTF_8);
        }
    }

    /** The language host: it runs the program here. */
    private final class Language extends LanguageRuntimeImplBase {

        private String engine = "";

        @Override
        public void handshake(LanguageHandshakeRequest request, StreamObserver<LanguageHandshakeResponse> out) {
            engine = request.getEngineAddress();
            answer(out, LanguageHandshakeResponse.getDefaultInstance());
        }

        @Override
        public void getPluginInfo(Empty request, StreamObserver<PluginInfo> out) {
            answer(out, PluginInfo.newBuilder().setVersion("0.0.0").build());
        }

        @Override
        public void getRequiredPackages(GetRequiredPackagesRequest request,
                                        StreamObserver<GetRequiredPackagesResponse> out) {
            answer(out, GetRequiredPackagesResponse.getDefaultInstance());
        }

        @Override
        public void run(RunRequest request, StreamObserver<RunResponse> out) {
            var monitor = new Relay(request.getMonitorAddress());
            var log = new Relay(engine);
            var kubeconfig = Path.of(launch.environment().get("KUBECONFIG"));
            program.run(request.toBuilder().setMonitorAddress(monitor.address()).build(), log.address(), kubeconfig)
                    .whenComplete((exitCode, failed) -> {
                        monitor.close();
                        log.close();
                        if (!((ServerCallStreamObserver<RunResponse>) out).isCancelled()) {
                            answer(out, RunResponse.newBuilder().setBail(exitCode != null && exitCode == 32)
                                    .setError(failed != null ? failed.toString()
                                            : exitCode == 0 || exitCode == 32 ? "" : "exit code " + exitCode)
                                    .build());
                        }
                    });
        }

        private static <T> void answer(StreamObserver<T> out, T answer) {
            out.onNext(answer);
            out.onCompleted();
        }
    }

    /** A provider's instance whose changes are moments. */
    private record Watched(KubernetesProvider provider, Moments moments)
            implements io.grpc.BindableService, AutoCloseable {

        @Override
        public io.grpc.ServerServiceDefinition bindService() {
            return ServerInterceptors.intercept(provider, moments);
        }

        @Override
        public void close() throws IOException {
            provider.close();
        }
    }
}
