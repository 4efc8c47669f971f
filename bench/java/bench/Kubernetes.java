package bench;

import com.google.gson.Gson;
import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import com.sun.net.httpserver.HttpExchange;
import io.grpc.stub.StreamObserver;
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
import pulumirpc.Provider.DiffResponse.DiffChanges;
import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.InvokeResponse;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.Provider.ReadResponse;
import pulumirpc.ResourceProviderGrpc.ResourceProviderImplBase;
import rehearsal.http.Loopback;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cluster in memory, with as much of Kubernetes' API, by TLS as on GKE, as the look at the cluster asks for. The
 * provider keeps its resources in it, and does at once whatever it is asked: what is measured is the program, the SDK
 * and the engine.
 */
final class Kubernetes implements AutoCloseable {

    private static final Gson JSON = new Gson();

    /** A resource as the provider keeps it: in {@code kind} that of Kubernetes. */
    private record Kept(String kind, Map<String, Object> inputs, Map<String, Object> outputs) {
    }

    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final Loopback server;
    private final String project;
    private final String zone;

    private Kubernetes(Certificate certificate, String project, String zone) throws IOException {
        this.project = project;
        this.zone = zone;
        this.server = Loopback.serve("kubernetes", certificate.context(), this::serve);
    }

    /**
     * Starts a cluster with one node.
     *
     * @param project the GCP project of the node
     * @param zone    its zone
     */
    static Kubernetes start(Certificate certificate, String project, String zone) throws IOException {
        return new Kubernetes(certificate, project, zone);
    }

    /** A kubeconfig that reaches it, by the context {@code bench}. */
    String kubeconfig(Certificate certificate) {
        return """
                apiVersion: v1
                kind: Config
                current-context: bench
                clusters:
                - name: bench
                  cluster:
                    server: https://%s
                    certificate-authority-data: %s
                contexts:
                - name: bench
                  context:
                    cluster: bench
                    user: bench
                users:
                - name: bench
                  user:
                    token: bench
                """.formatted(server.address(), certificate.base64());
    }

    /** A provider instance. */
    ResourceProviderImplBase provider(String version) {
        return new Provider(version);
    }

    @Override
    public void close() {
        server.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath().split("/");
        var name = path[path.length - 1];
        Optional<Map<String, Object>> answer = switch (name) {
            case "nodes" -> Optional.of(list("NodeList", List.of(Map.of(
                    "metadata", Map.of("name", "node", "labels", Map.of("topology.gke.io/zone", zone)),
                    "spec", Map.of("providerID", "gce://" + project + "/" + zone + "/node")))));
            case "deployments" -> Optional.of(list("DeploymentList", kept.values().stream()
                    .filter(its -> its.kind().equals("Release"))
                    .<Map<String, Object>>map(its -> Map.of("metadata",
                            Map.of("annotations", Map.of("meta.helm.sh/release-name", its.inputs().get("name")))))
                    .toList()));
            case "statefulsets" -> Optional.of(list("StatefulSetList", List.of()));
            case "secrets" -> Optional.of(list("SecretList", List.of()));
            case "persistentvolumes" -> Optional.of(list("PersistentVolumeList", kept.values().stream()
                    .filter(its -> its.kind().equals("PersistentVolume")).map(Kept::outputs).toList()));
            case "ingressclasses" -> Optional.of(list("IngressClassList", List.of()));
            case "version" -> Optional.of(Map.of("gitVersion", "v1.33.0"));
            default -> switch (path[path.length - 2]) {
                case "persistentvolumes" -> named("PersistentVolume", name);
                case "storageclasses" -> named("StorageClass", name);
                case "namespaces" -> named("Namespace", name);
                case "persistentvolumeclaims", "configmaps" -> Optional.empty();
                default -> throw new IOException(
                        "nothing that the look at the cluster asks for: " + exchange.getRequestURI());
            };
        };
        var body = JSON
                .toJson(answer.orElseGet(() -> Map.of("apiVersion", "v1", "kind", "Status", "status", "Failure",
                        "reason", "NotFound", "code", 404)))
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.isPresent() ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Optional<Map<String, Object>> named(String kind, String name) {
        return kept.values().stream()
                .filter(its -> its.kind().equals(kind) && at(its.outputs(), "metadata", "name").equals(name))
                .map(Kept::outputs).findFirst();
    }

    private static Map<String, Object> list(String kind, List<Map<String, Object>> items) {
        return Map.of("apiVersion", "v1", "kind", kind, "metadata", Map.of(), "items", items);
    }

    private static Object at(Map<String, Object> object, String outer, String inner) {
        return object.get(outer) instanceof Map<?, ?> map && map.get(inner) != null ? map.get(inner) : "";
    }

    private final class Provider extends ResourceProviderImplBase {

        private final String version;

        private Provider(String version) {
            this.version = version;
        }

        @Override
        public void getPluginInfo(Empty request, StreamObserver<PluginInfo> out) {
            answer(out, PluginInfo.newBuilder().setVersion(version).build());
        }

        @Override
        public void cancel(Empty request, StreamObserver<Empty> out) {
            answer(out, Empty.getDefaultInstance());
        }

        @Override
        public void checkConfig(CheckRequest request, StreamObserver<CheckResponse> out) {
            check(request, out);
        }

        @Override
        public void diffConfig(DiffRequest request, StreamObserver<DiffResponse> out) {
            diff(request, out);
        }

        @Override
        public void configure(ConfigureRequest request, StreamObserver<ConfigureResponse> out) {
            answer(out, ConfigureResponse.newBuilder().setSupportsPreview(true).build());
        }

        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
            answer(out, CheckResponse.newBuilder().setInputs(request.getNews()).build());
        }

        @Override
        public void diff(DiffRequest request, StreamObserver<DiffResponse> out) {
            answer(out, DiffResponse.newBuilder().setChanges(request.getOldInputs().equals(request.getNews())
                    ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME).build());
        }

        @Override
        public void create(CreateRequest request, StreamObserver<CreateResponse> out) {
            var made = made(request.getUrn(), Wire.read(request.getProperties()));
            if (!request.getPreview()) {
                kept.put(request.getUrn(), made);
            }
            answer(out,
                    CreateResponse.newBuilder()
                            .setId(request.getPreview() ? "" : request.getUrn().replaceFirst(".*::", ""))
                            .setProperties(Wire.write(made.outputs())).build());
        }

        @Override
        public void read(ReadRequest request, StreamObserver<ReadResponse> out) {
            answer(out,
                    Optional.ofNullable(kept.get(request.getUrn()))
                            .map(found -> ReadResponse.newBuilder().setId(request.getId())
                                    .setInputs(struct(found.inputs())).setProperties(struct(found.outputs())).build())
                            .orElseGet(ReadResponse::getDefaultInstance));
        }

        @Override
        public void delete(DeleteRequest request, StreamObserver<Empty> out) {
            kept.remove(request.getUrn());
            answer(out, Empty.getDefaultInstance());
        }

        /** What a chart renders to: a server behind an ingress that asks for the password, as SkyPilot's. */
        @Override
        public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> out) {
            var text = Wire.reveal(Wire.read(request.getArgs())).get("jsonOpts").toString();
            var options = JSON.fromJson(text, Map.class);
            var name = options.get("release_name");
            var labels = Map.of("app", name + "-api");
            var port = Map.of("port", 80, "targetPort", 46580);
            var service = Map.of("type", "ClusterIP", "selector", labels, "ports", List.of(port));
            var container = Map.of("name", "skypilot-api", "args", List.of("sky api start --deploy"));
            var pod = Map.of("metadata", Map.of("labels", labels), "spec", Map.of("containers", List.of(container)));
            var backend = Map.of("service", Map.of("name", name + "-api-service", "port", Map.of("number", 80)));
            var path = Map.of("path", "/", "backend", backend);
            var rule = Map.of("http", Map.of("paths", List.of(path)));
            var objects = List.of(
                    object("v1", "Service", name + "-api-service", options, service),
                    object("apps/v1", "Deployment", name + "-api-server", options, Map.of("template", pod)),
                    object("networking.k8s.io/v1", "IngressClass", "nginx", Map.of(),
                            Map.of("controller", "k8s.io/ingress-nginx")),
                    object("networking.k8s.io/v1", "Ingress", name + "-ingress", options,
                            Map.of("ingressClassName", "nginx", "rules", List.of(rule))));
            answer(out, InvokeResponse.newBuilder().setReturn(Wire.write(Map.of("result", objects))).build());
        }

        private static Map<String, Object> object(String version, String kind, String name, Map<?, ?> options,
                                                  Map<String, Object> spec) {
            var metadata = new LinkedHashMap<String, Object>(Map.of("name", name));
            if (options.get("namespace") instanceof String namespace) {
                metadata.put("namespace", namespace);
            }
            if (kind.equals("Ingress")) {
                metadata.put("annotations", Map.of("nginx.ingress.kubernetes.io/auth-type", "basic",
                        "nginx.ingress.kubernetes.io/auth-secret", options.get("release_name") + "-login"));
            }
            return Map.of("apiVersion", version, "kind", kind, "metadata", metadata, "spec", spec);
        }

        private Kept made(String urn, Map<String, Object> inputs) {
            var kind = urn.split("::")[2].replaceFirst(".*:", "");
            var outputs = new LinkedHashMap<>(inputs);
            switch (kind) {
                case "PersistentVolume" -> outputs.put("status", Map.of("phase", "Bound"));
                case "Release" -> outputs.put("status", Map.of("status", "deployed", "revision", 1, "name",
                        inputs.get("name"), "namespace", inputs.get("namespace")));
                default -> {
                }
            }
            return new Kept(kind, inputs, outputs);
        }

        private static Struct struct(Map<String, Object> properties) {
            return Wire.write(properties);
        }

        private static <T> void answer(StreamObserver<T> out, T answer) {
            out.onNext(answer);
            out.onCompleted();
        }
    }
}
