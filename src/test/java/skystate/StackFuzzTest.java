package skystate;

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
import skystate.config.AnyConfig;
import skystate.config.GivenConfig;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.VOLUME;

/** Whatever a config says, nothing is registered, or a server whose claim, volume and disk fit each other. */
class StackFuzzTest {

    @StatisticsReport(StatisticsReportMode.OFF)
    @Property(seed = "20261123", tries = 100, shrinking = ShrinkingMode.BOUNDED)
    void nothingIsRegisteredOrAllOfItFits(@ForAll("changes") List<Change> changes, @ForAll boolean preview) {
        var config = AnyConfig.changed(changes);
        var run = StackRun.given(preview).config(config).getDisk(StackRun.failing(id(config) + " not found")).run();
        if (run.result().exitCode() != 0) {
            assertEquals(List.of(), run.types(), run::refusal);
        } else {
            fits(run);
        }
        Statistics.label("run").collect(run.result().exitCode() == 0 ? "registered" : "refused")
                .coverage(seen -> Stream.of("registered", "refused")
                        .forEach(outcome -> seen.check(outcome).percentage(share -> share > 5)));
    }

    private static String id(GivenConfig config) {
        try {
            return config.read().state().id();
        } catch (RunException refused) {
            return "none";
        }
    }

    private static void fits(StackRun run) {
        var disk = run.inputs(DISK);
        var spec = (Map<?, ?>) run.inputs(VOLUME).get("spec");
        var release = run.inputs(RELEASE);
        var storage = (Map<?, ?>) ((Map<?, ?>) release.get("values")).get("storage");
        var size = ((Number) disk.get("size")).intValue() + "Gi";
        assertEquals(size, ((Map<?, ?>) spec.get("capacity")).get("storage"));
        assertEquals(size, storage.get("size"));
        assertEquals("projects/" + disk.get("project") + "/zones/" + disk.get("zone") + "/disks/" + disk.get("name"),
                ((Map<?, ?>) spec.get("csi")).get("volumeHandle"));
        assertEquals(Map.of("namespace", release.get("namespace"), "name", release.get("name") + "-state"),
                spec.get("claimRef"));
        assertEquals(true, storage.get("enabled"));
        assertTrue(run.request(DISK).getRetainOnDelete());
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return AnyConfig.changes();
    }
}
