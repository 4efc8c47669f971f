package bench;

import com.google.gson.Gson;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import pulumirpc.Language.AboutRequest;
import pulumirpc.Language.AboutResponse;
import pulumirpc.Language.GetRequiredPackagesRequest;
import pulumirpc.Language.GetRequiredPackagesResponse;
import pulumirpc.Language.RunRequest;
import pulumirpc.Language.RunResponse;
import pulumirpc.LanguageRuntimeGrpc.LanguageRuntimeImplBase;
import pulumirpc.Plugin.PackageDependency;
import pulumirpc.Plugin.PluginInfo;
import rehearsal.provider.Launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for Pulumi's language hosts of Node and Python, which no registry has that this project uses: starts the
 * program as they do. It costs less than they do: it is here already, and knows which plugins there are without
 * looking.
 */
final class LanguageHost extends LanguageRuntimeImplBase {

    /** The programs that run: what is measured of a command is theirs too. */
    static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    /** A language of which there is nothing: what remains is the engine. */
    static final String NONE = "none";

    /** Which tools the real host asks for their versions before each preview and up, side by side. */
    private static final Map<String, List<String>> ASKED_FOR_VERSIONS =
            Map.of("nodejs", List.of("node", "npm"), "python", List.of("python3"), NONE, List.of());

    private final String language;
    private final Launch launch;

    LanguageHost(String language, Launch launch) {
        this.language = language;
        this.launch = launch;
    }

    @Override
    public void getPluginInfo(Empty request, StreamObserver<PluginInfo> out) {
        answer(out, PluginInfo.newBuilder().setVersion("0.0.0").build());
    }

    @Override
    public void about(AboutRequest request, StreamObserver<AboutResponse> out) {
        try {
            var questions = new ArrayList<Process>();
            for (var tool : ASKED_FOR_VERSIONS.get(language)) {
                var question = new ProcessBuilder(tool, "--version").redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
                question.environment().putAll(launch.environment());
                questions.add(question.start());
            }
            RUNNING.addAll(questions);
            for (var question : questions) {
                question.waitFor();
                RUNNING.remove(question);
            }
            answer(out, AboutResponse.getDefaultInstance());
        } catch (IOException failed) {
            out.onError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void getRequiredPackages(GetRequiredPackagesRequest request,
                                    StreamObserver<GetRequiredPackagesResponse> out) {
        var answer = GetRequiredPackagesResponse.newBuilder();
        Bench.PLUGINS.getOrDefault(language, Map.of()).forEach((name, version) -> answer
                .addPackages(PackageDependency.newBuilder().setKind("resource").setName(name).setVersion(version)));
        answer(out, answer.build());
    }

    @Override
    public void run(RunRequest request, StreamObserver<RunResponse> out) {
        try {
            answer(out, RunResponse.newBuilder().setError(language.equals(NONE) ? "" : run(request)).build());
        } catch (IOException failed) {
            answer(out, RunResponse.newBuilder().setError(failed.toString()).build());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String run(RunRequest request) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(language.equals("nodejs") ? node(request)
                : List.of(launch.environment().get("PYTHON"), "-u", launch.environment().get("EXECUTOR"),
                        request.getInfo().getProgramDirectory()))
                .directory(Path.of(request.getInfo().getProgramDirectory()).toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        builder.environment().put("PULUMI_CONFIG", new Gson().toJson(request.getConfigMap()));
        builder.environment().put("PULUMI_CONFIG_SECRET_KEYS", new Gson().toJson(request.getConfigSecretKeysList()));
        builder.environment().put("PULUMI_RUN", new Gson().toJson(python(request)));
        var program = builder.redirectErrorStream(true).start();
        RUNNING.add(program);
        try {
            program.getOutputStream().close();
            var said = new String(program.getInputStream().readAllBytes());
            return program.waitFor() == 0 ? "" : "exit code " + program.exitValue() + "\n" + said;
        } finally {
            program.destroyForcibly();
            RUNNING.remove(program);
        }
    }

    private List<String> node(RunRequest request) {
        return List.of("node", "node_modules/@pulumi/pulumi/cmd/run", "--monitor=" + request.getMonitorAddress(),
                "--engine=" + launch.engine(),
                "--organization=" + request.getOrganization(), "--project=" + request.getProject(),
                "--stack=" + request.getStack(),
                "--pwd=" + request.getInfo().getProgramDirectory(), "--dry-run=" + request.getDryRun(),
                "--parallel=" + request.getParallel(),
                "--root-directory=" + request.getInfo().getRootDirectory(), ".");
    }

    private Map<String, Object> python(RunRequest request) {
        var run = new LinkedHashMap<String, Object>(Map.of("organization", request.getOrganization(), "project",
                request.getProject(), "stack", request.getStack(),
                "parallel", request.getParallel(), "preview", request.getDryRun(), "monitor",
                request.getMonitorAddress(), "engine", launch.engine(),
                "config", request.getConfigMap(), "secretKeys", request.getConfigSecretKeysList()));
        return run;
    }

    private static <T> void answer(StreamObserver<T> out, T answer) {
        out.onNext(answer);
        out.onCompleted();
    }
}
