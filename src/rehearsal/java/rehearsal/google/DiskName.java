package rehearsal.google;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a persistent disk is. Its {@link #path} is the provider's id of it and a PersistentVolume's handle.
 *
 * @param location its zone, or the region of a disk that is kept in two zones
 */
public record DiskName(String project, String location, String name) {

    private static final Pattern REGION = Pattern.compile("[a-z]+-[a-z]+\\d+");

    /**
     * The disk at {@code projects/P/zones/Z/disks/D} or {@code projects/P/regions/R/disks/D}, or empty when the text
     * isn't of exactly these six parts.
     */
    public static Optional<DiskName> parse(String path) {
        var part = path.split("/", -1);
        if (part.length != 6 || part[1].isEmpty() || part[3].isEmpty() || part[5].isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DiskName(part[1], part[3], part[5])).filter(disk -> disk.path().equals(path));
    }

    /** Whether it is kept in two zones. */
    public boolean regional() {
        return REGION.matcher(location).matches();
    }

    /** Its region, which is its zone's unless it is in two. */
    public String region() {
        return regional() ? location : Catalog.regionOf(location);
    }

    /** {@code projects/P/zones/Z} or {@code projects/P/regions/R}. */
    public String place() {
        return "projects/" + project + (regional() ? "/regions/" : "/zones/") + location;
    }

    /** {@link #place}{@code /disks/D}. */
    public String path() {
        return place() + "/disks/" + name;
    }
}
