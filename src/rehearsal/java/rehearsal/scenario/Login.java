package rehearsal.scenario;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.net.BindException;

/** How users log in goes from the ingress' password to SkyPilot's own users to OAuth, by config alone. */
final class Login implements Scenario {

    private static final String CLIENT_SECRET = "a client's secret, rehearsed";

    private static final String USER = "skypilot";
    private static final String CONTROLLER = "skypilot-ingress-nginx-controller";
    private static final String IN_A_URL = DevStack.PASSWORD.replace(" ", "%20");

    @Override
    public String name() {
        return "login";
    }

    @Override
    public String what() {
        return "password at the ingress, then SkyPilot's own users, then OAuth: each by config alone, and none with "
                + "the chart's public user";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        stage.step("The ingress asks for the password", () -> {
            holdsPassword(stage);
            logsIn(stage, "User: ");
            stage.run("pulumi config set --path values.ingress.enabled false");
            stage.says(stage.refused("pulumi preview"), "values.ingress.enabled: only the ingress asks for a login");
            stage.run("pulumi config rm --path values.ingress.enabled");
        });
        stage.step(
                "What lets anybody in is refused: another ingress controller, annotations taken back, a proxy's "
                        + "header that anybody can send",
                () -> {
                    stage.run("pulumi config set --path values.ingress-nginx.enabled false");
                    stage.run("pulumi config set --path values.ingress.ingressClassName gce");
                    stage.says(stage.refused("pulumi preview"),
                            "Anybody could use the server without logging in: the Ingress skypilot-ingress leads to "
                                    + "it, and its class gce");
                    stage.run(
                            "pulumi config rm --path values.ingress-nginx && pulumi config rm --path "
                                    + "values.ingress.ingressClassName");
                    stage.run(
                            "pulumi config set --path "
                                    + "'values.ingress.annotations[\"nginx.ingress.kubernetes.io/auth-type\"]' ''");
                    stage.says(stage.refused("pulumi preview"), "has no annotation by which ingress-nginx would ask");
                    stage.run("pulumi config rm --path values.ingress.annotations");
                    stage.run(
                            "pulumi config set --path values.auth.externalProxy.enabled true && pulumi config rm "
                                    + "authPassword");
                    stage.says(stage.refused("pulumi preview"),
                            "pulumi config set --path values.ingress.enabled false");
                    stage.run("pulumi config rm --path values.auth && pulumi config rm --path values.ingress");
                    stage.run("pulumi config set --secret authPassword", DevStack.PASSWORD);
                    stage.run("pulumi preview --expect-no-changes");
                });
        stage.step("The server asks for it, as that of its first user", () -> {
            stage.run("pulumi config set --path values.apiService.enableUserManagement true");
            stage.run("pulumi up --yes");
            stage.holds("the ingress asks nobody", !ingressAsks(world));
            holdsPassword(stage);
            logsIn(stage, "User: skypilot (");
            stage.holds("the chart's public user is nowhere in the cluster",
                    secret(world, "skypilot-initial-basic-auth") == null);
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("OAuth beside SkyPilot's own users is refused, as is a password that nobody would ask for", () -> {
            stage.run("pulumi config set-all --path --plaintext values.auth.oauth.enabled=true"
                    + " --plaintext values.auth.oauth.oidc-issuer-url=https://id.example.com --plaintext "
                    + "values.auth.oauth.client-details-from-secret=oauth");
            var refused = stage.refused("pulumi preview");
            stage.says(refused, "values.apiService.enableUserManagement: values.auth.oauth.enabled is on too");
            stage.says(refused, "pulumi config rm authPassword");
        });
        stage.step("OAuth takes its client from a Secret of the user's own", () -> {
            world.keepSecret(CLIENT_SECRET);
            stage.run(
                    "kubectl --namespace skypilot create secret generic oauth --from-literal=client-id=sky "
                            + "--from-file=client-secret=/dev/stdin",
                    CLIENT_SECRET);
            stage.run("pulumi config rm --path values.apiService.enableUserManagement");
            stage.run("pulumi config rm authPassword");
            stage.run("pulumi up --yes");
            stage.holds("the proxy runs",
                    world.clusters().get("first").client().apps().deployments().inNamespace("skypilot")
                            .withName("skypilot-oauth2-proxy").get().getStatus().getReadyReplicas() == 1);
            stage.holds("the ingress asks nobody, and the password's Secret is gone",
                    !ingressAsks(world) && secret(world, "skypilot-login") == null);
            DevStack.holdsState(stage, "first", name());
        });
    }

    private static void holdsPassword(Stage stage) {
        var server = stage.world().server("first");
        stage.holds("the password gets in, and another does not",
                server.admits(USER, DevStack.PASSWORD) && !server.admits(USER, "skypilot"));
    }

    /**
     * The line that the stack's output has for it, with the password in its place, typed where there is SkyPilot's
     * client.
     */
    private static void logsIn(Stage stage, String user) throws IOException {
        var sky = stage.world().skyPilot();
        if (sky.isEmpty()) {
            return;
        }
        var services = stage.world().clusters().get("first").client().services().inNamespace("skypilot");
        try (var front = stage.world().server("first").front().orElseThrow()) {
            // What ingress-nginx and the cloud's load balancer make: neither runs here.
            services.resource(new ServiceBuilder().withNewMetadata().withName(CONTROLLER).endMetadata().withNewSpec()
                    .withType("LoadBalancer")
                    .addNewPort().withPort(80).endPort().endSpec().build()).create();
            // By a merge patch, which doesn't mind that the service's controller edits it too.
            services.withName(CONTROLLER).subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE),
                    "{\"status\": {\"loadBalancer\": {\"ingress\": [{\"ip\": \"" + front.address() + "\"}]}}}");
            var home = stage.world().home().resolve("user");
            stage.says(stage.run("export HOME=" + home + " PATH=" + sky.get().bin() + ":$PATH && mkdir -p $HOME"
                    + " && line=\"$(pulumi stack output login)\" && eval \"${line/PASSWORD/" + IN_A_URL
                    + "}\" && sky api info"), user);
        } catch (BindException refused) {
            stage.notPlayed("the line of the output login isn't typed: this user may have no server at port 80 ("
                    + refused.getMessage() + ")");
        } finally {
            services.withName(CONTROLLER).delete();
        }
    }

    private static boolean ingressAsks(World world) {
        return world.clusters().get("first").client().network().v1().ingresses().inNamespace("skypilot")
                .withName("skypilot-ingress").get()
                .getMetadata().getAnnotations().containsKey("nginx.ingress.kubernetes.io/auth-type");
    }

    private static Object secret(World world, String name) {
        return world.clusters().get("first").client().secrets().inNamespace("skypilot").withName(name).get();
    }
}
