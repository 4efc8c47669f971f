package rehearsal.memory;

import tools.jackson.databind.node.ObjectNode;
import rehearsal.cluster.ClusterSpec;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.lives.Sight;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A GKE cluster in memory: an API server, and all that a cluster does with the objects of a stack, done before it
 * answers. It is gone when it closes, with its machines.
 */
public final class MemoryCluster implements AutoCloseable {

    private final ClusterSpec spec;
    private final Google google;
    private final Objects objects = new Objects();
    private final Machines machines;
    private final Controllers controllers;
    private final ApiServer api;
    private final AtomicInteger outage = new AtomicInteger();
    private boolean lost;

    private MemoryCluster(ClusterSpec spec, Google google, Runnable beforeWrite) throws IOException {
        this.spec = spec;
        this.google = google;
        this.machines = new Machines(google, spec.name());
        this.controllers = new Controllers(objects, machines);
        this.api = new ApiServer(objects, controllers::settle, () -> {
            beforeWrite.run();
            if (outage.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new Refused(503, "ServiceUnavailable", "",
                        "the server is currently unable to handle the request");
            }
        });
    }

    /**
     * Starts one.
     *
     * @param spec        what to make
     * @param google      where its machines and disks are
     * @param beforeWrite runs before each request that would change something; what it throws refuses it
     */
    public static MemoryCluster start(ClusterSpec spec, Google google, Runnable beforeWrite) throws IOException {
        var cluster = new MemoryCluster(spec, google, beforeWrite);
        for (var name : List.of("default", "kube-system")) {
            cluster.objects.create(Kind.NAMESPACE, "", named(name), "gke", false);
        }
        spec.zones().forEach(cluster::addNode);
        return cluster;
    }

    /** What it was made from. */
    public ClusterSpec spec() {
        return spec;
    }

    /** Where its API is. */
    public String url() {
        return api.url();
    }

    /** The servers that run. */
    public List<Server> servers() {
        synchronized (objects) {
            // Something outside may have changed what a pod waits for, such as who holds a disk.
            if (!lost) {
                machines.gone().forEach(this::lose);
                controllers.settle();
            }
            return lost ? List.of() : controllers.servers();
        }
    }

    /** The API server crashes: the next requests that would change something are refused. */
    public void crash(int requests) {
        outage.set(requests);
    }

    /** A node dies with its machine, and another takes its place: the one of a server if one runs. */
    public void loseNode() {
        synchronized (objects) {
            var node = controllers.servers().stream().map(Server::node).findFirst()
                    .orElseGet(() -> Objects.name(objects.all(Kind.NODE).get(0)));
            lose(node);
            controllers.settle();
        }
    }

    /** Its pods go with it, and the node pool makes another in its zone. */
    private void lose(String node) {
        var zone = objects.get(Kind.NODE, "", node).at("/metadata/labels").path("topology.kubernetes.io/zone").asText();
        objects.all(Kind.POD).stream()
                .filter(pod -> controllers.servers().stream().anyMatch(server -> server.pod().equals(Objects.uid(pod))
                        && server.node().equals(node)))
                .forEach(pod -> objects.remove(Kind.POD, pod));
        objects.delete(Kind.NODE, "", node);
        machines.remove(node);
        addNode(zone);
    }

    /** Deletes an object, if it is there, as {@code kubectl delete} does. @param kind as in {@code PersistentVolume} */
    public void delete(String kind, String namespace, String name) {
        synchronized (objects) {
            for (var served : Kind.values()) {
                if (served.kind.equals(kind) && objects.find(served, namespace, name).isPresent()) {
                    objects.delete(served, namespace, name);
                }
            }
            controllers.settle();
        }
    }

    /** Its PersistentVolumes. */
    public List<Sight.Volume> volumes() {
        synchronized (objects) {
            return objects.all(Kind.VOLUME).stream().map(volume -> new Sight.Volume(spec.name(), Objects.name(volume),
                    volume.at("/spec/csi/volumeHandle").asText(),
                    volume.at("/spec/persistentVolumeReclaimPolicy").asText(),
                    volume.at("/status/phase").asText().equals("Bound") ? volume.at("/spec/claimRef/namespace").asText()
                            + "/" + volume.at("/spec/claimRef/name").asText() : ""))
                    .toList();
        }
    }

    /** The names of the Secrets by which Helm knows a release. */
    public List<String> helmSecrets(String namespace, String release) {
        synchronized (objects) {
            return objects.in(Kind.SECRET, namespace).stream()
                    .filter(secret -> secret.at("/metadata/labels/owner").asText().equals("helm")
                            && secret.at("/metadata/labels/name").asText().equals(release))
                    .map(Objects::name).toList();
        }
    }

    /** Its control plane answers no more; its machines stay, and hold their disks. */
    public void lose() {
        lost = true;
        api.close();
    }

    @Override
    public void close() {
        lose();
        machines.clear();
    }

    private void addNode(String zone) {
        InstanceName machine = machines.add(spec.project(), zone);
        var node = named(machine.name());
        node.withObjectProperty("metadata").putObject("labels").put("topology.kubernetes.io/zone", zone)
                .put("topology.gke.io/zone", zone);
        node.putObject("spec").put("providerID", "gce://" + machine.project() + "/" + zone + "/" + machine.name());
        objects.create(Kind.NODE, "", node, "kubelet", false);
    }

    private static ObjectNode named(String name) {
        var object = Objects.JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        return object;
    }
}
