package rehearsal.scenario;

import rehearsal.world.Stage;
import rehearsal.world.World;

/** What the scenarios share: the guide's stack, as a user sets it up. */
public final class DevStack {

    /** The guide's disk. */
    static final String DISK = "sky-api-server-state";
    /** A basic-auth password that is found nowhere by chance. */
    static final String PASSWORD = "correct horse battery staple 7";

    private DevStack() {
    }

    /** Types what sets a stack up for a cluster that runs. */
    public static void init(Stage stage, String stack, String cluster, String zone) {
        stage.run("pulumi stack init " + stack);
        stage.run("pulumi config set-all --plaintext gcp:project=" + World.PROJECT + " --plaintext zone=" + zone
                + " --plaintext context=" + World.context(cluster, zone) + " --plaintext chart=" + stage.world().chart());
        stage.run("pulumi config set --path values.apiService.skipResourceCheck true");
        stage.run("pulumi config set --secret authPassword", PASSWORD);
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
            init(stage, "dev", "first", World.ZONE);
            for (var setting : config) {
                stage.run("pulumi config set " + setting);
            }
            stage.run("pulumi up --yes");
            stage.world().server("first").write(state);
            stage.world().google().forgetRequests();
        });
    }

    /** Asserts that nothing was written at Google. */
    static void holdsNoWrites(Stage stage) {
        stage.holds("nothing was changed at Google", stage.world().google().writes().isEmpty());
    }
}
