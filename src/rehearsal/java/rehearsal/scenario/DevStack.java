package rehearsal.scenario;

import rehearsal.google.ResourcePolicyName;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** What the scenarios share: the guide's stack, as a user sets it up. */
public final class DevStack {

    /** The guide's disk. */
    static final String DISK = "sky-api-server-state";
    /** Its snapshot schedule. */
    static final ResourcePolicyName SCHEDULE =
            new ResourcePolicyName(World.PROJECT, "us-east5", DISK + "-" + World.ZONE + "-daily");
    /** A basic-auth password that is found nowhere by chance. */
    static final String PASSWORD = "correct horse battery staple 7";

    private static final Pattern HEAL = Pattern.compile("pulumi up --replace '[^']+'");
    private static final Pattern FORGET = Pattern.compile("kubectl .* delete secret .*");

    private DevStack() {
    }

    /** Types what sets a stack up for a cluster that runs. */
    public static void init(Stage stage, String stack, String cluster, String zone) {
        stage.world().keepSecret(PASSWORD);
        stage.run("pulumi stack init " + stack);
        stage.run("pulumi config set-all --plaintext gcp:project=" + World.PROJECT + " --plaintext zone=" + zone
                + " --plaintext context=" + World.context(cluster, zone) + " --plaintext chart="
                + stage.world().chart());
        stage.run("pulumi config set --path values.apiService.skipResourceCheck true");
        stage.run("pulumi config set --secret authPassword", PASSWORD);
    }

    /** Types what README.md has for a recovery from the stack dev, but for the up. */
    static void initRecovery(Stage stage, String cluster) {
        stage.run("pulumi stack init recovery --copy-config-from dev");
        stage.run("pulumi config set-all --plaintext disk=adopt --plaintext context="
                + World.context(cluster, World.ZONE));
    }

    /**
     * The step from which most scenarios start: the guide's stack is up in a cluster of its own, and what is asked of
     * Google counts from here.
     *
     * @param state  what the server writes to its state, to be found again
     * @param config what is set besides, each as KEY VALUE
     */
    static void serverRuns(Stage stage, String state, String... config) {
        stage.step("A server runs on its disk", () -> {
            stage.world().startCluster("first", World.ZONE);
            up(stage, state, config);
        });
    }

    /** The same in a cluster that there is. */
    static void up(Stage stage, String state, String... config) {
        init(stage, "dev", "first", World.ZONE);
        for (var setting : config) {
            stage.run("pulumi config set " + setting);
        }
        // What a scenario is about comes after this: a preview here would only have the program run once more.
        stage.run("pulumi up --yes --skip-preview");
        stage.world().server("first").write(state);
        stage.world().google().forgetRequests();
    }

    /** Asserts that the server of a cluster has the state, and that the stack is as it should be. */
    static void holdsState(Stage stage, String cluster, String state) {
        holdsKept(stage, cluster, state);
        stage.run("pulumi preview --expect-no-changes");
    }

    /** Asserts that the server of a cluster has the state. */
    static void holdsKept(Stage stage, String cluster, String state) {
        var server = stage.world().server(cluster);
        stage.holds(server.kept(), server.has(state));
    }

    /** Asserts that a refusal names the command that makes a volume anew, and types it. */
    static void heals(Stage stage, String refusal) {
        stage.run(named(stage, HEAL, refusal) + " --yes");
    }

    /**
     * Up refuses a release that Helm was interrupted at; the command that the refusal names has Helm forget what it had
     * begun.
     */
    static void forgetsInterruptedRelease(Stage stage, String status) {
        var said = stage.refused("pulumi up --yes");
        stage.says(said, "The release skypilot is " + status);
        stage.run(named(stage, FORGET, said));
    }

    private static String named(Stage stage, Pattern which, String refusal) {
        var command = which.matcher(refusal);
        stage.holds("it names a command", command.find());
        return command.group();
    }

    /**
     * All that is readable: the stack's state, outputs and config, every stack's config file, and what was printed so
     * far.
     */
    static String readable(Stage stage) {
        return stage.run("pulumi stack export && pulumi stack output --json && pulumi config && cat Pulumi.*.yaml")
                + stage.transcript();
    }

    /** Asserts that nothing was written at Google. */
    static void holdsNoWrites(Stage stage) {
        stage.holds("nothing was changed at Google", stage.world().google().writes().isEmpty());
    }

    /** The names of the snapshots that a disk's schedule took, the oldest first. */
    static List<String> dailySnapshots(Stage stage, String disk) {
        return stage.world().google().console().snapshots(World.PROJECT, "").stream()
                .filter(snapshot -> snapshot.has("autoCreated")
                        && snapshot.get("sourceDisk").getAsString().endsWith("/disks/" + disk))
                .sorted(Comparator.comparing(snapshot -> snapshot.get("creationTimestamp").getAsString()))
                .map(snapshot -> snapshot.get("name").getAsString()).toList();
    }

    /** Asserts that snapshots of the guide's disk go on: a day later there is one more. */
    static void holdsSnapshots(Stage stage) {
        var before = dailySnapshots(stage, DISK);
        stage.world().google().dayPasses();
        stage.holds("a day later there is one more snapshot of the disk",
                dailySnapshots(stage, DISK).size() == before.size() + 1);
    }

    /** Asserts that the disk is there, and the state on it. */
    static void holdsDisk(Stage stage, String state) throws IOException {
        stage.holds("the disk is still there, with its bytes",
                stage.world().disk(World.ZONE, DISK).isPresent() && onDisk(stage.world(), state));
    }

    private static boolean onDisk(World world, String state) throws IOException {
        try (var files = Files.walk(world.disk(World.ZONE, DISK).orElseThrow().files())) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(state)) {
                    return true;
                }
            }
        }
        return false;
    }
}
