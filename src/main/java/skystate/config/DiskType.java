package skystate.config;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The types of disk that a server's state can be on, each with Google's limits. The types that are missing are for bulk reads, for
 * many machines at once, or for more than any API server asks of its disk.
 */
public enum DiskType {
    PD_BALANCED(10, 10, null, null),
    PD_SSD(10, 10, null, null),
    PD_STANDARD(10, 200, null, null),
    PD_EXTREME(500, 0, new Range(2500, 120_000), null),
    HYPERDISK_BALANCED(10, 0, new Range(3000, 160_000), new Range(140, 2400));

    /** IOPS of a hyperdisk per GiB. */
    static final int HYPERDISK_IOPS_PER_GIB = 500;

    /** From and to, both included. */
    record Range(int least, int most) {
    }

    private final int leastGib;
    private final int leastRegionalGib;
    private final Range iops;
    private final Range throughput;

    /**
     * @param leastGib         GiB of the smallest that makes sense here
     * @param leastRegionalGib the same in two zones; 0 if it can't be in two
     * @param iops             what may be provisioned; null if nothing may
     * @param throughput       MiB/s that may be provisioned; null if nothing may
     */
    DiskType(int leastGib, int leastRegionalGib, Range iops, Range throughput) {
        this.leastGib = leastGib;
        this.leastRegionalGib = leastRegionalGib;
        this.iops = iops;
        this.throughput = throughput;
    }

    /** The word for it in the config, and at Google. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether what is provisioned can change once the disk is made: the provider would replace a disk of another type for it (facts: G2). */
    public boolean tunable() {
        return throughput != null;
    }

    int leastGib(boolean regional) {
        return regional ? leastRegionalGib : leastGib;
    }

    boolean canBeRegional() {
        return leastRegionalGib > 0;
    }

    Optional<Range> iops() {
        return Optional.ofNullable(iops);
    }

    Optional<Range> throughput() {
        return Optional.ofNullable(throughput);
    }

    static Optional<DiskType> named(String word) {
        return Stream.of(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    /** All of them, as a message lists them. */
    static String words(boolean regional) {
        return Stream.of(values()).filter(type -> !regional || type.canBeRegional()).map(DiskType::word).collect(Collectors.joining(", "));
    }
}
