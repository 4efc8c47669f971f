package skystate.disk;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.ComputeFunctions;
import com.pulumi.gcp.compute.inputs.GetDiskPlainArgs;
import skystate.config.DiskSettings;
import skystate.engine.PluginVersions;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Asks Google about the disk, at preview too and before anything is registered. {@code DiskCheck} judges the answer.
 */
public final class DiskLookup {

    private DiskLookup() {
    }

    /**
     * Asks Google about a disk. The returned supplier waits for the answer: the disk, or empty if there is none.
     *
     * @param id       {@code projects/P/zones/Z/disks/D} or {@code projects/P/regions/R/disks/D}
     * @param endpoint URL of Compute Engine's REST API, with a slash at its end
     * @param token    Google's access token, which a regional disk is asked for with
     */
    public static Supplier<Optional<ExistingDisk>> ask(String id, String endpoint, CompletableFuture<String> token) {
        var request = request(id);
        var part = id.split("/");
        if (part[2].equals("regions")) {
            return () -> ComputeApi.ask(id, endpoint, token, request);
        }
        var answer = ComputeFunctions.getDiskPlain(
                GetDiskPlainArgs.builder().project(part[1]).zone(part[3]).name(part[5]).build(),
                PluginVersions.invoke(PluginVersions.GCP));
        return () -> request.find(id + " not found", answer).map(ExistingDisk::of);
    }

    private static GoogleRequest request(String id) {
        return new GoogleRequest("disk " + id, describe(id));
    }

    private static String describe(String id) {
        return "gcloud compute disks describe " + shortName(id) + " " + DiskSettings.gcloudPlace(id);
    }

    /**
     * What Google has of the disk after a run has failed. The engine has ended by then, so the provider can't be asked.
     *
     * @param token Google's access token
     */
    public static String seen(DiskSettings settings, String endpoint, CompletableFuture<String> token) {
        var id = settings.id();
        try {
            return ComputeApi.ask(id, endpoint, token, request(id))
                    .map(disk -> "Google has the disk " + id + ": " + disk.sizeGib() + " GiB, attached to "
                            + (disk.users().isEmpty() ? "no machine." : String.join(", ", disk.users()) + "."))
                    .orElse("Google has no disk " + id + ". Snapshots of it may still exist:\n  "
                            + DiskSettings.listSnapshots(settings.project(), settings.name()));
        } catch (RunException unanswered) {
            return unseen(id);
        }
    }

    /** How to look where Google did not answer. */
    public static String unseen(String id) {
        return "Google did not answer about the disk " + id + ". See what it has:\n  " + describe(id);
    }

    /** The path in one of Google's URLs: projects/... */
    public static String path(String url) {
        return url.replaceFirst(".*/projects/", "projects/");
    }

    /** The last part of one of Google's URLs or paths. */
    public static String shortName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
