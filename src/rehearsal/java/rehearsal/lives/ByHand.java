package rehearsal.lives;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import rehearsal.google.DiskName;
import rehearsal.world.World;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What somebody who doesn't know the program does with kubectl and Helm, in the selected stack's cluster and on its
 * disk. The volumes are as GKE's default class makes them: the disk goes with the claim.
 */
final class ByHand {

    /** The stack's own volume. */
    static final String OWN = "sky-api-server-pv";
    private static final String POLICY = "{\"spec\": {\"persistentVolumeReclaimPolicy\": \"%s\"}}";
    private static final String RETAIN = POLICY.formatted("Retain");
    private static final String DELETE = POLICY.formatted("Delete");
    private static final String CLAIM_REF = "\"claimRef\": {\"namespace\": \"%s\", \"name\": \"%s\"},";
    private static final String VOLUME = """
            {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "%s",
              "annotations": {"pv.kubernetes.io/provisioned-by": "pd.csi.storage.gke.io"}}, "spec": {%s
              "capacity": {"storage": "%dGi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "standard-rwo",
              "persistentVolumeReclaimPolicy": "Delete",
              "csi": {"driver": "pd.csi.storage.gke.io", "volumeHandle": "%s", "fsType": "ext4"},
              "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "topology.gke.io/zone", "operator": "In", "values": ["%s"]}]}]}}}}""";
    private static final String CLAIM = """
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "%s", "namespace": "default"},
              "spec": {"storageClassName": "standard-rwo", "volumeName": "%s", "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "%dGi"}}}}""";

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
        return "for volume in $(" + kubectl(cluster) + " get pv -o name); do "
                + kubectl(cluster) + " patch \"$volume\" --patch '" + RETAIN + "'; done";
    }

    /** The same for the stack's own volume. */
    static String retainOwn(String cluster) {
        return kubectl(cluster) + " patch pv " + OWN + " --patch '" + RETAIN + "'";
    }

    /** The line that uninstalls a release. */
    static String uninstall(String cluster, String namespace, String release) {
        return "helm uninstall " + release + " " + in(cluster, namespace) + " --ignore-not-found";
    }

    /**
     * Installs the chart on the disk. If there is no disk, one is made, as its claim would have it made.
     *
     * <p>Beside a server that runs on the disk the release has none: two that write at once would be this act's own
     * doing. Nothing is installed under the name of a release that is in a stack's Pulumi state: that stack's destroy,
     * which doesn't run the program, would uninstall it.
     */
    List<Outcome> install(String release, String namespace, int replicas) {
        if (isSomeStacks(release, namespace)) {
            return List.of();
        }
        var disk = disk().orElseGet(this::provisioned);
        var serves = theatre.look().servers().stream().anyMatch(server -> server.disk().equals(disk.path()));
        var volume = volume(namespace, release);
        if (!create(volume(volume, disk, CLAIM_REF.formatted(namespace, release + "-state"))).good()) {
            return List.of();
        }
        return List.of(theatre.run("helm install " + release + " " + theatre.chart() + " "
                + in(now.cluster(), namespace) + " --create-namespace"
                // What several releases in a cluster can't each have, and none needs here.
                + " --set ingress-nginx.enabled=false --set ingress.enabled=false"
                + " --set apiService.skipResourceCheck=true --set apiService.replicas=" + (serves ? 0 : replicas)
                + " --set storage.enabled=true --set storage.storageClassName=standard-rwo"
                + " --set storage.size=" + disk.sizeGib() + "Gi --set storage.volumeName=" + volume));
    }

    /** Makes a volume on the disk, and a claim that no pod uses. @param claim its name; empty for none */
    void makeVolume(String name, String claim) {
        disk().ifPresent(disk -> {
            create(volume(name, disk, claim.isEmpty() ? "" : CLAIM_REF.formatted("default", claim)));
            if (!claim.isEmpty()) {
                create(CLAIM.formatted(claim, name, disk.sizeGib()));
            }
        });
    }

    /**
     * Sets a volume's reclaim policy to Delete. Where its claim is gone already the disk would go at once, so such a
     * volume is left alone.
     */
    List<Outcome> setToDelete(String volume) {
        var kubectl = kubectl(now.cluster());
        return List.of(theatre.run("case \"$(" + kubectl + " get pv " + volume + " -o jsonpath={.status.phase})\" in"
                + " Available|Bound) " + kubectl + " patch pv " + volume + " --patch '" + DELETE + "';; esac"));
    }

    private static String kubectl(String cluster) {
        return "kubectl --context " + World.context(cluster, Model.ZONE);
    }

    private static String in(String cluster, String namespace) {
        return "--kube-context " + World.context(cluster, Model.ZONE) + " --namespace " + namespace;
    }

    private Outcome create(String object) {
        return theatre.run(kubectl(now.cluster()) + " create --validate=false -f - <<< '" + object + "'");
    }

    private static String volume(String name, Sight.Disk disk, String claimRef) {
        var zone = DiskName.parse(disk.path()).orElseThrow().location();
        return VOLUME.formatted(name, claimRef, disk.sizeGib(), disk.path(), zone);
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
            return !export.good() || has(export.output(), release, namespace);
        });
    }

    private static boolean has(String export, String release, String namespace) {
        // A warning may come before it.
        var state = JsonParser.parseString(export.substring(export.indexOf('{'))).getAsJsonObject();
        return state.get("deployment") instanceof JsonObject deployment && deployment.has("resources")
                && deployment.getAsJsonArray("resources").asList().stream().map(JsonElement::getAsJsonObject)
                        .filter(resource -> resource.get("type").getAsString().equals("kubernetes:helm.sh/v3:Release"))
                        .map(resource -> resource.getAsJsonObject("inputs"))
                        .anyMatch(inputs -> inputs.get("name").getAsString().equals(release)
                                && inputs.get("namespace").getAsString().equals(namespace));
    }
}
