package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;

/**
 * Something between the disk and the server was deleted by hand. The next up says which command heals it, and that
 * command does, with the same state.
 *
 * @param name    the scenario's name
 * @param what    what it shows
 * @param command what was typed by hand
 */
record HandDeleted(String name, String what, String command) implements Scenario {

    /** The claim, and the Deployment that held on to it. */
    static final Scenario CLAIM = new HandDeleted("claim-deleted", "claim and Deployment deleted by hand: up names the command that heals it",
            "kubectl --namespace skypilot delete deployment/skypilot-api-server pvc/skypilot-state");
    /** The whole release. */
    static final Scenario RELEASE = new HandDeleted("helm-uninstalled", "release uninstalled by hand: up names the command that heals it",
            "helm uninstall skypilot --namespace skypilot --wait");
    /** The volume, which waits for its claim. */
    static final Scenario VOLUME = new HandDeleted("pv-deleted", "PersistentVolume deleted by hand: up names the command that heals it",
            "kubectl delete pv/sky-api-server-pv --wait=false");

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name);
        stage.step("It is deleted by hand, and up says what heals it", () -> {
            stage.run(command);
            var said = stage.refused("pulumi up --yes");
            stage.says(said, "The disk and the state on it are safe.");
            DevStack.heals(stage, said);
        });
        stage.step("The server is back on its state", () -> {
            stage.holds("it reads the same bytes", stage.world().server("first").read().contains(name));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
