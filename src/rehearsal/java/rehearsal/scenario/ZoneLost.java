package rehearsal.scenario;

import rehearsal.cluster.ClusterSpec;
import rehearsal.google.DiskFolder;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A disk in two zones, of which one is lost: first under a cluster that has nodes in both, then with the cluster. */
final class ZoneLost implements Scenario {

    private static final String REGION = "us-east5";
    private static final String OTHER = "us-east5-c";
    private static final DiskName REGIONAL = new DiskName(World.PROJECT, REGION, DevStack.DISK);
    private static final String KEY =
            "projects/" + World.PROJECT + "/locations/" + REGION + "/keyRings/sky/cryptoKeys/state";
    /** The controllers go by their own clocks. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "zone-lost";
    }

    @Override
    public String what() {
        return "a disk in two zones, one of which is lost: the server goes on in the other, in the same cluster or in "
                + "a fresh one";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step(
                "A server runs on a disk in two zones, encrypted with a key of the user's, in a cluster with nodes in "
                        + "both",
                () -> {
                    world.startCluster(new ClusterSpec(World.PROJECT, "first", List.of(World.ZONE, OTHER), 1));
                    DevStack.up(stage, name(), "replicaZone " + OTHER, "diskKmsKey " + KEY,
                            "--path gcp:defaultLabels.team research");
                    DevStack.holdsState(stage, "first", name());
                });
        var starts = world.server("first").starts().size();
        stage.step("It grows and gets another label in place, while the server runs on", () -> {
            world.google().forgetRequests();
            stage.run("pulumi config set diskSize 20 && pulumi config set --path gcp:defaultLabels.team operations");
            stage.run("pulumi up --yes");
            stage.holds("the disk was relabelled and resized, and nothing else written at Google",
                    world.google().writes().stream().map(Google.Request::path).toList()
                            .equals(List.of(REGIONAL.path() + "/setLabels", REGIONAL.path() + "/resize")));
            stage.holds("it has the label, and 20 GiB",
                    disk(world).labels().entrySet().contains(Map.entry("team", "operations"))
                            && disk(world).sizeGb() == 20);
            stage.holds("the server was not restarted", world.server("first").starts().size() == starts);
        });
        var dead = holder(world);
        stage.step("The server's zone is lost: its node is dead, and its machine keeps the disk", () -> {
            world.clusters().get("first").loseZone(dead.zone());
            stage.run("kubectl --context " + World.administrator(World.context("first", World.ZONE))
                    + " taint nodes --selector topology.kubernetes.io/zone=" + dead.zone()
                    + " node.kubernetes.io/out-of-service=nodeshutdown:NoExecute");
        });
        stage.step("The server runs in the other zone, with the same bytes and no up", () -> {
            world.clusters().get("first").server(PATIENCE);
            stage.holds("the disk was taken from the dead machine", !holder(world).zone().equals(dead.zone()));
            world.google().forgetRequests();
            DevStack.holdsState(stage, "first", name());
            DevStack.holdsNoWrites(stage);
            world.server("first").write("written in the other zone");
        });
        world.google().heal();
        var holder = holder(world);
        stage.step(
                "The other zone is lost, with the cluster; in a fresh one the disk is refused as long as the dead "
                        + "machine has it",
                () -> {
                    world.clusters().get("first").lose();
                    world.google().loseZone(holder.zone());
                    world.startCluster("second", dead.zone());
                    stage.run("pulumi stack init recovery --copy-config-from dev");
                    stage.run("pulumi config set-all --plaintext disk=adopt --plaintext context="
                            + World.context("second", dead.zone()));
                    world.google().forgetRequests();
                    stage.says(stage.refused("pulumi up --yes"),
                            "gcloud compute instances attach-disk " + node(world).name() + " --project " + World.PROJECT
                                    + " --zone " + dead.zone()
                                    + " --disk " + DevStack.DISK + " --disk-scope regional --force-attach");
                    DevStack.holdsNoWrites(stage);
                });
        stage.step("Taken from it by the commands that the refusal has, it serves in the fresh cluster", () -> {
            world.google().console().attachDisk(node(world), REGIONAL, "taken", false, true);
            world.google().console().detachDisk(node(world), "taken");
            stage.run("pulumi up --yes");
            DevStack.holdsState(stage, "second", "written in the other zone");
            world.google().heal();
        });
    }

    private static DiskFolder disk(World world) {
        return world.disk(REGION, DevStack.DISK).orElseThrow();
    }

    private static InstanceName holder(World world) {
        return disk(world).users().get(0);
    }

    /** The one machine of the fresh cluster. */
    private static InstanceName node(World world) {
        var cluster = world.clusters().get("second");
        return new InstanceName(World.PROJECT, cluster.spec().zones().get(0),
                cluster.client().nodes().list().getItems().get(0).getMetadata().getName());
    }
}
