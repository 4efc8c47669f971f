package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;

import java.time.Duration;
import java.time.Instant;

/** Destroy, then up, of the same stack in the same cluster. */
final class Redeploy implements Scenario {

    /** Far less than the ten minutes that a volume waits for a claim that is kept (facts: 5). */
    private static final Duration SOON = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "redeploy";
    }

    @Override
    public String what() {
        return "destroy, then up, on the same cluster: the same disk with the same bytes";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("Destroy ends soon, and keeps the disk", () -> {
            var start = Instant.now();
            stage.run("pulumi destroy --yes");
            stage.holds("it hung on nothing", Duration.between(start, Instant.now()).compareTo(SOON) < 0);
            DevStack.holdsDisk(stage, name());
        });
        stage.step("Up takes the disk up again", () -> {
            stage.run("pulumi up --yes");
            stage.holds("the disk was neither made anew nor deleted", stage.world().google().writes().stream()
                    .noneMatch(request -> request.method().equals("DELETE") || request.path().endsWith("/disks")));
            DevStack.holdsState(stage, "first", name());
        });
    }
}
