package skystate.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What goes together of a disk's type, size, performance, zones, key and labels. */
class DiskReaderTest {

    @ParameterizedTest(name = "{0} of {1} GiB, {2} IOPS, {3} MiB/s")
    @CsvSource(delimiter = '|', value = {
            "hyperdisk-balanced | 10   | 2999   | ''   | diskIops = 2999: it is a whole number of IOPS, from 3000 to 160000 | diskIops 3000",
            "hyperdisk-balanced | 1000 | 160001 | ''   | diskIops = 160001: it is a whole number of IOPS | diskIops 3000",
            "hyperdisk-balanced | 10   | 5001   | ''   | at most 500 IOPS per GiB, and diskSize says 10 | diskIops 5000",
            "hyperdisk-balanced | 10   | ''     | 139  | diskThroughput = 139: it is a whole number of MiB per second, from 140 to 2400 | diskThroughput 140",
            "hyperdisk-balanced | 10   | ''     | 2401 | diskThroughput = 2401 | diskThroughput 140",
            "hyperdisk-balanced | 10   | 4000   | 1001 | with diskIops 4000 it is from 140 to 1000 | diskThroughput 140",
            "hyperdisk-balanced | 400  | 160000 | 624  | with diskIops 160000 it is from 625 to 2400 | diskThroughput 625",
            "pd-extreme         | 500  | 2499   | ''   | from 2500 to 120000 | diskIops 2500",
            "pd-extreme         | 499  | 5000   | ''   | has 500 GiB or more | diskSize 500"})
    void performanceThatGoogleDoesNotHaveIsRefused(String type, String size, String iops, String throughput, String why, String fix) {
        var refusal = given(type, size, iops, throughput).refusal();
        assertTrue(refusal.contains(why) && refusal.contains("\n      pulumi config set " + fix), refusal);
        assertTrue(refusal.startsWith("The stack's config has a problem;"), refusal);
    }

    @ParameterizedTest(name = "{0} of {1} GiB, {2} IOPS, {3} MiB/s")
    @CsvSource({"pd-extreme, 500, '', 140, diskThroughput", "pd-ssd, 10, 3000, '', diskIops"})
    void whatATypeHasNotCanNotBeSet(String type, String size, String iops, String throughput, String key) {
        var refusal = given(type, size, iops, throughput).refusal();
        assertTrue(refusal.contains("of a disk of type " + type + " it can't be set\n      pulumi config rm " + key), refusal);
    }

    @ParameterizedTest(name = "{0} of {1} GiB, {2} IOPS, {3} MiB/s")
    @CsvSource({"hyperdisk-balanced, 10, 5000, 1250", "hyperdisk-balanced, 10, 3000, 140", "hyperdisk-balanced, 10, '', 2400", "hyperdisk-balanced, 320, 160000, 2400",
            "pd-extreme, 500, 120000, ''", "pd-extreme, 65536, '', ''"})
    void performanceAtTheEdgeIsTaken(String type, String size, String iops, String throughput) {
        var disk = disk(given(type, size, iops, throughput));
        assertEquals(new Settings.Performance(number(iops), number(throughput)), disk.performance());
    }

    @ParameterizedTest(name = "{0} of {1} GiB in two zones")
    @CsvSource(delimiter = '|', value = {
            "pd-standard        | 199 | a disk of type pd-standard with a replicaZone has 200 GiB or more | diskSize 200",
            "pd-extreme         | 500 | a disk with a replicaZone is one of pd-balanced, pd-ssd, pd-standard | diskType pd-balanced",
            "hyperdisk-balanced | 10  | a disk with a replicaZone is one of pd-balanced, pd-ssd, pd-standard | diskType pd-balanced"})
    void notEveryDiskCanBeInTwoZones(String type, String size, String why, String fix) {
        var refusal = given(type, size, "", "").with("replicaZone", "us-east5-c").refusal();
        assertTrue(refusal.contains(why) && refusal.contains("pulumi config set " + fix), refusal);
        assertTrue(refusal.startsWith("The stack's config has a problem;"), refusal);
        given("pd-standard", "200", "", "").with("replicaZone", "us-east5-c").read();
    }

    @Test
    void whichOfTwoZonesIsTheReplicaMakesNoDifference() {
        var one = disk(GivenConfig.complete().with("replicaZone", "us-east5-a"));
        var other = disk(GivenConfig.complete().with("zone", "us-east5-a").with("replicaZone", "us-east5-b"));
        assertEquals("projects/my-project/regions/us-east5/disks/sky-api-server-state", one.id());
        assertEquals(one.id(), other.id());
        assertEquals(one.topology(), other.topology());
        assertEquals(Map.of("topology.gke.io/zone", List.of("us-east5-a", "us-east5-b")), one.topology());
    }

    @Test
    void diskThatIsNotOwnedIsNotChanged() {
        var refusal = given("hyperdisk-balanced", "10", "3000", "140").with("disk", "reference").refusal();
        for (var key : List.of("diskIops", "diskThroughput")) {
            assertTrue(refusal.contains("pulumi config rm " + key), refusal);
        }
        assertTrue(refusal.startsWith("The stack's config has 2 problems"), refusal);
    }

    @Test
    void regionalDiskIsAskedForWhereTheProviderAsks() {
        assertEquals("https://compute.googleapis.com/compute/v1/", GivenConfig.complete().read().computeEndpoint());
        for (var endpoint : List.of("http://127.0.0.1:1/compute/v1", "http://127.0.0.1:1/compute/v1/")) {
            assertEquals("http://127.0.0.1:1/compute/v1/", GivenConfig.complete().with("gcp:computeCustomEndpoint", endpoint).read().computeEndpoint());
        }
    }

    @Test
    void pageOnTheDiskHasEachTypeWithItsLimits() throws IOException {
        var page = Files.readString(Path.of("docs/disk.md"));
        for (var type : DiskType.values()) {
            var row = page.lines().filter(line -> line.startsWith("| `") && line.split("\\|")[1].contains("`" + type.word() + "`") && line.contains(" to 65536")).findFirst()
                    .orElseThrow(() -> new AssertionError(type.word()));
            assertTrue(row.contains("| " + type.leastGib(false) + " to 65536 |"), row);
            assertEquals(type.canBeRegional(), row.contains("| " + type.leastGib(true) + " to 65536 | |"), row);
            type.iops().ifPresent(range -> assertTrue(row.contains("| " + range.least() + " to " + range.most()), row));
            type.throughput().ifPresent(range -> assertTrue(row.contains("| " + range.least() + " to " + range.most()), row));
        }
        for (var key : List.of("diskType", "replicaZone", "diskIops", "diskThroughput", "diskKmsKey")) {
            assertTrue(page.contains("\n| `" + key + "` |"), key);
        }
    }

    private static Settings.Disk disk(GivenConfig config) {
        return (Settings.Disk) config.read().state();
    }

    private static GivenConfig given(String type, String size, String iops, String throughput) {
        return GivenConfig.complete().with("diskType", type).with("diskSize", size).with("diskIops", iops).with("diskThroughput", throughput);
    }

    private static Optional<Integer> number(String text) {
        return Optional.ofNullable(text).filter(given -> !given.isEmpty()).map(Integer::valueOf);
    }
}
