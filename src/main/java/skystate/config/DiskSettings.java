package skystate.config;

import org.apache.commons.codec.digest.DigestUtils;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The persistent disk that keeps the state. One with a replica zone is regional.
 *
 * @param kmsKey                path of the Cloud KMS key that encrypts it; Google's own key if empty
 * @param snapshot              path of the snapshot to restore
 * @param allowBlankReplacement whether a blank disk may replace a lost one: only if the user named this very disk
 * @param deleteOnDestroy       whether {@code pulumi destroy} deletes the disk: only if the user named this very disk
 * @param snapshotDays          for how many days daily snapshots are kept; 0: this stack schedules none
 */
public record DiskSettings(String project, String zone, Optional<String> replicaZone, String name, int sizeGib,
                           String type,
                           Optional<String> kmsKey, DiskSource source, Optional<String> snapshot,
                           boolean allowBlankReplacement,
                           boolean deleteOnDestroy, int snapshotDays)
        implements Persistence {

    /** Google's CSI driver for persistent disks. */
    public static final String DRIVER = "pd.csi.storage.gke.io";
    /** The maximum of Compute Engine. */
    private static final int LONGEST_NAME = 63;

    /** The disk's id for Google, Pulumi and the CSI driver, which all spell it in this way (facts: G6, G7). */
    @Override
    public String id() {
        return regional() ? regionalId(project, region(), name) : zonalId(project, zone, name);
    }

    /** Whether it has a replica in a second zone. */
    public boolean regional() {
        return replicaZone.isPresent();
    }

    /** The region of its zone. */
    public String region() {
        return region(zone);
    }

    /** The region of any zone. */
    static String region(String zone) {
        return zone.replaceFirst("-[^-]*$", "");
    }

    /** Its region if it is regional, else its zone. */
    public String location() {
        return regional() ? region() : zone;
    }

    /** Its zones, sorted, so that it doesn't matter which is the replica's. The server runs only in these. */
    public List<String> zones() {
        return Stream.concat(Stream.of(zone), replicaZone.stream()).sorted().toList();
    }

    /** The gcloud options for its project and location. */
    public String gcloudPlace() {
        return gcloudPlace(id());
    }

    /** The gcloud options for the project and location of any disk's id. */
    public static String gcloudPlace(String id) {
        var part = id.split("/");
        return "--project " + part[1] + (part[2].equals("regions") ? " --region " : " --zone ") + part[3];
    }

    @Override
    public String named() {
        return "The disk " + id();
    }

    @Override
    public String word() {
        return "disk";
    }

    @Override
    public String driver() {
        return DRIVER;
    }

    @Override
    public String handle() {
        return id();
    }

    @Override
    public Map<String, List<String>> topology() {
        return Map.of("topology.gke.io/zone", zones());
    }

    /** The id of a zonal disk. */
    public static String zonalId(String project, String zone, String name) {
        return "projects/" + project + "/zones/" + zone + "/disks/" + name;
    }

    /** The id of a regional disk. */
    public static String regionalId(String project, String region, String name) {
        return "projects/" + project + "/regions/" + region + "/disks/" + name;
    }

    /** The command that lists the snapshots of a disk, the newest first. */
    public static String listSnapshots(String project, String disk) {
        return "gcloud compute snapshots list --project " + project + " --filter='sourceDisk~/disks/" + disk
                + "$' --sort-by='~creationTimestamp'";
    }

    /** Name of the snapshot schedule. It doesn't depend on the stack, as the schedule goes with the disk. */
    public String scheduleName() {
        var whole = name + "-" + location() + "-daily";
        return whole.length() <= LONGEST_NAME ? whole
                : whole.substring(0, LONGEST_NAME - 9) + "-" + DigestUtils.sha256Hex(whole).substring(0, 8);
    }

    /** Id of the snapshot schedule, as Google and Pulumi spell it. */
    public String scheduleId() {
        return "projects/" + project + "/regions/" + region() + "/resourcePolicies/" + scheduleName();
    }

    /** Pulumi's id of the schedule's attachment to the disk. */
    public String attachmentId() {
        return String.join("/", project, location(), name, scheduleName());
    }

    /** The size in Gi, not G: a 10Gi claim never binds to a 10G volume. */
    public String quantity() {
        return sizeGib + "Gi";
    }
}
