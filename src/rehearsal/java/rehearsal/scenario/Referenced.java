package rehearsal.scenario;

import com.google.gson.JsonParser;
import rehearsal.google.DiskFolder;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.Set;

/**
 * A server runs on a disk that its stack doesn't own, and the same stack comes to own it and lets go of it by config
 * alone.
 */
final class Referenced implements Scenario {

    @Override
    public String name() {
        return "referenced";
    }

    @Override
    public String what() {
        return "a disk is used without being owned, then owned, then let go, by config alone: never written to, never "
                + "deleted";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step("A disk that somebody made in the console, and a stack that references it", () -> {
            world.startCluster("first", World.ZONE);
            world.google().console().insertDisk(World.PROJECT, World.ZONE, JsonParser.parseString("""
                    {"name": "%s", "sizeGb": "10", "type": "projects/%s/zones/%s/diskTypes/pd-balanced",
                     "labels": {"team": "research"}}""".formatted(DevStack.DISK, World.PROJECT, World.ZONE))
                    .getAsJsonObject());
            DevStack.init(stage, "dev", "first", World.ZONE);
            stage.run("pulumi config set disk reference");
            stage.says(stage.run("pulumi up --yes"), "From now on this stack does not own it");
            world.server("first").write(name());
            stage.run("pulumi up --yes --expect-no-changes");
            stage.says(stage.run("pulumi stack output onDestroy"), "leaves the disk " + DevStack.DISK + " as it is");
        });
        stage.step("Destroy leaves the disk as it was, and up takes it up again", () -> {
            stage.run("pulumi destroy --yes");
            stage.run("pulumi up --yes");
            stage.holds("nobody has written to it but its machines", diskWrites(stage) == 0);
            stage.holds("it has its own labels alone", disk(stage).labels().keySet().equals(Set.of("team")));
            DevStack.holdsState(stage, "first", name());
        });
        var starts = world.server("first").starts().size();
        stage.step("The stack comes to own it, and may delete it", () -> {
            stage.run("pulumi config set-all --plaintext disk=adopt --plaintext deleteDisk=" + DevStack.DISK);
            stage.says(stage.run("pulumi up --yes"), "stays with the state on it, and this stack owns it from now on");
            stage.holds("it was labelled and has a snapshot schedule, and nothing else",
                    diskWrites(stage) == 2 && disk(stage).labels().containsKey("sky-api-server-stack"));
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("The stack lets go of it, and has it again", () -> {
            stage.run("pulumi config rm deleteDisk && pulumi config set disk reference");
            stage.says(stage.run("pulumi up --yes"), "From now on this stack does not own it");
            stage.run("pulumi preview --expect-no-changes");
            stage.run("pulumi config set-all --plaintext disk=create --plaintext deleteDisk=" + DevStack.DISK);
            stage.says(stage.run("pulumi up --yes"), "this stack owns it from now on");
            stage.run("pulumi preview --expect-no-changes");
            stage.holds("the server was never stopped", world.server("first").starts().size() == starts);
        });
        stage.step("Let go, it is never deleted, though it was deletable", () -> {
            stage.run(
                    "pulumi config rm deleteDisk && pulumi config set disk reference && pulumi up --yes && pulumi "
                            + "destroy --yes");
            stage.holds("the disk was not written to again", diskWrites(stage) == 2);
            DevStack.holdsSnapshots(stage);
            DevStack.holdsDisk(stage, name());
        });
    }

    private static DiskFolder disk(Stage stage) {
        return stage.world().disk(World.ZONE, DevStack.DISK).orElseThrow();
    }

    /** Writes to disks, and not to the machines that attach them. */
    private static long diskWrites(Stage stage) {
        return stage.world().google().writes().stream().filter(request -> request.path().contains("/disks")).count();
    }
}
