package skystate.config;

import com.pulumi.exceptions.RunException;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;
import net.jqwik.api.statistics.StatisticsReport;
import skystate.config.AnyConfig.Change;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whatever a config says, it is refused with an error that names its key, or gives settings that are in order. */
class ConfigFuzzTest {

    private static final Pattern DNS_LABEL = Pattern.compile("(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_SUBDOMAIN = Pattern.compile("(?=.{1,253}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?");

    /** With another seed, and {@code -Djqwik.tries.default=10000}, it goes where it hasn't been. */
    @StatisticsReport(StatisticsReportMode.OFF)
    @Property(seed = "20261123", shrinking = ShrinkingMode.BOUNDED)
    void configIsRefusedByNameOrInOrder(@ForAll("changes") List<Change> changes) {
        var config = AnyConfig.changed(changes);
        try {
            var settings = SettingsReader.read(config.source(), Path.of(""));
            inOrder(settings);
            Statistics.label("config").collect("in order");
        } catch (RunException refused) {
            var message = refused.getMessage();
            assertTrue(
                    changes.stream().anyMatch(change -> message.contains("  " + change.key()))
                            || companions(changes).anyMatch(key -> message.contains("  " + key)),
                    () -> changes + " is refused without its name:\n" + message);
            Statistics.label("config").collect("refused");
            changes.stream().filter(Change::secret).flatMap(change -> change.value().stream())

                    .filter(value -> value.length() > 7 && !AnyConfig.isCommon(value)
                            && config.values().entrySet().stream()
                                    .noneMatch(entry -> !config.secrets().contains(entry.getKey())
                                            && entry.getValue().contains(value)))
                    .forEach(value -> assertFalse(message.contains(value), () -> "a secret is told:\n" + message));
        }
        Statistics.label("config").coverage(seen -> Stream.of("in order", "refused")
                .forEach(outcome -> seen.check(outcome).percentage(share -> share > 5)));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return AnyConfig.changes();
    }

    /** A key that is in order may not go with another that was changed; then the other one is named. */
    private static Stream<String> companions(List<Change> changes) {
        var related = Map.of("disk", List.of("snapshot", "blankDisk", "deleteDisk"), "diskName",
                List.of("blankDisk", "deleteDisk"), "chart", List.of("chartVersion"),
                "cluster", List.of("context", "kubeconfig"), "kubeconfig", List.of("context"), "authHash",
                List.of("authPassword"), "values", List.of("authPassword", "authHash"),
                "zone", List.of("cluster"));
        return changes.stream().flatMap(change -> related.getOrDefault(change.key(), List.of()).stream());
    }

    private static void inOrder(Settings settings) {
        if (settings.state() instanceof DiskSettings disk) {
            assertTrue(disk.id().matches("projects/[^/\\s]+/(zones|regions)/[^/\\s]+/disks/[^/\\s]+"), disk::id);
            assertTrue(disk.sizeGib() >= 10 && disk.sizeGib() <= 65536, disk::quantity);
            assertTrue(DNS_LABEL.matcher(disk.name()).matches(), disk::name);
        }
        var server = settings.server();
        assertTrue(DNS_LABEL.matcher(server.namespace()).matches(), server::namespace);
        assertTrue(DNS_LABEL.matcher(server.release()).matches() && server.release().length() <= 53, server::release);
        assertTrue(DNS_LABEL.matcher(server.claim()).matches(), server::claim);
        server.credentials().keys().forEach(
                key -> assertTrue(DNS_SUBDOMAIN.matcher(key.secretName(server.release())).matches(), key::toString));
    }
}
