package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetSnapshotPlainArgs;
import skystate.config.Settings;


/** Looks at the snapshot that a disk is to be made from, at preview too and before anything is registered. */
final class SnapshotLookup {

    private SnapshotLookup() {
    }

    /**
     * Refuses a snapshot that no disk as the config describes it can be made from.
     *
     * @param settings the disk's settings; those without a snapshot are fit
     * @throws RunException if there is no such snapshot, or the disk would be smaller
     */
    static void refuseUnlessFit(Settings.Disk settings) {
        settings.snapshot().ifPresent(path -> {
            var project = path.split("/")[1];
            var snapshot = new GoogleQuestion("snapshot " + path, "gcloud compute snapshots describe " + DiskLookup.shortName(path) + " --project " + project)
                    .answer(ComputeFunctions.getSnapshotPlain(GetSnapshotPlainArgs.builder().project(project).name(DiskLookup.shortName(path)).build(), PluginVersions.invoke(PluginVersions.GCP)));
            // For a snapshot that is missing the provider answers nothing, and tells no error.
            if (snapshot.selfLink() == null || snapshot.selfLink().isEmpty()) {
                throw new RunException("There is no snapshot " + path + " to restore; nothing was changed.\n  " + Settings.Disk.listSnapshots(project, settings.name())
                        + "\nlists the snapshots of the disk.\n  pulumi config set snapshot NAME");
            }
            if (snapshot.diskSizeGb() > settings.sizeGib()) {
                throw new RunException("The snapshot " + path + " is of a disk of " + snapshot.diskSizeGb() + " GiB, and diskSize says "
                        + settings.sizeGib() + "; nothing was changed.\n  pulumi config set diskSize " + snapshot.diskSizeGb());
            }
        });
    }
}
