package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.util.List;

/**
 * A server that Helm installed on GKE's own class: its volume deletes the disk with the claim. A stack takes over disk
 * and server.
 */
final class FromHelm implements Scenario {

    private static final DiskName DISK = new DiskName(World.PROJECT, World.ZONE, "pvc-1");

    @Override
    public String name() {
        return "from-helm";
    }

    @Override
    public String what() {
        return "a server that Helm installed on a Delete volume: no way to lose its disk, and a stack takes both over";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var hand = new ByHand(stage, "first");
        stage.step("A server by Helm, on a disk that goes with its claim; and a stack for it", () -> {
            stage.world().startCluster("first", World.ZONE);
            ByHand.serverByHelm(stage, "first", DISK.name(), name());
            DevStack.init(stage, "dev", "first", World.ZONE);
            stage.run("pulumi config set-all --plaintext disk=adopt --plaintext diskName=" + DISK.name());
            stage.world().google().forgetRequests();
        });
        stage.step("While it runs, the stack names one command, and that keeps the disk", () -> {
            refused(stage, "pulumi preview");
            refused(stage, "pulumi up --yes");
        });
        stage.step("So it does where the server was stopped", () -> {
            hand.stop();
            refused(stage, "pulumi preview");
            hand.scale(1);
            stage.world().server("first");
        });
        stage.step("And under another release name, beside it", () -> {
            stage.run("pulumi config set release sky2");
            refused(stage, "pulumi preview");
            stage.run("pulumi config rm release");
        });
        stage.step("The documented way takes disk and server over", () -> {
            stage.run("kubectl patch pv pvc-dyn-1 " + ByHand.RETAIN
                    + " && helm uninstall skypilot --namespace skypilot --wait");
            stage.run("pulumi up --yes");
            ByHand.holdsTakenOver(stage, DISK, name());
            stage.holds("what is left of the old volume is harmless",
                    ByHand.volume(stage.world(), "first", "pvc-dyn-1").equals("Released Retain"));
        });
    }

    private void refused(Stage stage, String command) throws IOException {
        var google = stage.world().google();
        var said = stage.refused(command);
        stage.says(said, "PersistentVolume pvc-dyn-1 ");
        stage.says(said, "has the reclaim policy Delete");
        stage.holds("the one command that it names keeps the disk",
                ByHand.commands(said).equals(List.of(patch(stage))));
        stage.holds("the disk is there, with its bytes, and untouched", ByHand.holds(google, DISK, name())
                && google.writes().stream().noneMatch(request -> request.path().contains("/disks/")));
    }

    private static String patch(Stage stage) {
        return "kubectl --kubeconfig " + stage.world().home().resolve("kubeconfig")
                + " --context " + World.context("first", World.ZONE) + " patch pv pvc-dyn-1 " + ByHand.RETAIN;
    }
}
