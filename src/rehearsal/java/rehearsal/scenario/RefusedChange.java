package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;

/**
 * A change of config that would leave the state behind or replace the disk: it is refused at preview and at up, nothing
 * is touched, and with the old value back the state is as good as before.
 *
 * @param name  the scenario's name
 * @param what  what it shows
 * @param key   the key that changes
 * @param good  its value when the server is made
 * @param bad   the value that is refused
 * @param words what the refusal says
 */
record RefusedChange(String name, String what, String key, String good, String bad, String words) implements Scenario {

    /** Another name of the disk. */
    static final Scenario NAME =
            new RefusedChange("rename-disk", "another disk name is refused: it would leave the state behind",
                    "diskName", DevStack.DISK, "another-disk", "The config names another disk than this stack has");
    /** A smaller size. */
    static final Scenario SIZE =
            new RefusedChange("shrink", "a smaller size is refused: the disk would be replaced by a blank one",
                    "diskSize", "20", "10", "pulumi config set diskSize 20");

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name, key + " " + good);
        stage.step("The change is refused, and nothing is touched", () -> {
            stage.run("pulumi config set " + key + " " + bad);
            stage.says(stage.refused("pulumi preview"), words);
            stage.says(stage.refused("pulumi up --yes"), words);
            DevStack.holdsNoWrites(stage);
        });
        stage.step("With the old value back there is nothing to change", () -> {
            stage.run("pulumi config set " + key + " " + good);
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
