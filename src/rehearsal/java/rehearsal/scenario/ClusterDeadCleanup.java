package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The cluster is gone, another stack has taken the disk over, and the old stack is to be cleaned up. */
final class ClusterDeadCleanup implements Scenario {

    @Override
    public String name() {
        return "cluster-dead-cleanup";
    }

    @Override
    public String what() {
        return "the stack of a lost cluster is cleaned up by the documented command: the disk stays, and its "
                + "snapshots go on for the stack that has it now";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        var world = stage.world();
        stage.step("Its cluster is lost, and a new stack takes the disk over", () -> {
            world.loseCluster("first");
            world.startCluster("second", World.ZONE);
            DevStack.initRecovery(stage, "second");
            stage.run("pulumi up --yes --skip-preview");
            stage.holds("the disk's snapshot schedule was taken up, and not touched", world.google().writes().stream()
                    .noneMatch(request -> request.path().contains("esourcePolicies")));
        });
        stage.step("A plain destroy of the old one can't ask the cluster, and changes nothing", () -> {
            stage.refused("pulumi destroy --yes --stack dev");
            stage.holds("the disk is still there", world.disk(World.ZONE, DevStack.DISK).isPresent());
        });
        stage.step("The documented command cleans up, and the new stack is as it was", () -> {
            world.google().forgetRequests();
            stage.run("PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy --yes --stack dev");
            stage.run("pulumi stack rm dev --yes --preserve-config && pulumi stack select recovery");
            DevStack.holdsNoWrites(stage);
            DevStack.holdsSnapshots(stage);
            DevStack.holdsState(stage, "second", name());
        });
    }
}
