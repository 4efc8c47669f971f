package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import rehearsal.aws.Ebs;
import rehearsal.google.ComputeClient;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.tools.SkyPilot;
import rehearsal.tools.Supervised;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * A cluster of the rehearsal: a real control plane, nodes that kwok keeps Ready, each of GKE's with a machine at the
 * rehearsal's Google, and stand-ins for what runs on real nodes: the disk driver, the kubelet's handling of volumes,
 * and the API server's handling of its state.
 */
public final class Cluster implements AutoCloseable {

    private final ClusterSpec spec;
    private final ControlPlane controlPlane;
    private final Google google;
    private final Ebs ebs;
    private final ComputeClient compute;
    private final Servers servers;
    private final Map<String, InstanceName> machines = new ConcurrentHashMap<>();
    private final Map<String, String> instances = new LinkedHashMap<>();
    private final Set<String> lostNodes = ConcurrentHashMap.newKeySet();
    private Loop loop;
    private Supervised kwok;
    private boolean lost;

    private Cluster(ClusterSpec spec, ControlPlane controlPlane, Google google, Ebs ebs, Path home) {
        this.spec = spec;
        this.controlPlane = controlPlane;
        this.google = google;
        this.ebs = ebs;
        this.compute = google.console();
        this.servers = new Servers(new Logins(controlPlane.client()), new PodSecrets(controlPlane.client()),
                new ServerConfig(controlPlane.client()), home.toAbsolutePath().resolve("servers"));
    }

    /**
     * Starts one and returns when its nodes are Ready.
     *
     * @param tools  with etcd, the kube-… binaries and kwok
     * @param google where its machines and disks are
     * @param home   a folder that is new or empty, for its data and logs
     * @param spec   what to make
     */
    public static Cluster start(Tools tools, Google google, Path home, ClusterSpec spec) {
        return start(tools, google, new Ebs(home.resolve("ebs")), home, spec);
    }

    /** The same, with Amazon's volumes. */
    public static Cluster start(Tools tools, Google google, Ebs ebs, Path home, ClusterSpec spec) {
        var cluster =
                new Cluster(spec, ControlPlane.start(tools, home, spec.context(), google.token()), google, ebs, home);
        try {
            cluster.populate(home);
            return cluster;
        } catch (IOException failed) {
            cluster.close();
            throw new UncheckedIOException("Cannot start the cluster " + spec.name(), failed);
        } catch (RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    /** What it was made from. */
    public ClusterSpec spec() {
        return spec;
    }

    /** What the user has used of the rights that {@link Rights} gives. */
    public Set<Rights.Right> usedRights() {
        return Rights.used(controlPlane.audit());
    }

    /** A kubeconfig file with full rights, whose only context is that of {@link ClusterSpec#context()}. */
    public Path kubeconfig() {
        return controlPlane.kubeconfig();
    }

    /** A client with full rights, until the cluster is closed or lost. */
    public KubernetesClient client() {
        return controlPlane.client();
    }

    /** The logs of its processes, a file each. */
    public Path logs() {
        return controlPlane.logs();
    }

    /**
     * From now on the pods that are to run SkyPilot's API server do.
     *
     * @param sky    what they run
     * @param tokens the service account tokens that users keep, by what each was made for
     */
    public void serveWith(SkyPilot sky, Map<String, String> tokens) {
        servers.serveWith(sky, tokens);
    }

    /** The servers that run at this moment. A stand-in that breaks doesn't look like none: that throws. */
    public List<Server> servers() {
        loop.check();
        return servers.list();
    }

    /**
     * The one server that runs, waited for.
     *
     * @param patience how long
     * @throws IllegalStateException with what the pods' events say, if there is none, or more than one, by then
     */
    public Server server(Duration patience) {
        var deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var running = servers();
            if (running.size() == 1) {
                return running.get(0);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(running.isEmpty()
                        ? "No pod runs a server that has its state after " + patience.toSeconds() + " s." + warnings()
                        : "More than one server runs: " + running.stream()
                                .map(server -> server.namespace() + "/" + server.pod())
                                .collect(Collectors.joining(", ")));
            }
            pause();
        }
    }

    /** The warnings among the events of all pods, as {@code kubectl describe pod} shows them, oldest first. */
    public List<String> podWarnings() {
        return client().v1().events().inAnyNamespace().list().getItems().stream()
                .filter(event -> "Pod".equals(event.getInvolvedObject().getKind()) && "Warning".equals(event.getType()))
                .sorted(Comparator.comparing(event -> event.getMetadata().getCreationTimestamp()))
                .map(Cluster::line)
                .toList();
    }

    /** Has the controllers stand still: no volume gets ready or goes, no pod is made, no claim is let go of. */
    public void stopControllers() {
        controlPlane.stopControllers();
    }

    /** Has the controllers go on with what has come up meanwhile. */
    public void startControllers() throws IOException {
        controlPlane.startControllers();
    }

    /** The API server crashes, and is back moments later. */
    public void crashApiServer() throws IOException {
        controlPlane.crash(Tool.KUBE_APISERVER);
    }

    /** The API server goes down, until {@link #startApiServer}. */
    public void stopApiServer() {
        controlPlane.stop(Tool.KUBE_APISERVER);
    }

    /** The API server is back; returns once it is ready. */
    public void startApiServer() throws IOException {
        controlPlane.restart(Tool.KUBE_APISERVER);
    }

    /**
     * The API server takes connections and answers none, until {@link #resumeApiServer}: it is overloaded, or its
     * machine is.
     */
    public void pauseApiServer() {
        controlPlane.pause(Tool.KUBE_APISERVER, true);
    }

    /** The API server answers again, what waits first. */
    public void resumeApiServer() {
        controlPlane.pause(Tool.KUBE_APISERVER, false);
    }

    /** The API server answers late: whatever comes within this time is answered after it. */
    public void stall(Duration late) throws InterruptedException {
        pauseApiServer();
        try {
            Thread.sleep(late.toMillis());
        } finally {
            resumeApiServer();
        }
    }

    /**
     * A server's pod is evicted, as the kubelet of a node that runs out of memory does: it ends and stays, Failed,
     * until somebody deletes it. Returns once it has ended.
     */
    public void evict(String namespace, String pod) {
        client().pods().inNamespace(namespace).withName(pod).editStatus(running -> new PodBuilder(running).editStatus()
                .withPhase("Failed").withReason("Evicted")
                .withMessage("The node was low on resource: memory. Threshold quantity: 100Mi, available: 84200Ki. ")
                .withConditions(List.of()).withContainerStatuses(List.of()).withInitContainerStatuses(List.of())
                .endStatus().build());
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (servers().stream().anyMatch(server -> server.pod().equals(pod))) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The server of the evicted pod " + pod + " still runs");
            }
            pause();
        }
    }

    /** The cluster's database crashes, and is back moments later with all that it had taken. */
    public void crashEtcd() throws IOException {
        controlPlane.crash(Tool.ETCD);
    }

    /**
     * A zone's nodes die with their machines, which lets go of their disks; others take their place, as where GKE
     * repairs a node pool. What ran on them is taken off at once, for which a real cluster waits a minute.
     */
    public void replaceNodes(String zone) {
        var dead = machines.values().stream().filter(machine -> machine.zone().equals(zone)).toList();
        dead.forEach(compute::deleteInstance);
        replaceDeleted();
    }

    /** What a node pool does about nodes whose machines somebody deleted at Google: others take their place. */
    public void replaceDeleted() {
        var client = controlPlane.client();
        var dead = machines.values().stream().filter(machine -> compute.findInstance(machine).isEmpty()).toList();
        dead.forEach(machine -> {
            lostNodes.add(machine.name());
            machines.remove(machine.name());
            client.nodes().withName(machine.name()).delete();
            client.pods().inAnyNamespace().withField("spec.nodeName", machine.name()).withGracePeriod(0).delete();
        });
        for (var number = 0; number < dead.size(); number++) {
            addMachine(client, dead.get(number).zone(), number);
        }
        awaitNodes(client);
    }

    /**
     * A zone is lost, at Google too: its nodes are dead, and their machines keep their disks, until
     * {@link Google#heal}.
     */
    public void loseZone(String zone) {
        google.loseZone(zone);
        machines.values().stream().filter(machine -> machine.zone().equals(zone)).forEach(machine -> {
            lostNodes.add(machine.name());
            Nodes.lose(controlPlane.client(), machine.name());
        });
    }

    /**
     * The cluster is lost, not deleted: its control plane answers no more, and its machines stay and hold their disks
     * until {@link #close()}.
     */
    public void lose() {
        if (!lost) {
            lost = true;
            if (loop != null) {
                loop.close();
            }
            servers.retain(Set.of());
            controlPlane.close();
        }
    }

    /** The cluster is deleted: its control plane is gone, and so are its machines, which lets go of their disks. */
    @Override
    public void close() {
        try {
            lose();
        } finally {
            instances.keySet().forEach(ebs::terminate);
            machines.values().removeIf(machine -> {
                if (compute.findInstance(machine).isPresent()) {
                    compute.deleteInstance(machine);
                }
                return true;
            });
        }
    }

    private void populate(Path home) throws IOException {
        var client = controlPlane.client();
        var stages = home.toAbsolutePath().resolve("kwok.yaml");
        try (InputStream resource = Cluster.class.getResourceAsStream("kwok.yaml")) {
            Files.copy(resource, stages);
        }
        kwok = controlPlane.run(Tool.KWOK,
                List.of("--kubeconfig", kubeconfig().toString(), "--config", stages.toString(),
                        "--manage-all-nodes=true", "--node-port", "0", "--node-lease-duration-seconds", "40"));
        var driver = switch (spec.cloud()) {
            case GKE -> ofGoogle(client);
            case EKS -> ofAmazon(client);
        };
        var wake = new AtomicReference<Runnable>(() -> {
        });
        var view = new View(client, () -> wake.get().run());
        var attacher = new Attacher(client, view, driver);
        var kubelet = new Kubelet(client, view, Map.of(driver.name(), driver), lostNodes, servers);
        var resizer = new Resizer(client, view, driver);
        var reclaimer = new Reclaimer(client, view, driver);
        loop = new Loop("nodes-of-" + spec.name(), () -> {
            attacher.pass();
            resizer.pass();
            reclaimer.pass();
            kubelet.pass();
        });
        wake.set(loop::wake);
        loop.start();
        Rights.grant(client);
        awaitNodes(client);
    }

    private CsiDriver ofGoogle(KubernetesClient client) {
        Nodes.addStorage(client);
        for (var zone : spec.zones()) {
            for (var node = 0; node < spec.nodes(); node++) {
                addMachine(client, zone, node);
            }
        }
        return new PersistentDiskDriver(google, compute, machines);
    }

    private void addMachine(KubernetesClient client, String zone, int number) {
        var machine = new InstanceName(spec.project(), zone, "gke-%s-default-pool-%08x-%s".formatted(
                spec.name(), ThreadLocalRandom.current().nextInt(), zone.substring(zone.length() - 1) + number));
        compute.insertInstance(machine);
        machines.put(machine.name(), machine);
        Nodes.join(client, machine);
    }

    private CsiDriver ofAmazon(KubernetesClient client) {
        Nodes.addDriver(client, EbsDriver.NAME);
        for (var zone : spec.zones()) {
            for (var node = 0; node < spec.nodes(); node++) {
                var instance = "i-%017x".formatted(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE) >>> 4);
                instances.put(instance, zone);
                Nodes.join(client, instance, zone);
            }
        }
        return new EbsDriver(ebs, instances);
    }

    private void awaitNodes(KubernetesClient client) {
        var deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!client.nodes().list().getItems().stream().allMatch(node -> node.getSpec().getTaints().isEmpty()
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))) {
            kwok.checkAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The nodes are not Ready. The end of kwok's log:\n" + kwok.tail());
            }
            pause();
        }
    }

    private String warnings() {
        var lines = podWarnings();
        return lines.isEmpty() ? " No pod has a warning." : " The pods' warnings:\n" + String.join("\n", lines);
    }

    private static String line(Event event) {
        return event.getInvolvedObject().getNamespace() + "/" + event.getInvolvedObject().getName() + ": "
                + event.getReason() + ": " + event.getMessage();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the cluster", interrupted);
        }
    }
}
