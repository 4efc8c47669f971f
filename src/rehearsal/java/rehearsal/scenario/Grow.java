package rehearsal.scenario;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The size is raised, in the config alone or in the cloud console first.
 *
 * @param name   the scenario's name
 * @param what   what it shows
 * @param byHand whether the disk grows in the console first
 */
record Grow(String name, String what, boolean byHand) implements Scenario {

    /** By config alone. */
    static final Scenario BY_CONFIG = new Grow("grow",
            "a larger size: disk, volume and claim grow in place while the server runs, one up", false);
    /** In the console first. */
    static final Scenario BY_HAND = new Grow("grown-by-hand",
            "the disk resized in the cloud console: no replacement, the line to change is named, and volume and claim "
                    + "follow",
            true);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name);
        var world = stage.world();
        var starts = world.server("first").starts().size();
        var volume = volume(world).getMetadata().getUid();
        if (byHand) {
            stage.step("Its disk is made larger by hand, and up names the line to change", () -> {
                world.google().console().resizeDisk(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK), 20);
                stage.says(stage.refused("pulumi up --yes"), "pulumi config set diskSize 20");
                world.google().forgetRequests();
            });
        }
        stage.step("One up makes it larger", () -> {
            stage.run("pulumi config set diskSize 20");
            stage.run("pulumi up --yes");
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("Disk, volume, claim and filesystem have grown in place, and the server ran on", () -> {
            stage.holds("the claim has 20 GiB", holdsSoon(() -> claimed(world).equals("20Gi")));
            stage.holds("the volume has 20 GiB, and is the one it was",
                    volume(world).getSpec().getCapacity().get("storage").toString().equals("20Gi")
                            && volume(world).getMetadata().getUid().equals(volume));
            var disk = world.disk(World.ZONE, DevStack.DISK).orElseThrow();
            stage.holds("the disk has 20 GiB, and its filesystem fills it",
                    disk.sizeGb() == 20 && disk.filesystem().orElseThrow().sizeGb() == 20);
            stage.holds(
                    byHand ? "nothing was written at Google"
                            : "the disk was resized once, and nothing else written at Google",
                    byHand ? world.google().writes().isEmpty() : world.google().writes().size() == 1
                            && world.google().writes().get(0).path().endsWith("/resize"));
            stage.holds("the server was not restarted", world.server("first").starts().size() == starts);
            stage.holds("it reads the same bytes", world.server("first").read().contains(name));
            stage.run("pulumi preview --expect-no-changes");
        });
    }

    private static PersistentVolume volume(World world) {
        return world.clusters().get("first").client().persistentVolumes().withName("sky-api-server-pv").get();
    }

    private static String claimed(World world) {
        return world.clusters().get("first").client().persistentVolumeClaims().inNamespace("skypilot")
                .withName("skypilot-state").get()
                .getStatus().getCapacity().get("storage").toString();
    }

    /** The cluster's driver is at work beside the engine. */
    private static boolean holdsSoon(BooleanSupplier rule) throws InterruptedException {
        for (var patience = PATIENCE; !rule.getAsBoolean(); patience = patience.minus(PAUSE)) {
            if (patience.isNegative()) {
                return false;
            }
            Thread.sleep(PAUSE.toMillis());
        }
        return true;
    }
}
