package rehearsal.gcp;

import rehearsal.google.ComputeException;
import rehearsal.google.DiskName;
import rehearsal.google.ResourcePolicyName;
import rehearsal.provider.Wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment}, and
 * {@code regionDiskResourcePolicyAttachment}: a disk's snapshot schedule, which is replaced for any difference (read in
 * the provider's source).
 */
final class DiskResourcePolicyAttachment implements ResourceKind {

    private final Settings settings;
    /** What errors call it. */
    private final String word;
    /** The property that says where the disk is. */
    private final String place;

    DiskResourcePolicyAttachment(Settings settings, DiskKind kind) {
        this.settings = settings;
        this.word = kind.word() + "ResourcePolicyAttachment";
        this.place = kind.place();
    }

    @Override
    public Checked check(String name, Map<String, Object> oldInputs, Map<String, Object> inputs) {
        return ResourcePolicy.check(inputs, Set.of("disk", "name", "project", place));
    }

    @Override
    public Difference diff(Map<String, Object> oldInputs, Map<String, Object> state, Map<String, Object> inputs,
                           List<String> ignored) {
        return new Difference(
                ResourcePolicy.changes(List.of("disk", "name"), List.of("project", place), oldInputs, state, inputs,
                        ignored),
                inputs.getOrDefault("name", "").equals(state.get("name")));
    }

    @Override
    public Map<String, Object> previewCreate(Map<String, Object> inputs) {
        var planned = new LinkedHashMap<String, Object>();
        for (var key : List.of("id", "project", place)) {
            planned.put(key, Wire.UNKNOWN);
        }
        planned.putAll(inputs);
        planned.remove("__defaults");
        return planned;
    }

    @Override
    public Made create(Map<String, Object> inputs) {
        var disk = new DiskName(
                ResourcePolicy.text(inputs, "project").or(settings::project).orElseThrow(() -> missing("project")),
                ResourcePolicy.text(inputs, place).or(place.equals("zone") ? settings::zone : settings::region)
                        .orElseThrow(() -> missing(place)),
                ResourcePolicy.text(inputs, "disk").orElseThrow(() -> missing("disk")));
        var name = ResourcePolicy.text(inputs, "name").orElseThrow(() -> missing("name"));
        Disk.attempt("Error creating " + word + ": ",
                "Error waiting to create " + word + ": Error waiting for Creating " + word + ": ",
                () -> settings.compute().attachPolicy(disk, policy(disk, name)));
        return new Made(id(disk, name),
                read(disk, name).orElseThrow(() -> new ProviderException(name + " was attached and is not")));
    }

    @Override
    public Optional<Found> refresh(String id, Map<String, Object> oldInputs, Map<String, Object> state) {
        return find(id).map(found -> new Found(found.id(), oldInputs, found.outputs()));
    }

    @Override
    public Optional<Found> find(String id) {
        var part = id.replaceFirst("^projects/([^/]+)/" + place + "s/([^/]+)/disks/", "$1/$2/").split("/", -1);
        if (part.length != 4) {
            throw new ProviderException(
                    "Import id \"" + id + "\" doesn't match any of the accepted formats that are rehearsed:"
                            + " projects/PROJECT/" + place + "s/" + place + "/disks/DISK/NAME, PROJECT/" + place
                            + "/DISK/NAME");
        }
        var disk = new DiskName(part[0], part[1], part[2]);
        return read(disk, part[3]).map(outputs -> new Found(id(disk, part[3]),
                Map.of("disk", disk.name(), "name", part[3], "__defaults", List.of()), outputs));
    }

    @Override
    public void delete(Map<String, Object> state) {
        var disk = new DiskName(state.get("project").toString(), state.get(place).toString(),
                state.get("disk").toString());
        ResourcePolicy.deleteUnlessGone("Error when reading or editing " + word + ": ",
                "Error waiting for Deleting " + word + ": ",
                () -> settings.compute().detachPolicy(disk, policy(disk, state.get("name").toString())));
    }

    /** The outputs, if the disk has this policy. */
    private Optional<Map<String, Object>> read(DiskName disk, String name) {
        try {
            return settings.compute().findDisk(disk)
                    .filter(found -> DiskResource.policies(found).stream()
                            .anyMatch(link -> DiskResource.last(link).equals(name)))
                    .map(found -> Map.of("id", id(disk, name), "disk", disk.name(), "name", name, "project",
                            disk.project(), place, disk.location()));
        } catch (ComputeException e) {
            throw new ProviderException(
                    "Error when reading or editing Compute" + word + " \"" + id(disk, name) + "\": " + e.getMessage(),
                    e);
        }
    }

    private static String id(DiskName disk, String name) {
        return String.join("/", disk.project(), disk.location(), disk.name(), name);
    }

    /** A policy is told by its name alone: it is in the disk's region. */
    private static ResourcePolicyName policy(DiskName disk, String name) {
        return new ResourcePolicyName(disk.project(), disk.region(), name);
    }

    private static ProviderException missing(String key) {
        return new ProviderException(key + ": required field is not set");
    }
}
