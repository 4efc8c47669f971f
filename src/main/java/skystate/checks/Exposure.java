package skystate.checks;

import com.google.gson.JsonElement;
import com.pulumi.exceptions.RunException;
import skystate.cluster.JsonPath;
import skystate.config.Login.Mode;
import skystate.config.ServerSettings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

/**
 * Refuses a server that anybody could use without logging in. It judges by what the chart renders: whether the server
 * itself asks who its users are, and what asks at each Ingress and Service that leads to it.
 */
public final class Exposure {

    /** Heeds the annotations by which the chart has an Ingress ask; no other controller does. */
    private static final String INGRESS_NGINX = "ingress-nginx";
    private static final String ANNOTATION = "nginx.ingress.kubernetes.io/";
    private static final String SERVER_ASKS = "To have the server itself ask for the password:\n"
            + "  pulumi config set --path values.apiService.enableUserManagement true\n";
    private static final String PROXY_ASKS = "If your own proxy reaches the server by its Service, do without the"
            + " chart's Ingress:\n  pulumi config set --path values.ingress.enabled false\n";
    private static final String MEANT = "If that is meant, or if something asks that the chart doesn't show:\n"
            + "  pulumi config set allowUnauthenticated true";

    private final List<JsonElement> objects;
    private final Map<String, String> controllers;
    private final List<JsonElement> servers;
    private final List<JsonElement> services;

    private Exposure(List<JsonElement> objects, Map<String, String> ingressClasses, ServerSettings server) {
        this.objects = objects;
        this.controllers = new HashMap<>(ingressClasses);
        of("IngressClass").forEach(its -> controllers.put(name(its), text(its, "spec", "controller")));
        this.servers = of("Deployment", "StatefulSet")
                .filter(its -> name(its).equals(server.release() + "-api-server")).toList();
        this.services = of("Service").filter(this::leadsToServer).toList();
    }

    /**
     * Checks what the chart renders.
     *
     * @param objects        what it renders
     * @param ingressClasses the controllers of the cluster's own classes, by name
     * @param server         the server's settings
     * @throws RunException that names what is open, and what would ask
     */
    public static void refuseUnlessAsked(List<JsonElement> objects, Map<String, String> ingressClasses,
                                         ServerSettings server) {
        var exposure = new Exposure(objects, ingressClasses, server);
        if (exposure.servers.isEmpty()) {
            throw new RunException("The chart " + server.chart().name() + " renders no Deployment " + server.release()
                    + "-api-server: it is no chart of SkyPilot's API server, and what asks its users for a login can't"
                    + " be told. Nothing was changed.\n  pulumi config rm chart");
        }
        if (server.allowUnauthenticated() || exposure.servers.stream().allMatch(Exposure::serverAsks)) {
            return;
        }
        var password = server.login().mode() != Mode.PROXY;
        var open = exposure.open();
        if (!open.isEmpty()) {
            throw new RunException("Anybody could use the server without logging in: " + String.join("; ", open)
                    + ". Nothing was changed.\n" + (password ? SERVER_ASKS : PROXY_ASKS) + MEANT);
        }
        if (password && exposure.ingresses().findAny().isEmpty()) {
            throw new RunException("Nobody would ask for authPassword: the chart renders no Ingress that leads to the"
                    + " server, and whoever reaches its Service gets in. Nothing was changed.\n" + SERVER_ASKS + MEANT);
        }
    }

    /** What leads to the server and asks nobody, each with why. */
    private List<String> open() {
        return Stream.concat(
                services.stream().filter(its -> Set.of("LoadBalancer", "NodePort").contains(text(its, "spec", "type")))
                        .map(its -> "the Service " + name(its) + " of type " + text(its, "spec", "type")
                                + " leads to it, and nothing asks there"),
                ingresses().filter(its -> !ingressAsks(its)).map(this::whyOpen)).toList();
    }

    private String whyOpen(JsonElement ingress) {
        var controller = controller(ingress);
        return "the Ingress " + name(ingress) + " leads to it, and " + (controller.contains(INGRESS_NGINX)
                ? "has no annotation by which ingress-nginx would ask"
                : "its class " + className(ingress)
                        + (controller.isEmpty() ? " is neither the chart's nor the cluster's"
                                : " belongs to " + controller)
                        + ": only ingress-nginx heeds the chart's annotations");
    }

    /** The Ingresses that lead to the server. */
    private Stream<JsonElement> ingresses() {
        var names = services.stream().map(Exposure::name).collect(toSet());
        return of("Ingress").filter(its -> Stream.concat(JsonPath.at(its, "spec", "defaultBackend").stream(),
                JsonPath.list(its, "spec", "rules").flatMap(rule -> JsonPath.list(rule, "http", "paths"))
                        .flatMap(path -> JsonPath.at(path, "backend").stream()))
                .anyMatch(backend -> names.contains(text(backend, "service", "name"))));
    }

    private boolean ingressAsks(JsonElement ingress) {
        var annotations = JsonPath.texts(ingress, "metadata", "annotations");
        var basic = Set.of("basic", "digest").contains(annotations.getOrDefault(ANNOTATION + "auth-type", ""))
                && !annotations.getOrDefault(ANNOTATION + "auth-secret", "").isEmpty();
        return controller(ingress).contains(INGRESS_NGINX)
                && (basic || !annotations.getOrDefault(ANNOTATION + "auth-url", "").isEmpty());
    }

    /** Whether the server asks by itself: by its user management, or by the proxy that the chart puts beside it. */
    private static boolean serverAsks(JsonElement workload) {
        return JsonPath.list(workload, "spec", "template", "spec", "containers").anyMatch(container -> {
            // Of two entries of one name Kubernetes takes the last.
            var environment = JsonPath.list(container, "env")
                    .collect(toMap(its -> text(its, "name"), its -> text(its, "value"), (first, last) -> last));
            var switchedOn = Stream.concat(JsonPath.list(container, "command"), JsonPath.list(container, "args"))
                    .flatMap(line -> Stream.of(line.getAsString().split("\\s+")))
                    .anyMatch("--enable-basic-auth"::equals);
            return (switchedOn || isTrue(environment, "ENABLE_BASIC_AUTH"))
                    && !isTrue(environment, "SKYPILOT_DISABLE_BASIC_AUTH_MIDDLEWARE")
                    || isTrue(environment, "SKYPILOT_AUTH_OAUTH2_PROXY_ENABLED");
        });
    }

    private static boolean isTrue(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").equals("true");
    }

    private boolean leadsToServer(JsonElement service) {
        var selector = JsonPath.texts(service, "spec", "selector").entrySet();
        return !selector.isEmpty() && servers.stream().anyMatch(server -> JsonPath
                .texts(server, "spec", "template", "metadata", "labels").entrySet().containsAll(selector));
    }

    private String controller(JsonElement ingress) {
        return controllers.getOrDefault(className(ingress), "");
    }

    private static String className(JsonElement ingress) {
        return JsonPath.text(ingress, "spec", "ingressClassName").orElseGet(() -> JsonPath
                .texts(ingress, "metadata", "annotations").getOrDefault("kubernetes.io/ingress.class", ""));
    }

    private Stream<JsonElement> of(String... kinds) {
        return objects.stream().filter(object -> Set.of(kinds).contains(text(object, "kind")));
    }

    private static String name(JsonElement object) {
        return text(object, "metadata", "name");
    }

    private static String text(JsonElement object, String... path) {
        return JsonPath.text(object, path).orElse("");
    }
}
