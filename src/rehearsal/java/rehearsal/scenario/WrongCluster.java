package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The context of a second stack points at a cluster that runs another stack's server. */
final class WrongCluster implements Scenario {

    @Override
    public String name() {
        return "wrong-cluster";
    }

    @Override
    public String what() {
        return "a cluster that runs another stack's server is refused, and that server untouched";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        var server = stage.world().server("first");
        stage.step("A second stack, with a disk, a namespace and a release of its own, is refused there", () -> {
            DevStack.init(stage, "two", "first", World.ZONE);
            stage.run(
                    "pulumi config set-all --plaintext diskName=other-disk --plaintext namespace=other --plaintext "
                            + "release=other");
            stage.says(stage.refused("pulumi preview"),
                    "has a PersistentVolume sky-api-server-pv already, which the stack dev-");
            stage.says(stage.refused("pulumi up --yes"), "Leave it alone, and name another cluster");
            DevStack.holdsNoWrites(stage);
        });
        stage.step("The server is untouched", () -> {
            stage.holds("it reads the same bytes", server.read().contains(name()));
            stage.holds("it was never stopped", server.starts().size() == 1);
            stage.holds("the second stack's namespace was not made",
                    stage.world().clusters().get("first").client().namespaces().withName("other").get() == null);
        });
    }
}
