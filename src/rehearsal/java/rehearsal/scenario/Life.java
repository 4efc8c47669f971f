package rehearsal.scenario;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import rehearsal.cluster.Cluster;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** The main story: a server's whole life, and its disk's. */
final class Life implements Scenario {

    @Override
    public String name() {
        return "life";
    }

    @Override
    public String what() {
        return "provision, lose the cluster, recover on a fresh one, destroy with the disk kept, delete the disk when "
                + "told to";
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var state = "users: ada, grace " + UUID.randomUUID();

        stage.step("A cluster in " + World.ZONE + ", and a stack for it", () -> {
            world.startCluster("first", World.ZONE);
            DevStack.init(stage, "dev", "first", World.ZONE);
        });

        stage.step("The preview shows what will be made, and makes nothing", () -> {
            stage.run("pulumi preview --diff");
            stage.holds("there is no disk yet", world.disk(World.ZONE, DevStack.DISK).isEmpty());
            stage.holds("there is no PersistentVolume yet", volumes(world, "first").isEmpty());
        });

        stage.step("Disk, PersistentVolume and server are made", () -> stage.run("pulumi up --yes"));
        stage.step("The server runs on the disk", () -> {
            stage.run("kubectl get pv,pvc,pods -A");
            holdsVolume(stage, "first");
            var server = world.server("first");
            server.write(state);
            stage.holds("what the server writes is on the disk", server.has(state));
            DevStack.holdsDisk(stage, state);
        });
        stage.step("The preview is clean", () -> stage.run("pulumi preview --expect-no-changes"));
        stage.step("No secret is readable in the state, the outputs or anything that was printed", () -> {
            var readable = DevStack.readable(stage);
            var hash = hash(world.clusters().get("first"));
            stage.holds("the password is nowhere", !readable.contains(DevStack.PASSWORD));
            stage.holds("its hash is nowhere", !readable.contains(hash));
            stage.holds("nor is the Secret's content as Kubernetes writes it",
                    !readable.contains(data(world.clusters().get("first"))));
        });

        stage.step("The cluster is lost", () -> {
            world.loseCluster("first");
            stage.holds("the disk is still there, and no machine holds it",
                    world.disk(World.ZONE, DevStack.DISK).filter(disk -> disk.users().isEmpty()).isPresent());
        });
        stage.step("A fresh cluster, and a new stack with the old one's config", () -> {
            world.startCluster("second", World.ZONE);
            DevStack.initRecovery(stage, "second");
        });
        stage.step("One `pulumi up` recovers the server", () -> stage.run("pulumi up --yes"));
        stage.step("The state is back", () -> {
            holdsVolume(stage, "second");
            DevStack.holdsKept(stage, "second", state);
        });
        stage.step("The preview is clean", () -> stage.run("pulumi preview --expect-no-changes"));

        stage.step("`pulumi destroy` keeps the disk", () -> {
            stage.run("pulumi destroy --yes");
            stage.holds("the PersistentVolume is gone", volumes(world, "second").isEmpty());
            stage.holds("the namespace stays, without the server",
                    world.clusters().get("second").client().namespaces().withName("skypilot").get() != null
                            && world.clusters().get("second").servers().isEmpty());
            DevStack.holdsDisk(stage, state);
        });
        stage.step("`pulumi up` takes the kept disk up again", () -> {
            stage.run("pulumi up --yes");
            DevStack.holdsKept(stage, "second", state);
        });
        stage.step("The disk is deleted once the config names it", () -> {
            stage.run("pulumi config set deleteDisk " + DevStack.DISK);
            stage.run("pulumi up --yes");
            stage.run("pulumi destroy --yes");
            stage.holds("the disk is gone", world.disk(World.ZONE, DevStack.DISK).isEmpty());
        });
    }

    private static List<PersistentVolume> volumes(World world, String cluster) {
        return world.clusters().get(cluster).client().persistentVolumes().list().getItems();
    }

    private static void holdsVolume(Stage stage, String cluster) {
        var volume = volumes(stage.world(), cluster).stream()
                .filter(pv -> pv.getMetadata().getName().equals("sky-api-server-pv")).findFirst().orElseThrow();
        var claim = volume.getSpec().getClaimRef();
        stage.holds("the PersistentVolume's reclaim policy is Retain",
                volume.getSpec().getPersistentVolumeReclaimPolicy().equals("Retain"));
        stage.holds("it is Bound to the claim skypilot/skypilot-state", volume.getStatus().getPhase().equals("Bound")
                && claim.getNamespace().equals("skypilot") && claim.getName().equals("skypilot-state"));
        stage.holds("a machine holds the disk", stage.world().disk(World.ZONE, DevStack.DISK)
                .filter(disk -> disk.users().size() == 1).isPresent());
    }

    private static String data(Cluster cluster) {
        return cluster.client().secrets().inNamespace("skypilot").withName("skypilot-login").get().getData()
                .get("auth");
    }

    private static String hash(Cluster cluster) {
        var line = new String(Base64.getDecoder().decode(data(cluster)), StandardCharsets.UTF_8);
        return line.substring(line.indexOf(':') + 1);
    }
}
