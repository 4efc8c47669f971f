package rehearsal.lives;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import rehearsal.google.DiskName;
import rehearsal.world.World;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What somebody who doesn't know the program does with kubectl and Helm, in the selected stack's cluster and on its disk: as SkyPilot's Helm
 * users do, on a volume that GKE's default class would have made, whose disk goes with its claim.
 */
final class ByHand {

    /** The stack's own volume. */
    static final String OWN = "sky-api-server-pv";
    private static final String RETAIN = policy("Retain");
    private static final String DELETE = policy("Delete");

    private final Theatre theatre;
    private final Model now;

    ByHand(Theatre theatre, Model now) {
        this.theatre = theatre;
        this.now = now;
    }

    /** The name of the volume that a release made by hand is on. */
    static String volume(String namespace, String release) {
        return "pvc-" + namespace + "-" + release;
    }

    /** The line that has the disks of all volumes of a cluster stay when their claims go. */
    static String retainAll(String cluster) {
        return "for volume in $(" + kubectl(cluster) + " get pv -o name); do " + kubectl(cluster) + " patch \"$volume\" --patch '" + RETAIN + "'; done";
    }

    /** The same for the stack's own volume. */
    static String retainOwn(String cluster) {
        return kubectl(cluster) + " patch pv " + OWN + " --patch '" + RETAIN + "'";
    }

    /** The line that uninstalls a release. */
    static String uninstall(String cluster, String namespace, String release) {
        return "helm uninstall " + release + " --kube-context " + World.context(cluster, Model.ZONE) + " --namespace " + namespace + " --ignore-not-found";
    }

    /**
     * Installs the chart on the disk, which is made if there is none, as its claim would have it made. Beside a server that runs on the
     * disk the release has none: two that write at once would be this act's own doing. A release that some stack's state has is not
     * taken the place of: that stack's destroy, which doesn't run the program, would uninstall it.
     */
    List<Outcome> install(String release, String namespace, int replicas) {
        if (isSomeStacks(release, namespace)) {
            return List.of();
        }
        var disk = disk().orElseGet(this::provisioned);
        var serves = theatre.look().servers().stream().anyMatch(server -> server.disk().equals(disk.path()));
        var volume = volume(namespace, release);
        var made = create(volume(volume, disk, "\"claimRef\": {\"namespace\": \"" + namespace + "\", \"name\": \"" + release + "-state\"}, "));
        return made.good() ? List.of(theatre.run("helm install " + release + " " + theatre.chart() + " --kube-context " + World.context(now.cluster(), Model.ZONE)
                + " --namespace " + namespace + " --create-namespace --set apiService.skipResourceCheck=true --set apiService.replicas=" + (serves ? 0 : replicas)
                // What several releases in a cluster can't each have, and none needs here.
                + " --set ingress-nginx.enabled=false --set ingress.enabled=false --set storage.enabled=true --set storage.storageClassName=standard-rwo"
                + " --set storage.size=" + disk.sizeGib() + "Gi --set storage.volumeName=" + volume)) : List.of();
    }

    /** Makes a volume on the disk, and a claim that no pod uses. @param claim its name; empty for none */
    void makeVolume(String name, String claim) {
        var disk = disk();
        if (disk.isEmpty()) {
            return;
        }
        create(volume(name, disk.get(), claim.isEmpty() ? "" : "\"claimRef\": {\"namespace\": \"default\", \"name\": \"" + claim + "\"}, "));
        if (!claim.isEmpty()) {
            create(("{\"apiVersion\": \"v1\", \"kind\": \"PersistentVolumeClaim\", \"metadata\": {\"name\": \"%s\", \"namespace\": \"default\"}, \"spec\": {\"storageClassName\": \"standard-rwo\","
                    + " \"volumeName\": \"%s\", \"accessModes\": [\"ReadWriteOnce\"], \"resources\": {\"requests\": {\"storage\": \"%dGi\"}}}}").formatted(claim, name, disk.get().sizeGib()));
        }
    }

    /** Has the disk of a volume go with its claim. Whose claim is gone already would take it along at once, so that one is left alone. */
    List<Outcome> setToDelete(String volume) {
        var kubectl = kubectl(now.cluster());
        return List.of(theatre.run("case \"$(" + kubectl + " get pv " + volume + " -o jsonpath={.status.phase})\" in Available|Bound) "
                + kubectl + " patch pv " + volume + " --patch '" + DELETE + "';; esac"));
    }

    private static String policy(String policy) {
        return "{\"spec\": {\"persistentVolumeReclaimPolicy\": \"" + policy + "\"}}";
    }

    private static String kubectl(String cluster) {
        return "kubectl --context " + World.context(cluster, Model.ZONE);
    }

    private Outcome create(String object) {
        return theatre.run(kubectl(now.cluster()) + " create --validate=false -f - <<< '" + object + "'");
    }

    private static String volume(String name, Sight.Disk disk, String claim) {
        return ("{\"apiVersion\": \"v1\", \"kind\": \"PersistentVolume\", \"metadata\": {\"name\": \"%s\", \"annotations\": {\"pv.kubernetes.io/provisioned-by\": \"pd.csi.storage.gke.io\"}},"
                + " \"spec\": {%s\"capacity\": {\"storage\": \"%dGi\"}, \"accessModes\": [\"ReadWriteOnce\"], \"storageClassName\": \"standard-rwo\", \"persistentVolumeReclaimPolicy\": \"Delete\","
                + " \"csi\": {\"driver\": \"pd.csi.storage.gke.io\", \"volumeHandle\": \"%s\", \"fsType\": \"ext4\"},"
                + " \"nodeAffinity\": {\"required\": {\"nodeSelectorTerms\": [{\"matchExpressions\": [{\"key\": \"topology.gke.io/zone\", \"operator\": \"In\", \"values\": [\"%s\"]}]}]}}}}")
                .formatted(name, claim, disk.sizeGib(), disk.path(), disk.path().split("/")[3]);
    }

    /** The disk that the config names, or else one of its name in another zone. */
    private Optional<Sight.Disk> disk() {
        var all = Sight.Disk.all(theatre.google());
        return Stream.concat(all.stream().filter(disk -> disk.path().equals(now.disk())), all.stream()).findFirst();
    }

    private Sight.Disk provisioned() {
        var name = DiskName.parse(now.disk()).orElseThrow();
        var body = new JsonObject();
        body.addProperty("name", name.name());
        body.addProperty("sizeGb", "10");
        body.addProperty("type", name.place() + "/diskTypes/pd-balanced");
        theatre.google().console().insertDisk(name.project(), name.location(), body);
        return disk().orElseThrow();
    }

    /** Whether some stack's state has a release of this name. One that can't be read may. */
    private boolean isSomeStacks(String release, String namespace) {
        return now.stacks().keySet().stream().anyMatch(stack -> {
            var export = theatre.run("pulumi stack export --stack " + stack);
            // A warning may come before it.
            return !export.good() || has(JsonParser.parseString(export.output().substring(export.output().indexOf('{'))).getAsJsonObject(), release, namespace);
        });
    }

    private static boolean has(JsonObject export, String release, String namespace) {
        var deployment = export.get("deployment");
        return deployment != null && deployment.isJsonObject() && deployment.getAsJsonObject().has("resources")
                && deployment.getAsJsonObject().getAsJsonArray("resources").asList().stream().map(resource -> resource.getAsJsonObject())
                .filter(resource -> resource.get("type").getAsString().equals("kubernetes:helm.sh/v3:Release")).map(resource -> resource.getAsJsonObject("inputs"))
                .anyMatch(inputs -> inputs.get("name").getAsString().equals(release) && inputs.get("namespace").getAsString().equals(namespace));
    }
}
