package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The stack is destroyed: nothing of it stays in the cluster, and the disk stays at Google. */
final class Destroy implements Scenario {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Every object of every kind but events and what nodes renew on their own. */
    private static final String EVERYTHING = "kubectl --context "
            + World.administrator(World.context("first", World.ZONE))
            + " get \"$(kubectl api-resources --verbs=list -o name | grep -vE "
            + "'^(events|leases|componentstatuses)([.]|$)'"
            + " | paste -sd,)\" --all-namespaces --no-headers -o "
            + "custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name,"
            + "POLICY:'.metadata.annotations.helm\\.sh/resource-policy'";

    @Override
    public String name() {
        return "destroy";
    }

    @Override
    public String what() {
        return "destroy keeps the disk, as the outputs say beforehand, and leaves nothing behind in the cluster";
    }

    @Override
    public void play(Stage stage) throws Exception {
        stage.step("A cluster, and what is in it", () -> stage.world().startCluster("first", World.ZONE));
        var before = everything(stage);
        stage.step("A server runs on its disk, and the outputs say what destroy does", () -> {
            DevStack.up(stage, name());
            stage.holds("there is more in the cluster than before", !everything(stage).equals(before));
            stage.says(stage.run("pulumi stack output onDestroy"), "pulumi destroy keeps the disk " + DevStack.DISK);
        });
        stage.step(
                "Destroy leaves nothing but the disk, also where somebody has set the volume's reclaim policy to "
                        + "Delete",
                () -> {
                    stage.run("kubectl --context " + World.administrator(World.context("first", World.ZONE))
                            + " patch pv sky-api-server-pv --patch '{\"spec\": {\"persistentVolumeReclaimPolicy\": "
                            + "\"Delete\"}}'");
                    stage.run("pulumi destroy --yes");
                    var orphans = everything(stage);
                    for (var start = Instant.now();
                            !left(orphans, before).isEmpty() && start.plus(PATIENCE).isAfter(Instant.now());
                            orphans = everything(stage)) {
                        Thread.sleep(500);
                    }
                    var left = left(orphans, before);
                    stage.holds("nothing of it is left in the cluster but the namespace " + left, left.isEmpty());
                    stage.holds("no machine holds the disk",
                            stage.world().disk(World.ZONE, DevStack.DISK).orElseThrow().users().isEmpty());
                    DevStack.holdsDisk(stage, name());
                    stage.run("pulumi stack rm dev --yes");
                });
    }

    /** But for the namespace, which others may use, with what Kubernetes puts into each. */
    private static Set<String> left(Set<String> orphans, Set<String> before) {
        return orphans.stream().filter(object -> !before.contains(object) && !Set.of("Namespace <none> skypilot",
                "ConfigMap skypilot kube-root-ca.crt", "ServiceAccount skypilot default").contains(object))
                .collect(Collectors.toSet());
    }

    private static Set<String> everything(Stage stage) {
        var listed = stage.world().cli().run(EVERYTHING);
        if (listed.exitCode() != 0) {
            throw new IllegalStateException(listed.output());
        }
        var objects = listed.output().lines().map(line -> List.of(line.strip().split(" +"))).toList();
        // SkyPilot's own chart keeps a namespace, for what users have running there.
        var kept = objects.stream().filter(object -> object.get(0).equals("Namespace") && object.get(3).equals("keep"))
                .map(object -> object.get(2)).toList();
        return objects.stream().filter(object -> !object.get(3).equals("keep") && !kept.contains(object.get(1)))
                .map(object -> String.join(" ", object.subList(0, 3))).collect(Collectors.toSet());
    }
}
