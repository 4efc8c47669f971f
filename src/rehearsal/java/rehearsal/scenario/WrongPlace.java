package rehearsal.scenario;

import rehearsal.cluster.ClusterSpec;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.List;

/**
 * The cluster is where a server could not use the disk.
 *
 * @param name    the scenario's name
 * @param what    what it shows
 * @param project the cluster's project
 * @param zone    the zone of its nodes
 * @param said    what the refusal names
 */
record WrongPlace(String name, String what, String project, String zone, List<String> said) implements Scenario {

    /** Another zone than the disk's. */
    static final Scenario ZONE = new WrongPlace("wrong-zone",
            "a cluster without a node in the disk's zone is refused at preview",
            World.PROJECT, "us-east5-c", List.of("has nodes in us-east5-c only", "the disk is in " + World.ZONE));
    /** Another project than the disk's. */
    static final Scenario PROJECT =
            new WrongPlace("wrong-project", "a cluster of another project than the disk's is refused at preview",
                    World.OTHER_PROJECT, World.ZONE,
                    List.of("is of project " + World.OTHER_PROJECT, "the disk of " + World.PROJECT));

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var spec = ClusterSpec.zonal(project, "first", zone);
        stage.step("A cluster in " + zone + " of project " + project + ", and a stack for a disk in " + World.ZONE
                + " of " + World.PROJECT, () -> {
                    world.startCluster(spec);
                    DevStack.init(stage, "dev", "first", World.ZONE);
                    stage.run("pulumi config set context " + spec.context());
                });
        stage.step("It is refused before anything is made", () -> {
            for (var command : List.of("pulumi preview", "pulumi up --yes")) {
                var refusal = stage.refused(command);
                said.forEach(words -> stage.says(refusal, words));
            }
            DevStack.holdsNoWrites(stage);
            stage.holds("nothing was made in the cluster",
                    world.clusters().get("first").client().persistentVolumes().list().getItems().isEmpty()
                            && world.clusters().get("first").client().namespaces().withName("skypilot").get() == null);
        });
    }
}
