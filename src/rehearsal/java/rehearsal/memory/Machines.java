package rehearsal.memory;

import tools.jackson.databind.JsonNode;
import rehearsal.google.ComputeClient;
import rehearsal.google.ComputeException;
import rehearsal.google.DiskFolder;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The machines of a cluster's nodes at Google, and what Google's disk driver does on them. */
final class Machines {

    /** Of all clusters together: a lost one's machines may stay. */
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Google google;
    private final ComputeClient compute;
    private final String cluster;
    private final Map<String, InstanceName> byNode = new LinkedHashMap<>();

    /** @param cluster the cluster's name */
    Machines(Google google, String cluster) {
        this.google = google;
        this.compute = google.console();
        this.cluster = cluster;
    }

    /** A machine for a new node, of its name. */
    InstanceName add(String project, String zone) {
        var machine = new InstanceName(project, zone,
                "gke-" + cluster + "-default-pool-" + unique() + "-" + zone.substring(zone.length() - 1));
        compute.insertInstance(machine);
        byNode.put(machine.name(), machine);
        return machine;
    }

    /** The machine is gone, which lets go of its disks. */
    void remove(String node) {
        var machine = byNode.remove(node);
        if (compute.findInstance(machine).isPresent()) {
            compute.deleteInstance(machine);
        }
    }

    /** The nodes whose machine somebody deleted at Google. */
    List<String> gone() {
        return byNode.entrySet().stream().filter(node -> compute.findInstance(node.getValue()).isEmpty())
                .map(Map.Entry::getKey).toList();
    }

    /** All are gone. */
    void clear() {
        List.copyOf(byNode.keySet()).forEach(this::remove);
    }

    String unique() {
        return "%05x".formatted(MADE.incrementAndGet());
    }

    /** Whether the disk is attached to the node's machine by then. */
    boolean attach(String handle, String node) {
        var name = DiskName.parse(handle);
        var machine = byNode.get(node);
        if (name.isEmpty() || machine == null) {
            return false;
        }
        try {
            if (!holds(name.get(), machine)) {
                compute.attachDisk(machine, name.get(), name.get().name(), false);
            }
            return holds(name.get(), machine);
        } catch (ComputeException refused) {
            return false;
        }
    }

    void detach(String handle, String node) {
        DiskName.parse(handle).filter(name -> byNode.containsKey(node) && holds(name, byNode.get(node)))
                .ifPresent(name -> compute.detachDisk(byNode.get(node), name.name()));
    }

    /**
     * Formats a blank disk, and has the filesystem be as large as the disk. Whether it can be mounted: nothing is ever
     * erased.
     */
    boolean mount(String handle, String fsType) {
        var disk = disk(handle).map(DiskFolder::device);
        if (disk.isEmpty()) {
            return false;
        }
        var wanted = fsType.isEmpty() ? "ext4" : fsType;
        var filesystem = disk.get().filesystem();
        if (filesystem.isEmpty()) {
            disk.get().format(wanted);
            return true;
        }
        if (filesystem.get().sizeGb() < disk.get().sizeGb()) {
            disk.get().grow();
        }
        return filesystem.get().type().equals(wanted);
    }

    /** Whether the disk has this size by then. */
    boolean expand(String handle, long gib) {
        var found = disk(handle);
        try {
            if (found.isPresent() && found.get().sizeGb() < gib) {
                compute.resizeDisk(found.get().name(), gib);
            }
            return found.isPresent();
        } catch (ComputeException refused) {
            return false;
        }
    }

    /** Whether the disk is gone by then. */
    boolean deleteDisk(String handle) {
        try {
            disk(handle).ifPresent(disk -> compute.deleteDisk(disk.name()));
            return true;
        } catch (ComputeException refused) {
            return false;
        }
    }

    /** The server in a pod that has its disk. A first state is written where there is none. */
    Server start(JsonNode pod, String node, String handle) {
        var server = new Server(cluster, Objects.namespace(pod), Objects.uid(pod), node, handle,
                disk(handle).orElseThrow().files().resolve(".sky/state.db"));
        if (server.read().isEmpty()) {
            server.write("first state, of " + Objects.namespace(pod) + "/" + Objects.name(pod));
        }
        return server;
    }

    private Optional<DiskFolder> disk(String handle) {
        return DiskName.parse(handle).flatMap(google::disk);
    }

    private boolean holds(DiskName name, InstanceName machine) {
        return google.disk(name).filter(disk -> disk.users().contains(machine)).isPresent();
    }
}
