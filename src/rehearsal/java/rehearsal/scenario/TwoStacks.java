package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A second stack, in a cluster of its own, would run a server on the disk that a live stack serves. */
final class TwoStacks implements Scenario {

    @Override
    public String name() {
        return "two-stacks";
    }

    @Override
    public String what() {
        return "a second stack is refused the disk that a live stack serves, and the first server is untouched";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        var server = world.server("first");
        var holder = world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().get(0);
        stage.step("A second stack in another cluster is refused the disk, made or adopted", () -> {
            world.startCluster("second", World.ZONE);
            DevStack.init(stage, "two", "second", World.ZONE);
            stage.says(stage.refused("pulumi preview"), "this stack did not make it");
            stage.run("pulumi config set disk adopt");
            stage.says(stage.refused("pulumi preview"), "is held by " + holder.path());
            stage.says(stage.refused("pulumi up --yes"), "which is no node of this cluster");
            DevStack.holdsNoWrites(stage);
            stage.holds("nothing was made in the second cluster",
                    world.clusters().get("second").client().persistentVolumes().list().getItems().isEmpty());
        });
        stage.step("The first server is untouched", () -> {
            stage.holds("it was never stopped", server.starts().size() == 1);
            stage.run("pulumi stack select dev");
            DevStack.holdsState(stage, "first", name());
        });
    }
}
