package rehearsal.google;

import java.util.Optional;

/** Where a zonal persistent disk is. Its {@link #path} is the provider's id of it and a PersistentVolume's handle. */
public record DiskName(String project, String zone, String name) {

    /** The disk at {@code projects/P/zones/Z/disks/D}, or empty when the text isn't of exactly these six parts. */
    public static Optional<DiskName> parse(String path) {
        var part = path.split("/", -1);
        var fits = part.length == 6 && part[0].equals("projects") && part[2].equals("zones") && part[4].equals("disks")
                && !part[1].isEmpty() && !part[3].isEmpty() && !part[5].isEmpty();
        return fits ? Optional.of(new DiskName(part[1], part[3], part[5])) : Optional.empty();
    }

    /** {@code projects/P/zones/Z/disks/D}. */
    public String path() {
        return "projects/" + project + "/zones/" + zone + "/disks/" + name;
    }
}
