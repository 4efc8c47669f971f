package rehearsal.scenario;

import rehearsal.cluster.ClusterSpec;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;

import java.nio.file.Files;

/** A server runs on a volume of Amazon's that was made by hand, and nothing of Google's is asked for. */
final class OtherDriver implements Scenario {

    private static final String ZONE = "us-east-2a";

    @Override
    public String name() {
        return "other-driver";
    }

    @Override
    public String what() {
        return "a volume of EBS that exists already, on EKS: used, grown by its driver, recovered on a fresh cluster, "
                + "and left by destroy";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        world.startCluster(ClusterSpec.eks("first", ZONE));
        var volume = world.ebs().createVolume(ZONE, 20);
        stage.step("A volume, and a stack for it: no project and no zone of Google's", () -> {
            stage.run("pulumi stack init dev");
            stage.run("pulumi config rm zone");
            stage.run("pulumi config set-all --plaintext persistence=volume --plaintext context="
                    + ClusterSpec.eks("first", ZONE).context() + " --plaintext chart=" + world.chart());
            stage.run("pulumi config set --path values.apiService.skipResourceCheck true");
            stage.run("pulumi config set --secret authPassword", DevStack.PASSWORD);
            stage.run("pulumi config set --path volume.driver ebs.csi.aws.com");
            stage.run("pulumi config set --path volume.handle " + volume);
            stage.run("pulumi config set --path volume.size 20");
        });
        stage.step("A zone where no node is, is refused", () -> {
            stage.run("pulumi config set --path 'volume.topology[\"topology.kubernetes.io/zone\"]' us-east-2b");
            stage.says(stage.refused("pulumi preview"), "has nodes with topology.kubernetes.io/zone us-east-2a only");
            stage.run("pulumi config set --path 'volume.topology[\"topology.kubernetes.io/zone\"]' " + ZONE);
        });
        stage.step("The server runs on the volume", () -> {
            stage.run("pulumi up --yes --skip-preview");
            world.server("first").write(name());
            stage.holds("it is on that volume, which a machine holds",
                    world.server("first").disk().equals(volume) && !world.ebs().holder(volume).isEmpty());
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("A larger size has the driver grow it while the server runs", () -> {
            stage.run("pulumi config set --path volume.size 30");
            stage.run("pulumi up --yes --skip-preview");
            stage.run(
                    "kubectl --namespace skypilot wait pvc/skypilot-state "
                            + "--for=jsonpath='{.status.capacity.storage}'=30Gi --timeout=60s");
            var device = world.ebs().device(volume).orElseThrow();
            stage.holds("volume and filesystem have 30 GiB",
                    device.sizeGb() == 30 && device.filesystem().orElseThrow().sizeGb() == 30);
            stage.holds("the server was never stopped", world.server("first").starts().size() == 1);
            stage.run("pulumi preview --expect-no-changes");
            stage.run("pulumi config set --path volume.size 20");
            stage.says(stage.refused("pulumi preview"), "a claim can't shrink");
        });
        stage.step("The cluster is lost, and a new stack with its config recovers on a fresh one", () -> {
            world.loseCluster("first");
            world.startCluster(ClusterSpec.eks("second", ZONE));
            stage.run("pulumi stack init recovery --copy-config-from dev");
            stage.run("pulumi config set context " + ClusterSpec.eks("second", ZONE).context());
            stage.run("pulumi up --yes --skip-preview");
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("Destroy leaves the volume as it is", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "leaves the volume " + volume + " as it is");
            stage.run("pulumi destroy --yes --skip-preview");
            var device = world.ebs().device(volume).orElseThrow();
            stage.holds("it is there, and no machine holds it", world.ebs().holder(volume).isEmpty());
            stage.holds("the bytes are there",
                    Files.readString(device.files().resolve(".sky/state.db")).contains(name()));
            stage.holds("nothing was ever asked of Google", world.google().requests().isEmpty());
        });
    }
}
