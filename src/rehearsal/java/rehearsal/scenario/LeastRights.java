package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.List;

/**
 * A user who may do nothing outside one namespace but what a volume takes: what else the stack would make, somebody
 * else has made.
 */
final class LeastRights implements Scenario {

    private static final String KUBECTL =
            "kubectl --context " + World.administrator(World.context("first", World.ZONE)) + " ";
    private static final List<String> TAKEN = List.of("namespace", "release", "chart-roles", "ingress");

    @Override
    public String name() {
        return "least-rights";
    }

    @Override
    public String what() {
        return "a user with the rights of one namespace alone: refused by name what the config leaves in, and let do "
                + "the rest";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step(
                "An administrator makes the namespace and the server's ServiceAccount, and lets the user do what the "
                        + "release takes there",
                () -> {
                    world.startCluster("first", World.ZONE);
                    for (var role : TAKEN) {
                        stage.run(KUBECTL + "delete clusterrolebinding sky-api-server-" + role);
                    }
                    stage.run(KUBECTL + "create namespace skypilot");
                    stage.run(KUBECTL
                            + "--namespace skypilot create rolebinding sky-api-server-release --clusterrole "
                            + "sky-api-server-release --user user");
                    stage.run(KUBECTL + "--namespace skypilot create serviceaccount sky");
                    stage.run(KUBECTL + "create -f -",
                            "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}, spec: "
                                    + "{controller: k8s.io/ingress-nginx}}");
                });
        stage.step("The defaults ask for more, and are refused by name", () -> {
            DevStack.init(stage, "dev", "first", World.ZONE);
            var refused = stage.refused("pulumi up --yes --skip-preview");
            stage.says(refused, "is forbidden: User \"user\" cannot get resource \"clusterroles\"");
            stage.holds("no server runs", world.clusters().get("first").servers().isEmpty());
        });
        stage.step("Without roles, ingress controller and namespace of its own, one more up finishes", () -> {
            stage.run("pulumi config set --path values.rbac.create false");
            stage.run("pulumi config set --path values.rbac.serviceAccountName sky");
            stage.run("pulumi config set --path values.ingress-nginx.enabled false");
            stage.run("pulumi up --yes");
            world.server("first").write(name());
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("Destroy leaves the namespace, and the disk", () -> {
            stage.run("pulumi destroy --yes");
            stage.run("kubectl get namespace skypilot");
            DevStack.holdsDisk(stage, name());
        });
    }
}
