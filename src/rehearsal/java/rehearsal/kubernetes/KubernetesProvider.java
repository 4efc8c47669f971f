package rehearsal.kubernetes;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.rpc.Code;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import pulumirpc.Plugin.PluginAttach;
import pulumirpc.Plugin.PluginInfo;
import pulumirpc.Provider.CheckRequest;
import pulumirpc.Provider.CheckResponse;
import pulumirpc.Provider.ConfigureRequest;
import pulumirpc.Provider.ConfigureResponse;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.CreateResponse;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.DiffRequest;
import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.ErrorResourceInitFailed;
import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.InvokeResponse;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.Provider.ReadResponse;
import pulumirpc.Provider.UpdateRequest;
import pulumirpc.Provider.UpdateResponse;
import pulumirpc.ResourceProviderGrpc.ResourceProviderImplBase;
import rehearsal.provider.Launch;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Stands in for the official Kubernetes provider plugin (facts 1 to 14): a client of a real API server and of the real
 * Helm that behaves as the official one of July 2026 does, its awkward sides included.
 *
 * <p>Not stood in for: YAML and Kustomize invokes, Patch resources, rendering to files, client-side apply, and waiting
 * for Deployments, Services, Ingresses, Pods or Jobs that are resources of their own.
 */
public final class KubernetesProvider extends ResourceProviderImplBase implements AutoCloseable {

    /** The version that the program asks for. */
    public static final String VERSION = "4.32.0";

    private final Launch launch;
    private final Path helmBinary;
    private final Pace pace;
    private EngineLog log;
    private Cluster cluster;
    private Helm helm;
    private KubernetesObjects objects;
    private HelmReleases releases;
    private HelmTemplate template;
    private volatile boolean cancelled;

    /**
     * One provider instance.
     *
     * @param launch     how the engine started it
     * @param helmBinary the helm executable (v3)
     */
    public KubernetesProvider(Launch launch, Path helmBinary) {
        this(launch, helmBinary, Pace.CLOCK);
    }

    private KubernetesProvider(Launch launch, Path helmBinary, Pace pace) {
        this.launch = launch;
        this.helmBinary = helmBinary;
        this.pace = pace;
        this.log = new EngineLog(launch.engine());
    }

    /**
     * One for a cluster that has done all it is going to do before it answers: it waits for nothing, and installs
     * releases by itself, as Helm does. Charts are rendered by the real Helm, once for each chart and values.
     */
    public static KubernetesProvider atOnce(Launch launch, Path helmBinary) {
        return new KubernetesProvider(launch, helmBinary, Pace.AT_ONCE);
    }

    @Override
    public void getPluginInfo(Empty request, StreamObserver<PluginInfo> answer) {
        reply(answer, () -> PluginInfo.newBuilder().setVersion(VERSION).build());
    }

    @Override
    public void attach(PluginAttach request, StreamObserver<Empty> answer) {
        reply(answer, () -> {
            log.close();
            log = new EngineLog(request.getAddress());
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void checkConfig(CheckRequest request, StreamObserver<CheckResponse> answer) {
        reply(answer, () -> CheckResponse.newBuilder().setInputs(request.getNews()).build());
    }

    @Override
    public void diffConfig(DiffRequest request, StreamObserver<DiffResponse> answer) {
        reply(answer, () -> ConfigDiff.diff(
                Wire.reveal(Wire.read(request.getOlds())), Wire.reveal(Wire.read(request.getNews())), launch));
    }

    @Override
    public void configure(ConfigureRequest request, StreamObserver<ConfigureResponse> answer) {
        reply(answer, () -> {
            configure(Settings.of(request.getVariablesMap(), launch.environment()));
            return ConfigureResponse.newBuilder()
                    .setAcceptSecrets(true).setSupportsPreview(true).setSupportsAutonamingConfiguration(true).build();
        });
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
        reply(answer, () -> isRelease(request.getUrn()) ? releases.check(request) : objects.check(request));
    }

    @Override
    public void diff(DiffRequest request, StreamObserver<DiffResponse> answer) {
        reply(answer, () -> isRelease(request.getUrn()) ? releases.diff(request) : objects.diff(request));
    }

    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> answer) {
        reply(answer, () -> isRelease(request.getUrn()) ? releases.create(request) : objects.create(request));
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> answer) {
        reply(answer, () -> isRelease(request.getUrn()) ? releases.read(request) : objects.read(request));
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> answer) {
        reply(answer, () -> isRelease(request.getUrn()) ? releases.update(request) : objects.update(request));
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Empty> answer) {
        reply(answer, () -> {
            if (isRelease(request.getUrn())) {
                releases.delete(request);
            } else {
                objects.delete(request);
            }
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> answer) {
        reply(answer, () -> {
            if (request.getTok().equals(HelmTemplate.TOKEN)) {
                return template.answer(request);
            }
            throw new IllegalArgumentException("unknown Invoke type \"" + request.getTok() + "\"");
        });
    }

    @Override
    public void cancel(Empty request, StreamObserver<Empty> answer) {
        reply(answer, () -> {
            cancelled = true;
            if (helm != null) {
                helm.cancel();
            }
            return Empty.getDefaultInstance();
        });
    }

    /** Ends what is under way as the end of a provider's process would. */
    @Override
    public void close() throws IOException {
        cancelled = true;
        log.close();
        if (cluster != null && cluster.reachable()) {
            cluster.api().close();
        }
        if (helm != null) {
            helm.close();
        }
    }

    private void configure(Settings settings) throws IOException {
        Kubeconfig effective = null;
        try {
            effective = kubeconfig(settings).effective(settings.context(), settings.cluster());
            cluster = connect(effective.commandsFrom(launch.environment()), settings);
        } catch (IllegalArgumentException unusable) {
            cluster = new Cluster(null, "unable to load Kubernetes client configuration from kubeconfig file: "
                    + unusable.getMessage(), settings.namespace().isEmpty() ? "default" : settings.namespace());
        }
        helm = switch (pace) {
            case CLOCK -> new HelmCli(helmBinary, effective, launch.directory(), launch.environment());
            case AT_ONCE -> new HelmAtOnce(helmBinary, cluster, launch);
        };
        objects = new KubernetesObjects(cluster, settings, log, pace, () -> cancelled);
        releases = new HelmReleases(cluster, settings, helm, log);
        template = new HelmTemplate(cluster, helm, launch);
    }

    private Kubeconfig kubeconfig(Settings settings) {
        return settings.kubeconfig().isEmpty()
                ? Kubeconfig.ambient(launch.directory(), launch.environment())
                : Kubeconfig.parse(settings.kubeconfig(), launch.directory(), launch.environment());
    }

    private static Cluster connect(Kubeconfig kubeconfig, Settings settings) {
        var namespace = settings.namespace().isEmpty() ? kubeconfig.namespace("") : settings.namespace();
        try {
            return new Cluster(Api.connect(kubeconfig), "", namespace);
        } catch (IOException unreachable) {
            return new Cluster(null,
                    "unable to load schema information from the API server: " + unreachable.getMessage(), namespace);
        }
    }

    private static boolean isRelease(String urn) {
        return new Urn(urn).isRelease();
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> void reply(StreamObserver<T> answer, Work<T> work) {
        try {
            answer.onNext(work.run());
            answer.onCompleted();
        } catch (InitFailure failure) {
            answer.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(Code.UNKNOWN_VALUE)
                    .setMessage(failure.getMessage())
                    .addDetails(Any.pack(ErrorResourceInitFailed.newBuilder()
                            .setId(failure.id())
                            .setProperties(Wire.write(failure.properties()))
                            .addReasons(failure.getMessage())
                            .addAllReasons(failure.reasons())
                            .build()))
                    .build()));
        } catch (IOException | RuntimeException failed) {
            answer.onError(Status.UNKNOWN.withDescription(
                    failed.getMessage() == null ? failed.toString() : failed.getMessage()).withCause(failed)
                    .asRuntimeException());
        }
    }
}
