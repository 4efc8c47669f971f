package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.volume.BlockDevice;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a node's kubelet and a disk driver do before a pod starts: they wait for its disks to be attached, format a
 * blank one, grow a filesystem whose disk grew, mount, pull images, and say on the pod what is in the way. Then kwok
 * runs the pod (its stages wait for the condition PodReadyToStartContainers).
 */
final class Kubelet {

    private static final String READY_TO_START = "PodReadyToStartContainers";
    /** A pod that has come to its end, by itself or by eviction, may stay for long, and runs nothing. */
    private static final Set<String> ENDED = Set.of("Failed", "Succeeded");

    private final KubernetesClient client;
    private final View view;
    private final Map<String, CsiDriver> drivers;
    private final Set<String> lost;
    private final Servers servers;
    private final PodEvents events;
    private final PodNeeds needs;
    private final ImagePulls images;
    private final PodSecrets secrets;
    private final Map<String, List<Mount>> mounted = new HashMap<>();
    private final Set<String> readied = new HashSet<>();

    /** @param lost the nodes on which nothing runs any more */
    Kubelet(KubernetesClient client, View view, Map<String, CsiDriver> drivers, Set<String> lost, Servers servers) {
        this.client = client;
        this.view = view;
        this.drivers = drivers;
        this.lost = lost;
        this.servers = servers;
        this.events = new PodEvents(client);
        this.needs = new PodNeeds(client);
        this.images = new ImagePulls(client, events);
        this.secrets = new PodSecrets(client);
    }

    /** Brings every pod forward, and lets go of what belongs to pods that are gone. */
    void pass() {
        var pods = view.pods().stream().filter(this::runs).toList();
        var alive = pods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        readied.retainAll(alive);
        mounted.keySet().retainAll(alive);
        // First of all: a disk never has two servers.
        servers.retain(alive);
        for (var pod : pods) {
            var uid = pod.getMetadata().getUid();
            if (!readied.contains(uid)) {
                prepare(pod);
            } else if ("Running".equals(pod.getStatus().getPhase())) {
                mounted.getOrDefault(uid, List.of()).forEach(servers::run);
                pod.getSpec().getVolumes().forEach(volume -> growMounted(pod, volume));
            }
        }
    }

    private boolean runs(Pod pod) {
        var node = pod.getSpec().getNodeName();
        return node != null && !lost.contains(node) && pod.getMetadata().getDeletionTimestamp() == null
                && !ENDED.contains(pod.getStatus().getPhase());
    }

    private void prepare(Pod pod) {
        try {
            needs.check(pod);
            var mounts = new ArrayList<Mount>();
            for (var volume : pod.getSpec().getVolumes()) {
                if (volume.getPersistentVolumeClaim() != null) {
                    mount(pod, volume).ifPresent(mounts::add);
                }
            }
            database(pod).ifPresent(mounts::add);
            images.check(pod);
            if (!mounts.isEmpty()) {
                servers.begin(pod, mounts.get(0));
            }
            ready(pod);
            mounted.put(pod.getMetadata().getUid(), mounts);
            readied.add(pod.getMetadata().getUid());
        } catch (NotYet notYet) {
            notYet.warning().ifPresent(warning -> events.warn(pod, warning.reason(), warning.message()));
        } catch (KubernetesClientException refused) {
            // The pod is gone, and the view lags behind.
            if (refused.getCode() != 404 && refused.getCode() != 409) {
                throw refused;
            }
        }
    }

    private Optional<Mount> mount(Pod pod, Volume volume) throws NotYet {
        var claim = view.claim(pod.getMetadata().getNamespace(), volume.getPersistentVolumeClaim().getClaimName());
        var name = claim.map(found -> found.getSpec().getVolumeName()).orElseThrow(NotYet::new);
        var persistent = view.volume(name).orElseThrow(NotYet::new);
        var csi = persistent.getSpec().getCsi();
        var driver = csi == null ? null : drivers.get(csi.getDriver());
        if (driver == null) {
            return Optional.empty();
        }
        var node = pod.getSpec().getNodeName();
        view.attachment(csi, node)
                .filter(attachment -> attachment.getStatus() != null
                        && Boolean.TRUE.equals(attachment.getStatus().getAttached()))
                .orElseThrow(NotYet::new);
        var disk = driver.device(csi.getVolumeHandle()).orElseThrow(NotYet::new);
        stage(disk, persistent);
        var folders = folders(pod, volume.getName(), disk.files());
        var sky = folders.getOrDefault("/root/.sky", disk.files().resolve(".sky"));
        return Optional.of(mount(pod, new DiskStore(driver, csi.getVolumeHandle(), node, sky), folders));
    }

    /** A server that can't log in to its database ends as it starts, and its pod is never ready. */
    private Optional<Mount> database(Pod pod) throws NotYet {
        var connection = secrets.variable(pod, "SKYPILOT_DB_CONNECTION_URI");
        if (connection.isEmpty()) {
            return Optional.empty();
        }
        try {
            var database = DatabaseStore.of(connection.get());
            database.open();
            return Optional.of(mount(pod, database, Map.of()));
        } catch (IllegalStateException refused) {
            throw new NotYet("BackOff", "Back-off restarting failed container skypilot-api in pod "
                    + pod.getMetadata().getName() + ": " + refused.getMessage());
        }
    }

    private static Mount mount(Pod pod, StateStore store, Map<String, Path> folders) {
        return new Mount(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), pod.getMetadata().getUid(),
                pod.getSpec().getNodeName(), store, folders);
    }

    /** The driver grows the filesystem of a volume that grew while it is mounted, and the server in the pod goes on. */
    private void growMounted(Pod pod, Volume volume) {
        Optional.ofNullable(volume.getPersistentVolumeClaim())
                .flatMap(source -> view.claim(pod.getMetadata().getNamespace(), source.getClaimName()))
                .filter(Resizer::awaitsNode)
                .ifPresent(claim -> view.volume(claim.getSpec().getVolumeName()).ifPresent(persistent -> {
                    var csi = persistent.getSpec().getCsi();
                    Optional.ofNullable(drivers.get(csi.getDriver()))
                            .flatMap(driver -> driver.device(csi.getVolumeHandle())).ifPresent(BlockDevice::grow);
                    Resizer.finish(client, claim, persistent);
                }));
    }

    private static void stage(BlockDevice disk, PersistentVolume volume) throws NotYet {
        var wanted = Optional.ofNullable(volume.getSpec().getCsi().getFsType()).filter(type -> !type.isEmpty())
                .orElse("ext4");
        var filesystem = disk.filesystem();
        if (filesystem.isEmpty()) {
            disk.format(wanted);
        } else if (!filesystem.get().type().equals(wanted)) {
            throw new NotYet("FailedMount",
                    ("MountVolume.MountDevice failed for volume \"%s\" : rpc error: code = Internal desc ="
                            + " Failed to format and mount device from (\"/dev/disk/by-id/%s\") with fstype (\"%s\"):"
                            + " mount failed: exit status 32: wrong fs type, bad option, bad superblock: the disk"
                            + " holds a filesystem of type %s")
                            .formatted(volume.getMetadata().getName(), disk.name().replaceFirst(".*/", ""), wanted,
                                    filesystem.get().type()));
        } else if (filesystem.get().sizeGb() < disk.sizeGb()) {
            disk.grow();
        }
    }

    /** The folders of the disk by where the pod's containers see each. */
    private static Map<String, Path> folders(Pod pod, String volume, Path files) {
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .filter(mount -> mount.getName().equals(volume))
                .collect(Collectors.toMap(VolumeMount::getMountPath,
                        mount -> mount.getSubPath() == null ? files : files.resolve(mount.getSubPath()),
                        (one, other) -> one));
    }

    private void ready(Pod pod) {
        var condition = new PodConditionBuilder().withType(READY_TO_START).withStatus("True")
                .withLastTransitionTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).build();
        client.resource(pod).editStatus(current -> {
            var edited = Serialization.clone(current);
            var conditions = new ArrayList<>(edited.getStatus().getConditions());
            conditions.removeIf(present -> present.getType().equals(READY_TO_START));
            conditions.add(condition);
            edited.getStatus().setConditions(conditions);
            return edited;
        });
    }
}
