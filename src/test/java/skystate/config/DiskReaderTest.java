package skystate.config;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What goes together of a disk's zones and key. */
class DiskReaderTest {

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
    void regionalDiskIsAskedForWhereTheProviderAsks() {
        assertEquals("https://compute.googleapis.com/compute/v1/", GivenConfig.complete().read().computeEndpoint());
        for (var endpoint : List.of("http://127.0.0.1:1/compute/v1", "http://127.0.0.1:1/compute/v1/")) {
            assertEquals("http://127.0.0.1:1/compute/v1/",
                    GivenConfig.complete().with("gcp:computeCustomEndpoint", endpoint).read().computeEndpoint());
        }
    }

    private static DiskSettings disk(GivenConfig config) {
        return (DiskSettings) config.read().state();
    }
}
