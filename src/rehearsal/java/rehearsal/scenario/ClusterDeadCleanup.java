package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The cluster is gone, and the stack is to be cleaned up. */
final class ClusterDeadCleanup implements Scenario {

    @Override
    public String name() {
        return "cluster-dead-cleanup";
    }

    @Override
    public String what() {
        return "the stack of a lost cluster is cleaned up by the documented command, and the disk stays";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Its cluster is lost", () -> stage.world().loseCluster("first"));
        stage.step("A plain destroy can't ask the cluster, and changes nothing", () -> {
            stage.refused("pulumi destroy --yes");
            stage.holds("the disk is still there", stage.world().disk(World.ZONE, DevStack.DISK).isPresent());
        });
        stage.step("The documented command cleans up, and the disk stays", () -> {
            stage.run("PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy --yes");
            stage.holds("the disk is still there", stage.world().disk(World.ZONE, DevStack.DISK).isPresent());
            stage.run("pulumi stack rm dev --yes");
        });
    }
}
