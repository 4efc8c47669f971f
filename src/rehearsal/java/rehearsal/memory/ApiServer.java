package rehearsal.memory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import rehearsal.http.Loopback;
import rehearsal.http.Query;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Kubernetes' API on loopback over objects in memory. Whatever a request changes, the cluster has done all that follows
 * from it before the answer goes out: nobody ever has to wait.
 */
final class ApiServer implements AutoCloseable {

    /** What comes before each request that changes something: it may refuse. */
    interface Gate {

        void pass();
    }

    /** By which kubectl knows them too. */
    private static final Map<Kind, String> SHORT_NAMES = Map.of(Kind.VOLUME, "pv", Kind.CLAIM, "pvc", Kind.NAMESPACE,
            "ns", Kind.STORAGE_CLASS, "sc", Kind.DEPLOYMENT, "deploy");

    private final Objects objects;
    private final Runnable settle;
    private final Gate gate;
    private final Loopback server;

    /**
     * @param objects is the lock too
     * @param settle  has the cluster do all that follows from a change
     */
    ApiServer(Objects objects, Runnable settle, Gate gate) throws IOException {
        this.objects = objects;
        this.settle = settle;
        this.gate = gate;
        this.server = Loopback.serve("kubernetes", this::serve);
    }

    String url() {
        return "http://" + server.address();
    }

    @Override
    public void close() {
        server.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            int status = 200;
            JsonNode answer;
            try {
                if (!exchange.getRequestMethod().equals("GET")) {
                    gate.pass();
                }
                answer = answer(exchange, body);
            } catch (Refused refused) {
                status = refused.code;
                answer = Objects.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Status")
                        .put("status", "Failure").put("code", refused.code)
                        .put("reason", refused.reason).put("message", refused.getMessage())
                        .set("details", Objects.JSON.createObjectNode().put("kind", refused.about));
            }
            var bytes = Objects.JSON.writeValueAsBytes(answer);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private JsonNode answer(HttpExchange exchange, byte[] body) throws IOException {
        var path = exchange.getRequestURI().getPath().substring(1).split("/");
        if (path.length < (path[0].equals("api") ? 3 : 4)) {
            return discovery(path);
        }
        var version = path[0].equals("api") ? path[1] : path[1] + "/" + path[2];
        var rest = Arrays.asList(path).subList(path[0].equals("api") ? 2 : 3, path.length);
        var spaced = rest.get(0).equals("namespaces") && rest.size() > 2;
        var namespace = spaced ? rest.get(1) : "";
        var plural = spaced ? rest.get(2) : rest.get(0);
        var name = spaced ? rest.size() > 3 ? rest.get(3) : "" : rest.size() > 1 ? rest.get(1) : "";
        var kind = Kind.of(version, plural).orElseThrow(
                () -> new Refused(404, "NotFound", "", "the server could not find the requested resource"));
        var query = Query.of(exchange);
        var dryRun = query.containsKey("dryRun");
        synchronized (objects) {
            var answer = switch (exchange.getRequestMethod()) {
                case "GET" -> name.isEmpty() ? list(kind, namespace, query) : objects.get(kind, namespace, name);
                case "POST" -> objects.create(kind, namespace, object(body),
                        query.getOrDefault("fieldManager", "kubectl"), dryRun);
                case "PATCH" -> switch (exchange.getRequestHeaders().getFirst("Content-Type").replaceFirst(";.*", "")) {
                    case "application/apply-patch+yaml" ->
                            objects.apply(kind, namespace, name, object(body), query.get("fieldManager"),
                                    "true".equals(query.get("force")), dryRun);
                    case "application/json-patch+json" ->
                            objects.patch(kind, namespace, name, (ArrayNode) Objects.JSON.readTree(body));
                    default -> objects.merge(kind, namespace, name, object(body),
                            query.getOrDefault("fieldManager", "kubectl"));
                };
                case "DELETE" ->
                        name.isEmpty() ? deleteAll(kind, namespace, query) : objects.delete(kind, namespace, name);
                default -> throw new Refused(405, "MethodNotAllowed", plural,
                        "not served: " + exchange.getRequestMethod());
            };
            // As it was asked for: what follows from it is for the next question.
            var told = answer.deepCopy();
            if (!exchange.getRequestMethod().equals("GET") && !dryRun) {
                settle.run();
            }
            return told;
        }
    }

    private ObjectNode list(Kind kind, String namespace, Map<String, String> query) {
        var list = Objects.JSON.createObjectNode().put("apiVersion", kind.apiVersion).put("kind", kind.kind + "List");
        list.putObject("metadata").put("resourceVersion", "1");
        var items = list.putArray("items");
        found(kind, namespace, query).forEach(items::add);
        return list;
    }

    private ObjectNode deleteAll(Kind kind, String namespace, Map<String, String> query) {
        var list = list(kind, namespace, query);
        found(kind, namespace, query)
                .forEach(object -> objects.delete(kind, Objects.namespace(object), Objects.name(object)));
        return list;
    }

    private List<ObjectNode> found(Kind kind, String namespace, Map<String, String> query) {
        var all = namespace.isEmpty() ? objects.all(kind) : objects.in(kind, namespace);
        return all.stream().filter(object -> selected(object, query.getOrDefault("labelSelector", "")))
                .filter(object -> !query.getOrDefault("fieldSelector", "").startsWith("metadata.name=")
                        || query.get("fieldSelector").equals("metadata.name=" + Objects.name(object)))
                .toList();
    }

    /** Label selectors: {@code a=b} and {@code a in (b,c)}, by commas. */
    private static boolean selected(JsonNode object, String selector) {
        return selector.isBlank() || Arrays.stream(selector.split(",(?![^(]*\\))")).allMatch(part -> {
            var set = part.split(" in \\(|\\)|==?");
            return Arrays.asList(set[1].split(","))
                    .contains(object.at("/metadata/labels").path(set[0].strip()).asText());
        });
    }

    private static JsonNode discovery(String[] path) {
        var answer = Objects.JSON.createObjectNode();
        if (path.length == 1 && path[0].equals("api")) {
            answer.put("kind", "APIVersions").putArray("versions").add("v1");
        } else if (path.length == 1 && path[0].equals("apis")) {
            var groups = answer.put("kind", "APIGroupList").put("apiVersion", "v1").putArray("groups");
            for (var version : Arrays.stream(Kind.values()).filter(kind -> !kind.group().isEmpty())
                    .map(kind -> kind.apiVersion).collect(Collectors.toSet())) {
                var served = Objects.JSON.createObjectNode().put("groupVersion", version).put("version",
                        version.replaceFirst(".*/", ""));
                var group = groups.addObject().put("name", version.replaceFirst("/.*", ""));
                group.putArray("versions").add(served);
                group.set("preferredVersion", served);
            }
        } else if (path.length == 2 && path[0].equals("api") || path.length == 3 && path[0].equals("apis")) {
            var version = path.length == 2 ? path[1] : path[1] + "/" + path[2];
            var resources = answer.put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", version)
                    .putArray("resources");
            for (var kind : Kind.in(version)) {
                var resource = resources.addObject();
                Optional.ofNullable(SHORT_NAMES.get(kind)).ifPresent(resource.putArray("shortNames")::add);
                var verbs = resource.put("name", kind.plural)
                        .put("singularName", kind.kind.toLowerCase(java.util.Locale.ROOT)).put("kind", kind.kind)
                        .put("namespaced", kind.namespaced).putArray("verbs");
                List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
                        .forEach(verbs::add);
            }
            if (resources.isEmpty()) {
                throw new Refused(404, "NotFound", "", "the server could not find the requested resource");
            }
        } else {
            throw new Refused(404, "NotFound", "", "the server could not find the requested resource");
        }
        return answer;
    }

    private static ObjectNode object(byte[] body) throws IOException {
        return (ObjectNode) Objects.JSON.readTree(body);
    }
}
