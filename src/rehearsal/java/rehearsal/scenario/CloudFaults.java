package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.google.Fault;
import rehearsal.google.InstanceName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.time.Duration;

/**
 * Google refuses what the first up asks for, one thing after the other, or never ends it: each time the next up goes on
 * from there.
 */
final class CloudFaults implements Scenario {

    private static final String WITHIN = "30";
    /** What Google refuses, it refuses at once; the rest is what a run takes on a busy machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(40);
    private static final Duration LONG = Duration.ofHours(1);

    @Override
    public String name() {
        return "cloud-faults";
    }

    @Override
    public String what() {
        return "quota, permission or API missing at Google, an operation that never ends, a machine that has taken "
                + "the disk: clear errors, and the next up goes on";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var google = world.google();
        stage.step("The Compute Engine API is off, then the disk may not be looked at: refused before anything is made",
                () -> {
                    world.startCluster("first", World.ZONE);
                    DevStack.init(stage, "dev", "first", World.ZONE);
                    stage.run("pulumi config set installTimeout " + WITHIN);
                    google.fail("compute.disks.get", Fault.API_OFF, Integer.MAX_VALUE);
                    var off = stage.refusedWithin(AT_ONCE, "pulumi up --yes --skip-preview");
                    stage.says(off, "accessNotConfigured");
                    stage.says(off, "gcloud services enable compute.googleapis.com --project " + World.PROJECT);
                    google.fail("compute.disks.get", Fault.DENIED, Integer.MAX_VALUE);
                    var denied = stage.refusedWithin(AT_ONCE, "pulumi up --yes --skip-preview");
                    stage.says(denied, "Required 'compute.disks.get' permission for");
                    stage.says(denied, "gcloud compute disks describe " + DevStack.DISK + " --project " + World.PROJECT
                            + " --zone " + World.ZONE);
                    google.heal();
                    DevStack.holdsNoWrites(stage);
                    stage.holds("nothing was made in the cluster",
                            world.clusters().get("first").client().namespaces().withName("skypilot").get() == null);
                });
        stage.step("The disk may not be made, then there is no quota for it: no disk, and no server without one",
                () -> {
                    google.fail("compute.disks.create", Fault.DENIED, Integer.MAX_VALUE);
                    makesNoDisk(stage,
                            "Error creating Disk: googleapi: Error 403: Required 'compute.disks.create' permission "
                                    + "for");
                    google.fail("compute.disks.create", Fault.QUOTA, Integer.MAX_VALUE);
                    makesNoDisk(stage,
                            "Error creating Disk: googleapi: Error 403: Quota 'SSD_TOTAL_GB' exceeded.  Limit: 500.0 "
                                    + "in region us-east5., quotaExceeded");
                    google.heal();
                });
        stage.step("Google takes the disk's creation, and never says that it is done: given up after installTimeout",
                () -> {
                    google.delay(LONG);
                    var said = stage.refusedWithin(AT_ONCE.plusSeconds(Long.parseLong(WITHIN)),
                            "pulumi up --yes --skip-preview");
                    google.delay(Duration.ZERO);
                    stage.says(said,
                            "Error waiting for Creating Disk: timeout while waiting for state to become 'DONE' (last "
                                    + "state: 'RUNNING', timeout: "
                                    + WITHIN + "s)");
                    stage.says(said, "Google has ");
                    stage.holds("the disk is there, and not in the state",
                            world.disk(World.ZONE, DevStack.DISK).isPresent()
                                    && !stage.run("pulumi stack export").contains("compute/disk:Disk::disk"));
                });
        stage.step("The next up takes that disk up; there is no quota for its snapshot schedule", () -> {
            google.forgetRequests();
            google.fail("compute.resourcePolicies.create", Fault.QUOTA, Integer.MAX_VALUE);
            stage.says(stage.refusedWithin(AT_ONCE, "pulumi up --yes --skip-preview"),
                    "Error creating ResourcePolicy: googleapi: Error 403: Quota 'RESOURCE_POLICIES' exceeded.  Limit: "
                            + "10.0 in region us-east5., quotaExceeded");
            google.heal();
        });
        stage.step("With all faults gone, one up ends well, with a schedule and on the disk that was begun", () -> {
            stage.run("pulumi up --yes");
            world.server("first").write(name());
            DevStack.holdsState(stage, "first", name());
            DevStack.holdsSnapshots(stage);
            stage.holds("no second disk was asked for", google.writes().stream()
                    .noneMatch(request -> request.method().equals("POST") && request.path().endsWith("/disks")));
        });
        var machine = new InstanceName(World.PROJECT, World.ZONE, "somebodys-machine");
        var disk = new DiskName(World.PROJECT, World.ZONE, DevStack.DISK);
        stage.step(
                "The server is away, and somebody's machine has taken the disk: refused with the command that takes "
                        + "it back",
                () -> {
                    stage.run("pulumi destroy --yes --skip-preview");
                    google.console().insertInstance(machine);
                    google.console().attachDisk(machine, disk, "borrowed", false);
                    google.forgetRequests();
                    stage.says(stage.refusedWithin(AT_ONCE, "pulumi up --yes --skip-preview"),
                            "gcloud compute instances detach-disk " + machine.name() + " --project " + World.PROJECT
                                    + " --zone " + World.ZONE + " --disk " + DevStack.DISK);
                    DevStack.holdsNoWrites(stage);
                    google.console().detachDisk(machine, "borrowed");
                    stage.run("pulumi up --yes --skip-preview");
                    DevStack.holdsState(stage, "first", name());
                });
    }

    private static void makesNoDisk(Stage stage, String words) {
        var said = stage.refusedWithin(AT_ONCE, "pulumi up --yes --skip-preview");
        stage.says(said, words);
        stage.says(said, "What was made before the failure still stands");
        stage.holds("there is no disk, volume or claim", stage.world().disk(World.ZONE, DevStack.DISK).isEmpty()
                && stage.world().clusters().get("first").client().persistentVolumes().list().getItems().isEmpty()
                && stage.world().clusters().get("first").client().persistentVolumeClaims().inAnyNamespace().list()
                        .getItems().isEmpty());
    }
}
