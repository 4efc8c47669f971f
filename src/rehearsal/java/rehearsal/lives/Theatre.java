package rehearsal.lives;

import rehearsal.google.DiskName;
import rehearsal.google.Fault;
import rehearsal.google.Google;
import rehearsal.world.World;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a life is played: it has a cluster {@code first} with nodes in {@link Model#ZONE} and {@link Model#OTHER_ZONE},
 * and, selected and configured as {@link Model#START} has it, a stack {@code dev} that was never up. What the acts and
 * the invariants need of a world is here, and nothing else: the rehearsal's world is one, an imitation in memory may be
 * another.
 */
public interface Theatre extends AutoCloseable {

    /** What of a cluster may be deleted by hand. */
    enum Thing {
        /** The claim and the Deployment that holds on to it. */
        CLAIM,
        /** The PersistentVolume, which waits for its claim. */
        VOLUME,
        /** The Deployment alone. */
        DEPLOYMENT,
        /** The namespace with all that is in it. */
        NAMESPACE,
        /** The Secrets by which Helm knows the release. */
        HELM_SECRETS,
        /** The release, by {@code helm uninstall}. */
        RELEASE,
        /** The Secret of the login. */
        LOGIN
    }

    /**
     * What of a cluster may crash, and is back moments later with what it had; of the network nothing does, it only
     * answers late.
     */
    enum Part {
        API_SERVER, ETCD, NETWORK
    }

    /** What the runbook has for a kill that met the file beside the state, and left it empty. */
    String EMPTY_AWAY = "find \"${PULUMI_BACKEND_URL#file://}\" -name '*.attrs' -empty -delete";

    /** What a first up's state outgrows. */
    long LEAST_KIB = 16;

    /** The Google that all of it is at. */
    Google google();

    /** SkyPilot's chart. */
    Path chart();

    /** Makes the stack that a life begins with. */
    default void begin() {
        must("pulumi stack init dev", "");
        must("pulumi config set-all --plaintext gcp:project=" + World.PROJECT + " --plaintext zone=" + Model.ZONE
                + " --plaintext context=" + World.context("first", Model.ZONE) + " --plaintext chart=" + chart(), "");
        must("pulumi config set --path values.apiService.skipResourceCheck true", "");
        must("pulumi config set --secret authPassword", Model.password("1"));
    }

    /**
     * Runs a line of a person's that is meant to take effect: one that meets what a kill left is typed again, once what
     * the runbook has for that is done.
     */
    default void say(String command, String input) {
        say(command, input, EMPTY_AWAY);
    }

    /** The same, where more has to be done before it is typed again. @param first what */
    default void say(String command, String input, String first) {
        var before = run(command, input);
        if (!before.good()) {
            must(command, input, "\nat first: " + before.output() + "\nand of " + first + ": " + run(first).output());
        }
    }

    /** The same, with nothing to read. */
    default void say(String command) {
        say(command, "");
    }

    private void must(String command, String input) {
        must(command, input, "");
    }

    private void must(String command, String input, String before) {
        var outcome = run(command, input);
        if (!outcome.good()) {
            throw new Broken("takes-effect", command + ": " + outcome.output() + before);
        }
    }

    /**
     * Runs a shell command to its end. A {@code gcloud} command does what that would do. @param input what it reads,
     * which is shown nowhere
     */
    Outcome run(String command, String input);

    /** The same, with nothing to read. */
    default Outcome run(String command) {
        return run(command, "");
    }

    /**
     * Runs a command that is killed, with all that it has started, once the engine has written the stack's state so
     * many times; one that writes it less often runs to its end.
     */
    Outcome killed(String command, int writes);

    /**
     * Runs a command during which a part of the selected stack's cluster crashes, once the engine has written the state
     * so many times.
     */
    Outcome crashing(String command, int writes, Part part, String cluster);

    /** Runs a command whose engine can write no file beyond some size: its machine's disk is full. */
    Outcome cramped(String command);

    /** That size, in KiB: two thirds of the state. */
    static long crampedKib(long stateBytes) {
        return Math.max(LEAST_KIB, stateBytes / 1024 * 2 / 3);
    }

    /** Runs a command twice at the same time, as two operators would. */
    List<Outcome> together(String command);

    /**
     * Runs a command while the next calls at Google that need this permission meet a fault; what is left of it is over
     * afterwards.
     */
    default Outcome faulty(String command, String permission, Fault fault, int times) {
        google().fail(permission, fault, times);
        try {
            return run(command);
        } finally {
            google().heal();
        }
    }

    /** Makes a cluster, whose context replaces that of one of its name. */
    void freshCluster(String name);

    /** A cluster is gone. @param machinesStay whether its machines go on holding their disks */
    void loseCluster(String name, boolean machinesStay);

    /** The node that runs the server, or any, dies with its machine; another takes its place. */
    void loseNode(String cluster);

    /** Deletes a thing in a cluster as a person would; one that isn't there is passed over. */
    void delete(Thing thing, String cluster, String namespace, String release);

    /** Makes the disk larger in the cloud console, if it is there and smaller. */
    default void growDisk(String disk, long sizeGib) {
        var name = new DiskName(World.PROJECT, Model.ZONE, disk);
        google().disk(name).filter(found -> found.sizeGb() < sizeGib)
                .ifPresent(found -> google().console().resizeDisk(name, sizeGib));
    }

    /** Has the one server that runs on the disk write a line; false if there is none. */
    boolean write(String disk, String line);

    /** What there is. Waits for what the cluster is about to do anyway: a server that is going to run runs by then. */
    Sight look();

    @Override
    void close();
}
