package rehearsal.google;

import com.google.gson.JsonObject;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Compute Engine asks of a disk by its type (read in its documentation, not measured).
 *
 * @param name            as in {@code pd-balanced}
 * @param leastGb         GB of the smallest one
 * @param leastRegionalGb GB of the smallest one that is kept in two zones; 0 if there is no such one
 * @param defaultGb       GB where the request names no size
 * @param iops            what may be provisioned; empty if nothing may
 * @param throughput      MB/s that may be provisioned; empty if nothing may
 */
record DiskType(String name, long leastGb, long leastRegionalGb, long defaultGb, Optional<Range> iops,
                Optional<Range> throughput) {

    /** @param otherwise where the request names none */
    record Range(long least, long most, long otherwise) {
    }

    private static final long IOPS_PER_GB = 500;

    static Optional<DiskType> named(String name) {
        return Stream.of(
                new DiskType("pd-standard", 1, 200, 500, Optional.empty(), Optional.empty()),
                new DiskType("pd-balanced", 1, 10, 100, Optional.empty(), Optional.empty()),
                new DiskType("pd-ssd", 1, 10, 100, Optional.empty(), Optional.empty()),
                new DiskType("pd-extreme", 500, 0, 1000, Optional.of(new Range(2500, 120_000, 100_000)),
                        Optional.empty()),
                new DiskType("hyperdisk-balanced", 4, 0, 100, Optional.of(new Range(3000, 160_000, 3000)),
                        Optional.of(new Range(140, 2400, 140))))
                .filter(type -> type.name.equals(name)).findFirst();
    }

    /** Only these change once the disk is made. */
    boolean tunable() {
        return throughput.isPresent();
    }

    /** Refuses a size that there is none of. */
    void checkSize(long gb, boolean regional) {
        if (regional && leastRegionalGb == 0) {
            throw ApiError.invalid("resource.type", name,
                    "Disk type " + name + " is not supported for regional disks.");
        }
        var least = regional ? leastRegionalGb : leastGb;
        if (gb < least) {
            throw ApiError.invalid("resource.sizeGb", Long.toString(gb),
                    "Disk size cannot be smaller than " + least + " GB for disk type " + name + ".");
        }
    }

    /** Refuses what can't be provisioned, and fills in what is where the request names none. */
    void provision(JsonObject disk, long gb) {
        provision(disk, "provisionedIops", iops);
        provision(disk, "provisionedThroughput", throughput);
        if (tunable()) {
            var wanted = disk.get("provisionedIops").getAsLong();
            if (wanted > Math.max(3000, gb * IOPS_PER_GB)) {
                throw ApiError.invalid("resource.provisionedIops", Long.toString(wanted),
                        "At most " + IOPS_PER_GB + " IOPS per GB can be provisioned.");
            }
            var megabytes = disk.get("provisionedThroughput").getAsLong();
            if (megabytes > wanted / 4 || megabytes < wanted / 256) {
                throw ApiError.invalid("resource.provisionedThroughput", Long.toString(megabytes),
                        "Provisioned throughput must be between provisioned IOPS / 256 and provisioned IOPS / 4.");
            }
        }
    }

    private void provision(JsonObject disk, String field, Optional<Range> range) {
        if (range.isEmpty()) {
            if (disk.has(field)) {
                throw ApiError.invalid("resource." + field, Json.text(disk, field, ""),
                        "It can't be provisioned for disk type " + name + ".");
            }
            return;
        }
        var value = disk.has(field) ? disk.get(field).getAsLong() : range.get().otherwise();
        if (value < range.get().least() || value > range.get().most()) {
            throw ApiError.invalid("resource." + field, Long.toString(value),
                    "It must be from " + range.get().least() + " to " + range.get().most() + " for disk type " + name
                            + ".");
        }
        disk.addProperty(field, Long.toString(value));
    }
}
