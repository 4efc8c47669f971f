package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;

/**
 * Something between the disk and the server was deleted by hand. The next up makes it anew, with the same state, or
 * says which command does.
 *
 * @param name    the scenario's name
 * @param what    what it shows
 * @param command what was typed by hand
 * @param refused whether a server still runs there, so that it takes a command of its own
 */
record HandDeleted(String name, String what, String command, boolean refused) implements Scenario {

    /** The claim, and the Deployment that held on to it. */
    static final Scenario CLAIM =
            new HandDeleted("claim-deleted", "claim and Deployment deleted by hand: up makes both anew, and the volume",
                    "kubectl --namespace skypilot delete deployment/skypilot-api-server pvc/skypilot-state", false);
    /** The whole release. */
    static final Scenario RELEASE =
            new HandDeleted("helm-uninstalled", "release uninstalled by hand: up makes it anew, and the volume",
                    "helm uninstall skypilot --namespace skypilot --wait", false);
    /** The volume, which waits for its claim. */
    static final Scenario VOLUME =
            new HandDeleted("pv-deleted", "PersistentVolume deleted by hand: up names the command that heals it",
                    "kubectl delete pv/sky-api-server-pv --wait=false", true);

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name);
        stage.step("It is deleted by hand, and " + (refused ? "up says what heals it" : "up heals it"), () -> {
            stage.run(command);
            if (refused) {
                var said = stage.refused("pulumi up --yes");
                stage.says(said, "Google has the disk projects/");
                DevStack.heals(stage, said);
            } else {
                stage.run("pulumi up --yes");
            }
        });
        stage.step("The server is back on its state", () -> {
            stage.holds("it reads the same bytes", stage.world().server("first").read().contains(name));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
