package skystate.disk;

import com.github.zafarkhaja.semver.Version;
import skystate.config.ChartSettings;
import skystate.config.DiskSettings;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The newest chart that wrote the state, as a label on the disk: it outlives cluster and Pulumi state. A newer server
 * migrates an older state; an older server may fail on a newer one.
 */
public final class ChartLabel {

    /** Key of the label. Its value is the version with _ for each dot, which a label doesn't take. */
    public static final String KEY = "sky-api-server-chart";

    private static final int MAX_LENGTH = 63;

    private ChartLabel() {
    }

    /**
     * The disk's labels with this one. It stays as the disk has it unless a newer chart is to be installed, so that
     * only the config changes it.
     *
     * @param labels the other labels
     * @param chart  the chart
     * @param onDisk the label's value on the disk
     */
    public static Map<String, String> add(Map<String, String> labels, ChartSettings chart, Optional<String> onDisk) {
        var all = new HashMap<>(labels);
        var known = chart.known().map(ChartLabel::write).filter(value -> value.length() <= MAX_LENGTH);
        (older(chart, onDisk) ? onDisk : known.or(() -> onDisk)).ifPresent(value -> all.put(KEY, value));
        return all;
    }

    /** The label's value on a disk. */
    public static Optional<String> of(Optional<ExistingDisk> disk) {
        return disk.map(its -> its.labels().get(KEY));
    }

    /** What to tell the user about a chart that is older than the one that wrote the state. */
    public static Optional<String> warning(DiskSettings disk, ChartSettings chart, Optional<String> onDisk) {
        if (!older(chart, onDisk)) {
            return Optional.empty();
        }
        var wrote = onDisk.flatMap(ChartLabel::read).orElseThrow();
        return Optional.of("A server of chart version " + wrote + " wrote the state on the disk " + disk.id()
                + ", and this one is "
                + chart.known().orElseThrow() + ". No server converts a state to an older version: this server may fail"
                + " on it, or lose what it doesn't know. To recover with the version that wrote it:\n"
                + (chart.repository().isPresent() ? "  pulumi config set chartVersion " + wrote
                        : "  pulumi config set chart FOLDER    # one that holds chart version " + wrote + " or later"));
    }

    private static boolean older(ChartSettings chart, Optional<String> onDisk) {
        return chart.known().map(ChartLabel::write).flatMap(ChartLabel::read)
                .flatMap(known -> onDisk.flatMap(ChartLabel::read).map(known::isLowerThan)).orElse(false);
    }

    private static String write(Version version) {
        return version.toString().replaceFirst("[+].*", "").toLowerCase(Locale.ROOT).replace('.', '_');
    }

    /** Empty for a label that somebody else wrote. */
    private static Optional<Version> read(String label) {
        return Version.tryParse(label.replace('_', '.'));
    }
}
