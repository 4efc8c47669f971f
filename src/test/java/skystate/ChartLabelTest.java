package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK;
import static skystate.StackRun.OWN_LABEL;

/** What the disk's label tells of the chart that wrote the state. */
class ChartLabelTest {

    @ParameterizedTest
    @CsvSource({
            "1.2.3, 1_2_3", "v1.2.3, 1_2_3", "1.0.0-dev20261101, 1_0_0-dev20261101", "1.2.3+build.5, 1_2_3",
            "1.2.3-RC.1, 1_2_3-rc_1"})
    void pinnedVersionIsKeptAsALabelMayBeSpelled(String version, String label) {
        assertEquals(label, label(run("", version)));
    }

    @ParameterizedTest
    @CsvSource({"1_2_2, 1.2.3, 1_2_3", "1_2_3, 1.2.2, 1_2_3", "1_2_9, 1.2.10, 1_2_10",
            "1_2_3-dev20261101, 1.2.3, 1_2_3", "1_2_3, 1.2.3-dev20261101, 1_2_3",
            "not-a-version, 1.0.0, 1_0_0"})
    void labelKeepsTheNewest(String onDisk, String version, String kept) {
        var run = run(onDisk, version);
        assertEquals(kept, label(run));
        assertEquals(kept, label(run(kept, version)), "the next preview changes nothing");
    }

    /** The newest of a repository is known only once it is installed. */
    @Test
    void labelStaysAsItIsWithoutAPinnedVersion() {
        assertEquals("1_2_3", label(run("1_2_3", "")));
        assertEquals("none", label(run("", "")));
    }

    @ParameterizedTest
    @CsvSource({"1_2_3, 1.2.2", "1_2_3, 1.2.3-dev20261101", "1_2_3-dev20261102, 1.2.3-dev20261101",
            "1_2_3-rc_2, 1.2.3-RC.1"})
    void olderChartIsWarnedOfWithBothVersionsAndTheLineThatHelps(String onDisk, String version) {
        var warnings = run(onDisk, version).warned();
        assertEquals(1, warnings.size());
        var wrote = onDisk.replace('_', '.');
        assertTrue(warnings.get(0)
                .contains("A server of chart version " + wrote + " wrote the state on the disk " + StackRun.DISK_ID
                        + ", and this one is " + version),
                warnings::toString);
        assertTrue(warnings.get(0).contains("  pulumi config set chartVersion " + wrote), warnings::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3", "1.2.3+build", "1.2.4-dev1", "2.0.0", ""})
    void sameOrNewerChartIsNotWarnedOf(String version) {
        assertEquals(List.of(), run("1_2_3", version).warned());
    }

    @Test
    void chartInAFolderTellsItsVersion(@TempDir Path chart) throws IOException {
        Files.writeString(chart.resolve("Chart.yaml"),
                "apiVersion: v2\ndependencies:\n- name: ingress-nginx\n  version: 9.9.9\nversion: \"1.2.2\" # ours\n");
        var run = given("1_2_3").with("chart", chart.toString()).run();
        assertEquals("1_2_3", label(run));
        assertTrue(run.warned().get(0)
                .contains("pulumi config set chart FOLDER    # one that holds chart version 1.2.3 or later"));
        assertEquals("1_2_2", label(given("").with("chart", chart.toString()).run()));
    }

    private static StackRun run(String onDisk, String version) {
        return (version.isEmpty() ? given(onDisk) : given(onDisk).with("chartVersion", version)).run();
    }

    private static StackRun.Given given(String onDisk) {
        var labels = new HashMap<>(OWN_LABEL);
        if (!onDisk.isEmpty()) {
            labels.put("sky-api-server-chart", onDisk);
        }
        return StackRun.given(true).getDisk(StackRun.disk(10, "pd-balanced", labels));
    }

    private static String label(StackRun run) {
        assertEquals(List.of(), run.result().errors());
        return String.valueOf(((Map<?, ?>) run.inputs(DISK).get("labels")).get("sky-api-server-chart")).replace("null",
                "none");
    }
}
