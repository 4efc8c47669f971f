package skystate.disk;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetSnapshotPlainArgs;
import skystate.config.DiskSettings;
import skystate.engine.PluginVersions;

/** Looks at the snapshot that a disk is to be made from, at preview too and before anything is registered. */
public final class SnapshotLookup {

    private SnapshotLookup() {
    }

    /**
     * Refuses a snapshot from which the disk can't be made.
     *
     * @param disk the disk's settings; without a snapshot nothing is asked
     * @throws RunException if there is no such snapshot, or the disk would be smaller than it
     */
    public static void refuseUnlessFit(DiskSettings disk) {
        disk.snapshot().ifPresent(path -> {
            var project = path.split("/")[1];
            var name = DiskLookup.shortName(path);
            var snapshot = new GoogleRequest("snapshot " + path,
                    "gcloud compute snapshots describe " + name + " --project " + project)
                    .answer(ComputeFunctions.getSnapshotPlain(
                            GetSnapshotPlainArgs.builder().project(project).name(name).build(),
                            PluginVersions.invoke(PluginVersions.GCP)));
            // The provider reports no error for a snapshot that is missing.
            if (snapshot.selfLink() == null || snapshot.selfLink().isEmpty()) {
                throw new RunException("There is no snapshot " + path + " to restore; nothing was changed.\n  "
                        + DiskSettings.listSnapshots(project, disk.name())
                        + "\nlists the snapshots of the disk.\n  pulumi config set snapshot NAME");
            }
            if (snapshot.diskSizeGb() > disk.sizeGib()) {
                throw new RunException("The snapshot " + path + " is of a disk of " + snapshot.diskSizeGb()
                        + " GiB, and diskSize says " + disk.sizeGib()
                        + "; nothing was changed.\n  pulumi config set diskSize " + snapshot.diskSizeGb());
            }
        });
    }
}
