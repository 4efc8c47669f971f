package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/**
 * SkyPilot's guide, done by hand: its disk, its PersistentVolume, the chart by Helm. A stack takes them over by what
 * its messages say.
 */
final class FromGuide implements Scenario {

    private static final DiskName DISK = new DiskName(World.PROJECT, World.ZONE, DevStack.DISK);

    @Override
    public String name() {
        return "from-guide";
    }

    @Override
    public String what() {
        return "a server that was set up by hand as in SkyPilot's guide: a stack takes disk and server over";
    }

    @Override
    public void play(Stage stage) throws Exception {
        stage.step("The guide's volume and chart, and a stack for the disk", () -> {
            stage.world().startCluster("first", World.ZONE);
            var hand = new ByHand(stage, "first");
            hand.volume("sky-api-server-pv", hand.disk(DISK.name()), "Retain", "skypilot/skypilot-state");
            hand.install("sky-api-server-pv");
            stage.world().server("first").write(name());
            DevStack.init(stage, "dev", "first", World.ZONE);
            stage.run("pulumi config set disk adopt");
            stage.world().google().forgetRequests();
        });
        stage.step("It is refused while the guide's server has the disk; the commands that it names make way", () -> {
            var said = stage.refused("pulumi preview");
            stage.says(said, "PersistentVolume sky-api-server-pv ");
            stage.says(said, "is bound to the claim skypilot/skypilot-state");
            DevStack.holdsNoWrites(stage);
            for (var command : ByHand.commands(said)) {
                stage.run(command);
                stage.holds("the disk is there, with its bytes",
                        ByHand.holds(stage.world().google(), DISK, name()));
            }
        });
        stage.step("The stack takes disk and server over", () -> {
            stage.run("pulumi up --yes");
            ByHand.holdsTakenOver(stage, DISK, name());
        });
    }
}
