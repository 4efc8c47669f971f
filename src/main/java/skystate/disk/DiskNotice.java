package skystate.disk;

import skystate.config.Settings.DiskSource;
import skystate.config.Settings;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;

import java.util.Optional;

/**
 * Says what a run does to the disk. The engine shows a disk that was referenced, and is owned from now on, as replaced.
 */
public final class DiskNotice {

    private DiskNotice() {
    }

    /** What will happen to the disk, where it differs from the last up. */
    public static Optional<String> change(Settings.Disk settings, Optional<ExistingDisk> existing, StackLabel owner,
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
}
