package rehearsal.google;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which regions Google has, and their zones. */
final class Catalog {

    /** Each region with the letters of its zones. */
    static final Map<String, String> REGIONS = regions();

    private Catalog() {
    }

    static List<String> zones() {
        return REGIONS.entrySet().stream().flatMap(region -> region.getValue().chars()
                .mapToObj(letter -> region.getKey() + "-" + (char) letter)).sorted().toList();
    }

    static String regionOf(String zone) {
        return zone.substring(0, Math.max(0, zone.lastIndexOf('-')));
    }

    /** The zones of a region; a zone's own is itself. */
    static List<String> zonesIn(String location) {
        return zones().stream().filter(zone -> zone.equals(location) || regionOf(zone).equals(location)).toList();
    }

    private static Map<String, String> regions() {
        var regions = new LinkedHashMap<String, String>();
        for (var name : List.of("africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2",
                "asia-northeast3",
                "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1",
                "australia-southeast2",
                "europe-central2", "europe-north1", "europe-southwest1", "europe-west2", "europe-west3", "europe-west4",
                "europe-west6", "europe-west8", "europe-west9", "europe-west12", "me-central1", "me-west1",
                "northamerica-northeast1",
                "southamerica-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3",
                "us-west4")) {
            regions.put(name, "abc");
        }
        regions.put("europe-west1", "bcd");
        regions.put("us-east1", "bcd");
        regions.put("us-central1", "abcf");
        return regions;
    }
}
