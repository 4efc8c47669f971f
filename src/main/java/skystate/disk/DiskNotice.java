package skystate.disk;

import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says what a run does to the disk. The engine shows a disk that was referenced, and is owned from now on, as replaced.
 */
public final class DiskNotice {

    private DiskNotice() {
    }

    /** What will happen to the disk, where it differs from the last up. */
    public static Optional<String> change(DiskSettings settings, Optional<ExistingDisk> existing, StackLabel owner,
                                          PreviousOutputs last) {
        var disk = "The disk " + settings.id();
        if (existing.isEmpty()) {
            return Optional.of(disk + " is made"
                    + settings.snapshot().map(path -> " from the snapshot " + path + ".").orElse(", blank."));
        }
        if (settings.source() == DiskSource.REFERENCE) {
            return last.referenced() ? Optional.empty() : Optional.of(disk + " is used as it is. From now on this stack"
                    + " does not own it: it never labels, resizes or deletes it.");
        }
        return last.referenced() || !owner.is(existing.get().owner()) ? Optional.of(disk
                + " stays with the state on it, and this stack owns it from now on."
                + (last.referenced() ? " Only its entry in the Pulumi state is replaced." : "")) : Optional.empty();
    }

    /** The message if the config names another disk than the stack has. */
    public static String anotherDisk(String actual, DiskSettings configured) {
        var id = actual.split("/");
        return """
                The config names another disk than this stack has; nothing was changed.
                  this stack's disk: %s
                  the config's disk: %s
                The state would stay on the old disk. Set gcp:project, zone, replicaZone and diskName back%s
                To move on purpose, once `pulumi stack output onDestroy` says that the disk is kept:
                  pulumi destroy
                  gcloud compute disks snapshot %s %s --snapshot-names NAME
                  pulumi config set-all --plaintext disk=restore --plaintext \
                  snapshot=projects/%s/global/snapshots/NAME \
                && pulumi up
                """.formatted(actual, configured.id(), back(id, configured), id[5], DiskSettings.gcloudPlace(actual),
                id[1]);
    }

    /** The line that sets the config back. The id of a disk in two zones doesn't tell them. */
    private static String back(String[] actual, DiskSettings configured) {
        if (configured.regional() || !actual[2].equals("zones")) {
            return ".";
        }
        var now = configured.id().split("/");
        return new TreeMap<>(Map.of(1, "gcp:project", 3, "zone", 5, "diskName")).entrySet().stream()
                .filter(part -> !actual[part.getKey()].equals(now[part.getKey()]))
                .map(part -> "pulumi config set " + part.getValue() + " " + actual[part.getKey()])
                .collect(Collectors.joining(" && ", ":\n  ", ""));
    }
}
