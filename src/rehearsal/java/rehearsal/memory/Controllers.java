package rehearsal.memory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What kube-controller-manager, the scheduler, the disk driver's sidecars and the kubelets do with the objects of a
 * cluster, until there is nothing left to do. See facts 3, 6 and 7, and those on Google's driver.
 */
final class Controllers {

    private static final int MOST_ROUNDS = 200;
    private static final String CONTROLLER = "kube-controller-manager";
    private static final String ZONE = "topology.gke.io/zone";
    private static final String DRIVER = "pd.csi.storage.gke.io";

    private final Objects objects;
    private final Machines machines;
    /** The pods whose servers run, by uid. */
    private final Map<String, Server> running = new HashMap<>();

    Controllers(Objects objects, Machines machines) {
        this.objects = objects;
        this.machines = machines;
    }

    List<Server> servers() {
        return List.copyOf(running.values());
    }

    /** Does all there is to do. */
    void settle() {
        for (var round = 0; namespaces() | claims() | volumes() | deployments() | pods() | growth(); round++) {
            if (round == MOST_ROUNDS) {
                throw new IllegalStateException("the cluster in memory never comes to rest");
            }
        }
    }

    private boolean namespaces() {
        var did = false;
        for (var namespace : objects.all(Kind.NAMESPACE)) {
            if (!Objects.deleting(namespace)) {
                continue;
            }
            var left = false;
            for (var kind : Kind.values()) {
                if (kind.namespaced) {
                    for (var object : objects.in(kind, Objects.name(namespace))) {
                        left = true;
                        if (!Objects.deleting(object)) {
                            objects.delete(kind, Objects.name(namespace), Objects.name(object));
                            did = true;
                        }
                    }
                }
            }
            if (!left) {
                objects.release(Kind.NAMESPACE, namespace, "kubernetes");
                did = true;
            }
        }
        return did;
    }

    /** A claim is bound to the volume that waits for it, and stays until no pod uses it. */
    private boolean claims() {
        var did = false;
        for (var claim : objects.all(Kind.CLAIM)) {
            var namespace = Objects.namespace(claim);
            if (Objects.deleting(claim)) {
                if (objects.in(Kind.POD, namespace).stream()
                        .noneMatch(pod -> claimsOf(pod).contains(Objects.name(claim)))) {
                    objects.release(Kind.CLAIM, claim, "kubernetes.io/pvc-protection");
                    did = true;
                }
            } else if (claim.at("/status/phase").asText().equals("Pending")) {
                var volume = objects.all(Kind.VOLUME).stream().filter(its -> fits(its, claim)).findFirst();
                volume.ifPresent(found -> bind(claim, found));
                did |= volume.isPresent();
            }
        }
        return did;
    }

    private static boolean fits(ObjectNode volume, ObjectNode claim) {
        var reference = volume.at("/spec/claimRef");
        var named = claim.at("/spec/volumeName").asText();
        return volume.at("/status/phase").asText().equals("Available") && !Objects.deleting(volume)
                && (named.isEmpty() || named.equals(Objects.name(volume)))
                && (reference.isMissingNode() ? !named.isEmpty()
                        : reference.path("name").asText().equals(Objects.name(claim))
                                && reference.path("namespace").asText().equals(Objects.namespace(claim))
                                && List.of("", Objects.uid(claim)).contains(reference.path("uid").asText()))
                && volume.at("/spec/storageClassName").asText().equals(claim.at("/spec/storageClassName").asText())
                && Quantity.gib(volume.at("/spec/capacity/storage").asText())
                        >= Quantity.gib(claim.at("/spec/resources/requests/storage").asText());
    }

    private void bind(ObjectNode claim, ObjectNode volume) {
        var reference = ((ObjectNode) volume.get("spec")).withObjectProperty("claimRef");
        reference.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim")
                .put("namespace", Objects.namespace(claim)).put("name", Objects.name(claim))
                .put("uid", Objects.uid(claim));
        objects.own(volume, CONTROLLER, "spec/claimRef");
        volume.withObjectProperty("status").put("phase", "Bound");
        ((ObjectNode) claim.get("spec")).put("volumeName", Objects.name(volume));
        var status = claim.withObjectProperty("status").put("phase", "Bound");
        status.set("capacity", volume.at("/spec/capacity").deepCopy());
        objects.touch(claim);
    }

    /** A volume is free, bound, or left behind by its claim; and stays until its claim is gone. */
    private boolean volumes() {
        var did = false;
        for (var volume : objects.all(Kind.VOLUME)) {
            var reference = volume.at("/spec/claimRef");
            var uid = reference.path("uid").asText();
            var held = !uid.isEmpty()
                    && objects.find(Kind.CLAIM, reference.path("namespace").asText(), reference.path("name").asText())
                            .filter(claim -> Objects.uid(claim).equals(uid)).isPresent();
            var phase = uid.isEmpty() ? "Available" : held ? "Bound" : "Released";
            if (!volume.at("/status/phase").asText().equals(phase)) {
                volume.withObjectProperty("status").put("phase", phase);
                objects.touch(volume);
                did = true;
            }
            if (phase.equals("Released") && reclaimed(volume) && !Objects.deleting(volume)
                    && machines.deleteDisk(handle(volume))) {
                objects.delete(Kind.VOLUME, "", Objects.name(volume));
                did = true;
            }
            if (Objects.deleting(volume) && !phase.equals("Bound")) {
                objects.release(Kind.VOLUME, volume, "kubernetes.io/pv-protection");
                did = true;
            }
        }
        return did;
    }

    /** Whether the driver's provisioner deletes the disk of a volume that nobody claims any more. */
    private static boolean reclaimed(JsonNode volume) {
        return volume.at("/spec/persistentVolumeReclaimPolicy").asText().equals("Delete")
                && volume.at("/spec/csi/driver").asText().equals(DRIVER)
                && volume.at("/metadata/annotations").path("pv.kubernetes.io/provisioned-by").asText().equals(DRIVER);
    }

    /** A pod for each replica; the old ones go first, as with the strategy Recreate. */
    private boolean deployments() {
        var did = false;
        for (var deployment : objects.all(Kind.DEPLOYMENT)) {
            var template = Integer.toHexString(deployment.at("/spec/template").hashCode());
            var pods = objects.in(Kind.POD, Objects.namespace(deployment)).stream()
                    .filter(pod -> owner(pod).equals(Objects.uid(deployment))).toList();
            var old = pods.stream()
                    .filter(pod -> !pod.at("/metadata/labels/pod-template-hash").asText().equals(template)).toList();
            old.forEach(pod -> objects.delete(Kind.POD, Objects.namespace(pod), Objects.name(pod)));
            did |= !old.isEmpty();
            var wanted = deployment.at("/spec/replicas").asInt(1);
            if (old.isEmpty() && pods.size() < wanted && room(deployment)) {
                pod(deployment, template);
                did = true;
            }
            var surplusPods = pods.subList(Math.min(wanted, pods.size()), pods.size());
            for (var surplus : old.isEmpty() ? surplusPods : List.<ObjectNode>of()) {
                objects.delete(Kind.POD, Objects.namespace(surplus), Objects.name(surplus));
                did = true;
            }
            var ready = pods.stream().filter(pod -> running.containsKey(Objects.uid(pod))).count();
            var status = deployment.withObjectProperty("status");
            if (status.path("readyReplicas").asLong(-1) != ready) {
                status.put("readyReplicas", ready).put("availableReplicas", ready).put("replicas", pods.size());
                objects.touch(deployment);
                did = true;
            }
        }
        return did;
    }

    private boolean room(ObjectNode deployment) {
        return objects.find(Kind.NAMESPACE, "", Objects.namespace(deployment))
                .filter(namespace -> !Objects.deleting(namespace)).isPresent();
    }

    private void pod(ObjectNode deployment, String template) {
        var pod = (ObjectNode) deployment.at("/spec/template").deepCopy();
        var metadata = pod.withObjectProperty("metadata");
        metadata.put("name", Objects.name(deployment) + "-" + template + "-" + machines.unique());
        metadata.withObjectProperty("labels").put("pod-template-hash", template);
        metadata.putArray("ownerReferences").addObject().put("uid", Objects.uid(deployment));
        objects.create(Kind.POD, Objects.namespace(deployment), pod, CONTROLLER, false);
    }

    /** Pods are scheduled, get their disks and run; the servers of those that are gone end, and let go of theirs. */
    private boolean pods() {
        var did = false;
        for (var pod : objects.all(Kind.POD)) {
            if (objects.in(Kind.DEPLOYMENT, Objects.namespace(pod)).stream()
                    .noneMatch(deployment -> Objects.uid(deployment).equals(owner(pod)))) {
                objects.delete(Kind.POD, Objects.namespace(pod), Objects.name(pod));
                did = true;
            }
        }
        var alive = objects.all(Kind.POD);
        for (var server : servers()) {
            if (alive.stream().noneMatch(pod -> Objects.uid(pod).equals(server.pod()))) {
                running.remove(server.pod());
                machines.detach(server.handle(), server.node());
                did = true;
            }
        }
        for (var pod : alive) {
            if (!running.containsKey(Objects.uid(pod))) {
                var server = start(pod);
                server.ifPresent(its -> running.put(Objects.uid(pod), its));
                did |= server.isPresent();
            }
        }
        return did;
    }

    private Optional<Server> start(ObjectNode pod) {
        var volumes = new ArrayList<ObjectNode>();
        for (var name : claimsOf(pod)) {
            var volume = objects.find(Kind.CLAIM, Objects.namespace(pod), name)
                    .filter(claim -> claim.at("/status/phase").asText().equals("Bound"))
                    .flatMap(claim -> objects.find(Kind.VOLUME, "", claim.at("/spec/volumeName").asText()));
            if (volume.isEmpty()) {
                return Optional.empty();
            }
            volumes.add(volume.get());
        }
        if (volumes.isEmpty() || !hasAllItNames(pod)) {
            return Optional.empty();
        }
        var volume = volumes.get(0);
        return objects.all(Kind.NODE).stream().filter(node -> reaches(node, volume)).findFirst()
                .filter(node -> machines.attach(handle(volume), Objects.name(node))
                        && machines.mount(handle(volume), volume.at("/spec/csi/fsType").asText()))
                .map(node -> machines.start(pod, Objects.name(node), handle(volume)));
    }

    private static boolean reaches(JsonNode node, JsonNode volume) {
        for (var term : volume.at("/spec/nodeAffinity/required/nodeSelectorTerms")) {
            for (var expression : term.path("matchExpressions")) {
                if (expression.path("key").asText().equals(ZONE)) {
                    var zones = new ArrayList<String>();
                    expression.path("values").forEach(value -> zones.add(value.asText()));
                    return zones.contains(node.at("/metadata/labels").path(ZONE).asText());
                }
            }
        }
        return true;
    }

    /** Whether the Secrets and ConfigMaps are there that a pod can't start without. */
    private boolean hasAllItNames(ObjectNode pod) {
        var spec = pod.at("/spec");
        for (var volume : spec.path("volumes")) {
            if (volume.has("secret")
                    && objects.find(Kind.SECRET, Objects.namespace(pod), volume.at("/secret/secretName").asText())
                            .isEmpty()
                    || volume.has("configMap") && objects
                            .find(Kind.CONFIG_MAP, Objects.namespace(pod), volume.at("/configMap/name").asText())
                            .isEmpty()) {
                return false;
            }
        }
        for (var containers : List.of("containers", "initContainers")) {
            for (var container : spec.path(containers)) {
                for (var variable : container.path("env")) {
                    var reference = variable.at("/valueFrom/secretKeyRef");
                    if (!reference.isMissingNode() && objects
                            .find(Kind.SECRET, Objects.namespace(pod), reference.path("name").asText())
                            .filter(secret -> secret.path("data").has(reference.path("key").asText())).isEmpty()) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /**
     * A claim that asks for more than its volume has gets it: from the disk up. One whose volume was raised by hand is
     * passed over.
     */
    private boolean growth() {
        var did = false;
        for (var claim : objects.all(Kind.CLAIM)) {
            var wants = claim.at("/spec/resources/requests/storage").asText();
            var volume = objects.find(Kind.VOLUME, "", claim.at("/spec/volumeName").asText());
            if (!claim.at("/status/phase").asText().equals("Bound") || volume.isEmpty()
                    || Quantity.gib(wants) <= Quantity.gib(volume.get().at("/spec/capacity/storage").asText())
                    || !machines.expand(handle(volume.get()), Quantity.gib(wants))) {
                continue;
            }
            ((ObjectNode) volume.get().get("spec")).withObjectProperty("capacity").put("storage", wants);
            objects.own(volume.get(), "csi-resizer", "spec/capacity/storage");
            claim.withObjectProperty("status").withObjectProperty("capacity").put("storage", wants);
            objects.touch(claim);
            machines.mount(handle(volume.get()), volume.get().at("/spec/csi/fsType").asText());
            did = true;
        }
        return did;
    }

    private static String handle(JsonNode volume) {
        return volume.at("/spec/csi/volumeHandle").asText();
    }

    private static String owner(JsonNode pod) {
        return pod.at("/metadata/ownerReferences/0/uid").asText();
    }

    private static List<String> claimsOf(JsonNode pod) {
        var names = new ArrayList<String>();
        for (var volume : (Iterable<
                JsonNode>) (pod.at("/spec/volumes") instanceof ArrayNode list ? list : List.<JsonNode>of())) {
            if (volume.has("persistentVolumeClaim")) {
                names.add(volume.at("/persistentVolumeClaim/claimName").asText());
            }
        }
        return names;
    }
}
