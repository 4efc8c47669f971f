package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;

/**
 * A change of config after which the server is another on the same disk: one up.
 *
 * @param name  the scenario's name
 * @param what  what it shows
 * @param key   the key that changes
 * @param value its new value
 * @param claim the claim afterwards, as NAMESPACE/NAME
 */
record Moved(String name, String what, String key, String value, String claim) implements Scenario {

    /** Another namespace. */
    static final Scenario NAMESPACE =
            new Moved("namespace-change", "another namespace: the server moves, same disk, one up",
                    "namespace", "other", "other/skypilot-state");
    /** Another release. */
    static final Scenario RELEASE =
            new Moved("release-rename", "another release name: the server moves, same disk, one up",
                    "release", "sky", "skypilot/sky-state");

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name);
        stage.step("One up moves it", () -> {
            stage.run("pulumi config set " + key + " " + value);
            stage.run("pulumi up --yes");
        });
        stage.step("It runs on the same disk, and nothing of the old one is left", () -> {
            var client = stage.world().clusters().get("first").client();
            stage.holds("it reads the same bytes", stage.world().server("first").read().contains(name));
            stage.holds("the disk was neither made anew nor deleted", stage.world().google().writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
            var claims = client.persistentVolumeClaims().inAnyNamespace().list().getItems();
            stage.holds("the one claim is " + claim, claims.size() == 1
                    && (claims.get(0).getMetadata().getNamespace() + "/" + claims.get(0).getMetadata().getName())
                            .equals(claim));
            stage.run("pulumi preview --expect-no-changes");
        });
    }
}
