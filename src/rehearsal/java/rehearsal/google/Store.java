package rehearsal.google;

import com.google.gson.JsonObject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

/**
 * Everything Google knows, as files below one folder, read anew at each question:
 * {@code projects/P/zones/Z/disks/D/disk.json} (of a regional disk {@code regions/R}) and
 * {@code projects/P/global/snapshots/S/snapshot.json} (the filesystem beside each),
 * {@code projects/P/zones/Z/instances/I/instance.json} and {@code projects/P/regions/R/resourcePolicies/N/policy.json}.
 */
final class Store {

    private static final Pattern PROJECT = Pattern.compile("[a-z][-a-z0-9]*");

    private final Path home;

    Store(Path home) {
        this.home = home;
    }

    Path folder(String path) {
        return home.resolve(path);
    }

    Path diskFile(DiskName disk) {
        return folder(disk.path()).resolve("disk.json");
    }

    Path instanceFile(InstanceName instance) {
        return folder(instance.path()).resolve("instance.json");
    }

    Path snapshotFile(SnapshotName snapshot) {
        return folder(snapshot.path()).resolve("snapshot.json");
    }

    Path policyFile(ResourcePolicyName policy) {
        return folder(policy.path()).resolve("policy.json");
    }

    /** The projects that exist. */
    List<String> projects() {
        return names("projects");
    }

    List<DiskName> disks(String project, String location) {
        return names(new DiskName(project, location, "").place() + "/disks").stream()
                .map(name -> new DiskName(project, location, name)).toList();
    }

    List<InstanceName> instances(String project, String zone) {
        return names("projects/" + project + "/zones/" + zone + "/instances").stream()
                .map(name -> new InstanceName(project, zone, name)).toList();
    }

    List<SnapshotName> snapshots(String project) {
        return names("projects/" + project + "/global/snapshots").stream().map(name -> new SnapshotName(project, name))
                .toList();
    }

    boolean hasProject(String project) {
        return PROJECT.matcher(project).matches() && Files.isDirectory(folder("projects/" + project));
    }

    Optional<JsonObject> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Json.object(Files.readString(file))) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what the rehearsal's Google keeps in " + file, e);
        }
    }

    /** Writes the whole file at once, so that whoever is killed meanwhile leaves the old or the new one. */
    void write(Path file, JsonObject resource) {
        try {
            Files.createDirectories(file.getParent());
            var next = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(next, Json.GSON.toJson(resource));
            Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write what the rehearsal's Google keeps in " + file, e);
        }
    }

    /** Copies the filesystem of one disk or snapshot, if it has one, to another. */
    void copyFilesystem(Path from, Path to) {
        try (var files = Files.walk(from)) {
            Files.createDirectories(to);
            for (var file : files.filter(file -> from.relativize(file).startsWith("filesystem")
                    || file.equals(from.resolve("filesystem.json"))).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy the filesystem in " + from, e);
        }
    }

    /** Deletes a folder and all that is in it. */
    void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete what the rehearsal's Google keeps in " + folder, e);
        }
    }

    private List<String> names(String path) {
        var folder = folder(path);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list what the rehearsal's Google keeps in " + folder, e);
        }
    }
}
