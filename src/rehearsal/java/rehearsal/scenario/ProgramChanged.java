package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A later version of the program words labels, description or defaults differently. */
final class ProgramChanged implements Scenario {

    @Override
    public String name() {
        return "program-changed";
    }

    @Override
    public String what() {
        return "a later version of the program with another description, type and labels does not replace the disk";
    }

    @Override
    public void play(Stage stage) throws Exception {
        DevStack.serverRuns(stage, name());
        stage.step("A later version of the program", () -> {
            edit(stage, "State of a SkyPilot API server", "What a SkyPilot API server knows", "disk/StateDisk");
            edit(stage, "settings[.]type()", "\"pd-ssd\"", "disk/StateDisk");
            edit(stage, "\"app\", ", "\"application\", ", "engine/StackLabel");
        });
        stage.step("It changes the labels in place, and nothing else of the disk", () -> {
            var shown = stage.run("pulumi preview --diff");
            stage.holds("no replacement is shown", !shown.contains("replace"));
            stage.run("pulumi up --yes");
            var disk = stage.world().disk(World.ZONE, DevStack.DISK).orElseThrow();
            stage.holds("the disk has the new label", disk.labels().containsKey("application"));
            stage.holds("it has its old type", disk.type().equals("pd-balanced"));
            stage.holds("only its labels were written", stage.world().google().writes().stream()
                    .allMatch(request -> request.path().endsWith("/setLabels")));
            stage.holds("the server reads the same bytes", stage.world().server("first").read().contains(name()));
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("A version that would replace the disk refuses itself by a rule, and nothing is touched", () -> {
            edit(stage, "[.]ignoreChanges(fixed)", "", "disk/StateDisk");
            stage.world().google().forgetRequests();
            stage.says(stage.refused("pulumi up --yes"), "The rule disk-never-replaced is broken");
            DevStack.holdsNoWrites(stage);
            stage.holds("the server reads the same bytes", stage.world().server("first").read().contains(name()));
        });
    }

    /** Fails if there is nothing to edit: the scenario would prove nothing. */
    private static void edit(Stage stage, String what, String with, String type) {
        var file = "src/main/java/skystate/" + type + ".java";
        stage.run("grep -q '" + what + "' " + file + " && sed -i 's/" + what + "/" + with + "/' " + file);
    }
}
