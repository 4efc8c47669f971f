package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.nio.file.Files;

/** The config names a GKE cluster, and the kubeconfig of whoever runs the stack has no part in it. */
final class ClusterByName implements Scenario {

    @Override
    public String name() {
        return "cluster-by-name";
    }

    @Override
    public String what() {
        return "a stack that names its GKE cluster recovers in another one by its name, and is left as it is while its own is only out of reach";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step("A server runs in a cluster that is named, with no kubeconfig at hand", () -> {
            world.startCluster("first", World.ZONE);
            DevStack.init(stage, "dev", "first", World.ZONE);
            noKubeconfig(world);
            stage.run("pulumi config rm context");
            named(stage, "first");
            stage.run("pulumi config set --path cluster.location " + World.ZONE);
            stage.run("pulumi up --yes --skip-preview");
            world.server("first").write(name());
            world.google().forgetRequests();
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("A cluster that isn't there is refused", () -> {
            named(stage, "frist");
            var refusal = stage.refused("pulumi preview --run-program");
            stage.says(refusal, "There is no GKE cluster projects/" + World.PROJECT + "/locations/" + World.ZONE + "/clusters/frist");
            stage.says(stage.refused("pulumi up --yes"), "There is no GKE cluster");
            named(stage, "first");
        });
        stage.step("The cluster is out of reach: nothing is changed, and nothing is given up", () -> {
            world.clusters().get("first").lose();
            stage.says(stage.refused("pulumi up --yes --run-program"), "could not be asked, so nothing was changed");
            stage.refused("pulumi up --yes");
            stage.holds("the state has all of it still", stage.run("pulumi stack --show-urns").contains("kubernetes:helm.sh/v3:Release"));
            DevStack.holdsNoWrites(stage);
        });
        stage.step("A fresh one is named while the lost one's machine holds the disk: refused, and nothing is given up", () -> {
            world.startCluster("second", World.ZONE);
            noKubeconfig(world);
            named(stage, "second");
            stage.says(stage.refused("pulumi up --yes --run-program"), "is held by projects/" + World.PROJECT);
            stage.holds("the state has all of it still", stage.run("pulumi stack --show-urns").contains("kubernetes:helm.sh/v3:Release"));
            DevStack.holdsNoWrites(stage);
        });
        stage.step("Once it is gone, one up recovers in the fresh one", () -> {
            world.loseCluster("first");
            stage.run("pulumi up --yes --run-program");
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("Its credentials are rotated: up makes all in it anew, on the same disk", () -> {
            world.clusters().get("second").rotateCredentials();
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("A fresh cluster takes its name, at another address: one up recovers again", () -> {
            world.loseCluster("second");
            world.startCluster("second", World.ZONE);
            noKubeconfig(world);
            stage.run("pulumi up --yes --run-program");
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("The disk was the same all along, and destroy needs no kubeconfig either", () -> {
            stage.run("pulumi destroy --yes");
            stage.holds("nothing of it is left in the cluster",
                    world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
            DevStack.holdsDisk(stage, name());
            stage.holds("it was neither made anew nor deleted", world.google().writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
        });
    }

    private static void named(Stage stage, String cluster) {
        stage.run("pulumi config set --path cluster.name " + cluster);
    }

    private static void noKubeconfig(World world) throws Exception {
        Files.writeString(world.home().resolve("kubeconfig"), "");
    }
}
