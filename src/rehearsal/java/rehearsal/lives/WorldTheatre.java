package rehearsal.lives;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import rehearsal.cluster.Cluster;
import rehearsal.cluster.ClusterSpec;
import rehearsal.cluster.Server;
import rehearsal.google.Google;
import rehearsal.tools.Tools;
import rehearsal.world.CommandLine.Result;
import rehearsal.world.Options;
import rehearsal.world.World;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rehearsal's world, with the real engine and real control planes, as a theatre of lives. */
public final class WorldTheatre implements Theatre {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LATE = Duration.ofSeconds(5);
    /**
     * Where nothing is readable that is not meant to be: the disks' own bytes, what is in clusters, and what the tools
     * are.
     */
    private static final List<String> NOT_READ = List.of("clusters", "google", "chart", "kubeconfig",
            "sky-api-server/target", "sky-api-server/src", "pulumi/plugins", "bin");

    private final World world;
    private final StringBuilder transcript = new StringBuilder();

    private WorldTheatre(World world) {
        this.world = world;
    }

    /** Opens one in a world of its own. */
    public static Theatre open(Path checkout, Tools tools) throws IOException {
        var theatre = new WorldTheatre(World.open(checkout, tools, Options.STAND_INS));
        try {
            theatre.freshCluster("first");
            theatre.begin();
            theatre.run("pulumi config set installTimeout 120");
            return theatre;
        } catch (RuntimeException failed) {
            theatre.close();
            throw failed;
        }
    }

    @Override
    public Google google() {
        return world.google();
    }

    @Override
    public Path chart() {
        return world.chart();
    }

    @Override
    public Outcome run(String command, String input) {
        if (command.startsWith("gcloud ")) {
            var outcome = Gcloud.run(world.google(), command);
            world.clusters().values().forEach(Cluster::replaceDeleted);
            return outcome;
        }
        return outcome(world.cli().run(command, input), false);
    }

    @Override
    public Outcome killed(String command, int writes) {
        var came = new CompletableFuture<Boolean>();
        return outcome(world.cli().runUntil(command, written(writes), came), came.getNow(false));
    }

    @Override
    public Outcome crashing(String command, int writes, Part part, String cluster) {
        var written = written(writes);
        var done = new CompletableFuture<Void>();
        var crash = CompletableFuture.runAsync(() -> {
            while (!written.getAsBoolean() && !done.isDone()) {
                pause(20);
            }
            if (!done.isDone()) {
                try {
                    crash(world.clusters().get(cluster), part);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        var result = world.cli().run(command);
        done.complete(null);
        crash.join();
        return outcome(result, false);
    }

    private static void crash(Cluster cluster, Part part) throws IOException, InterruptedException {
        switch (part) {
            case API_SERVER -> cluster.crashApiServer();
            case ETCD -> cluster.crashEtcd();
            case NETWORK -> cluster.stall(LATE);
        }
    }

    @Override
    public Outcome cramped(String command) {
        return outcome(world.cli().run(
                "ulimit -f " + Theatre.crampedKib(stateFile().map(WorldTheatre::size).orElse(0L)) + "; " + command),
                false);
    }

    @Override
    public List<Outcome> together(String command) {
        var second = CompletableFuture.supplyAsync(() -> world.cli().run(command));
        var first = world.cli().run(command);
        return List.of(outcome(first, false), outcome(second.join(), false));
    }

    @Override
    public void freshCluster(String name) {
        try {
            world.startCluster(new ClusterSpec(World.PROJECT, name, List.of(Model.ZONE, Model.OTHER_ZONE), 1));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void loseCluster(String name, boolean machinesStay) {
        if (machinesStay) {
            world.clusters().remove(name).lose();
        } else {
            world.loseCluster(name);
        }
    }

    @Override
    public void loseNode(String cluster) {
        world.clusters().get(cluster).replaceNodes(Model.ZONE);
    }

    @Override
    public void delete(Thing thing, String cluster, String namespace, String release) {
        var inNamespace = "kubectl --context " + World.context(cluster, Model.ZONE) + " --namespace " + namespace
                + " delete --ignore-not-found --wait=false ";
        run(switch (thing) {
            case CLAIM -> inNamespace + "deployment/" + release + "-api-server pvc/" + release + "-state";
            case VOLUME -> inNamespace + "pv/sky-api-server-pv";
            case DEPLOYMENT -> inNamespace + "deployment/" + release + "-api-server";
            case NAMESPACE -> inNamespace + "namespace/" + namespace;
            case HELM_SECRETS -> inNamespace + "secret --selector owner=helm,name=" + release;
            case LOGIN -> inNamespace + "secret/" + release + "-login";
            case RELEASE -> "helm uninstall " + release + " --kube-context " + World.context(cluster, Model.ZONE)
                    + " --namespace " + namespace + " --ignore-not-found";
        });
    }

    @Override
    public boolean write(String disk, String line) {
        var on = servers().map(Map.Entry::getValue).filter(server -> server.disk().equals(disk)).toList();
        if (on.size() != 1) {
            return false;
        }
        on.get(0).write(line);
        return true;
    }

    @Override
    public Sight look() {
        until(() -> world.clusters().values().stream().allMatch(WorldTheatre::settled));
        var running = servers().map(server -> new Sight.Running(server.getKey(), server.getValue().namespace(),
                server.getValue().disk(), server.getValue().read())).toList();
        var volumes = world.clusters().entrySet().stream().flatMap(cluster -> cluster.getValue().client()
                .persistentVolumes().list().getItems().stream().filter(volume -> volume.getSpec().getCsi() != null)
                .map(volume -> volume(cluster.getKey(), volume))).toList();
        return new Sight(Sight.Disk.all(world.google()), running, volumes, readable());
    }

    @Override
    public void close() {
        world.close();
    }

    private static Sight.Volume volume(String cluster, PersistentVolume volume) {
        var spec = volume.getSpec();
        return new Sight.Volume(cluster, volume.getMetadata().getName(), spec.getCsi().getVolumeHandle(),
                spec.getPersistentVolumeReclaimPolicy(), volume.getStatus().getPhase().equals("Bound")
                        ? spec.getClaimRef().getNamespace() + "/" + spec.getClaimRef().getName() : "");
    }

    private Stream<Map.Entry<String, Server>> servers() {
        return world.clusters().entrySet().stream().flatMap(
                cluster -> cluster.getValue().servers().stream().map(server -> Map.entry(cluster.getKey(), server)));
    }

    /** Whether nothing in a cluster is about to start or to end: no pod goes, and those that a node takes run. */
    private static boolean settled(Cluster cluster) {
        var pods = cluster.client().pods().inAnyNamespace().withLabel("app").list().getItems();
        var running = pods.stream().filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
        return pods.stream()
                .allMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null
                        && (running.contains(pod.getMetadata().getName()) || unschedulable(pod)))
                && cluster.client().apps().deployments().inAnyNamespace().list().getItems().stream()
                        .allMatch(deployment -> pods.stream().filter(
                                pod -> pod.getMetadata().getNamespace().equals(deployment.getMetadata().getNamespace()))
                                .count() >= deployment.getSpec().getReplicas())
                && running.stream().filter(name -> name.contains("-api-server-"))
                        .allMatch(name -> cluster.servers().stream().anyMatch(server -> server.pod().equals(name)))
                && cluster.servers().stream().allMatch(server -> running.contains(server.pod()));
    }

    private static boolean unschedulable(Pod pod) {
        return pod.getStatus().getConditions().stream().anyMatch(
                condition -> condition.getType().equals("PodScheduled") && condition.getStatus().equals("False"));
    }

    private Map<String, String> readable() {
        var readable = new LinkedHashMap<String, String>();
        readable.put("what was printed", transcript.toString());
        files(world.home()).forEach(file -> readable.put(world.home().relativize(file).toString(), Sight.read(file)));
        return readable;
    }

    private List<Path> files(Path folder) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) {
                var inside = world.home().relativize(entry).toString();
                if (Files.isDirectory(entry) && !Files.isSymbolicLink(entry) && !NOT_READ.contains(inside)) {
                    found.addAll(files(entry));
                } else if (Files.isRegularFile(entry) && !NOT_READ.contains(inside)) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException goneMeanwhile) {
            return List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found;
    }

    /**
     * Whether a stack's state was written so many times from now on. It is put in its place whole, as another file each
     * time.
     */
    private BooleanSupplier written(int times) {
        var last = new Object[]{states()};
        var count = new int[1];
        return () -> {
            var now = states();
            if (!now.equals(last[0])) {
                last[0] = now;
                count[0]++;
            }
            return count[0] >= times;
        };
    }

    private List<Object> states() {
        return stateFiles().stream().map(WorldTheatre::version).toList();
    }

    private static Object version(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), attributes.size(), Objects.toString(attributes.fileKey()));
        } catch (IOException between) {
            return "";
        }
    }

    private List<Path> stateFiles() {
        var folder = world.home().resolve("backend/.pulumi/stacks/sky-api-server");
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Optional<Path> stateFile() {
        return stateFiles().stream().max((one, other) -> Long.compare(size(one), size(other)));
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException between) {
            return 0;
        }
    }

    private Outcome outcome(Result result, boolean killed) {
        transcript.append("$ ").append(result.command()).append('\n').append(result.output());
        return new Outcome(result.command(), result.exitCode(), killed, result.output());
    }

    private static void until(BooleanSupplier settled) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!settled.getAsBoolean() && System.nanoTime() < deadline) {
            pause(50);
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
