package rehearsal.google;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Google offers everywhere alike: regions, their zones, disk types. */
final class Catalog {

    /** Each region with the letters of its zones. */
    static final Map<String, String> REGIONS = regions();
    static final Set<String> DISK_TYPES = Set.of("pd-standard", "pd-balanced", "pd-ssd", "pd-extreme", "hyperdisk-balanced");

    private Catalog() {
    }

    static List<String> zones() {
        return REGIONS.entrySet().stream().flatMap(region -> region.getValue().chars()
                .mapToObj(letter -> region.getKey() + "-" + (char) letter)).sorted().toList();
    }

    static String regionOf(String zone) {
        return zone.substring(0, Math.max(0, zone.lastIndexOf('-')));
    }

    /** GB that a disk gets where the request names no size. */
    static long defaultSize(String diskType) {
        return diskType.equals("pd-standard") ? 500 : 100;
    }

    private static Map<String, String> regions() {
        var regions = new LinkedHashMap<String, String>();
        for (var name : List.of("africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3",
                "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2",
                "europe-central2", "europe-north1", "europe-southwest1", "europe-west2", "europe-west3", "europe-west4",
                "europe-west6", "europe-west8", "europe-west9", "europe-west12", "me-central1", "me-west1", "northamerica-northeast1",
                "southamerica-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4")) {
            regions.put(name, "abc");
        }
        regions.put("europe-west1", "bcd");
        regions.put("us-east1", "bcd");
        regions.put("us-central1", "abcf");
        return regions;
    }
}
