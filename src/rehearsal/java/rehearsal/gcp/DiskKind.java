package rehearsal.gcp;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two kinds of disk that the provider knows. What is said of the regional one in com.pulumi:gcp 7.0.0 is read in
 * its SDK and in the provider's sources, and not measured.
 *
 * @param word     what errors call it
 * @param place    the property that says where it is
 * @param keyField what a disk's encryption key is named by
 * @param inputs   the properties that a program may set
 * @param computed the properties that only the API knows before the disk is made
 */
record DiskKind(String word, String place, String keyField, Set<String> inputs, List<String> computed) {

    private static final List<String> SHARED =
            List.of("asyncPrimaryDisk", "description", "diskEncryptionKey", "guestOsFeatures", "interface", "labels",
                    "licenses", "name", "physicalBlockSizeBytes", "project", "size", "snapshot", "sourceDisk",
                    "sourceSnapshotEncryptionKey", "type");
    private static final List<String> SHARED_COMPUTED =
            List.of("creationTimestamp", "guestOsFeatures", "labelFingerprint", "lastAttachTimestamp",
                    "lastDetachTimestamp", "licenses", "physicalBlockSizeBytes", "selfLink", "size", "sourceDiskId",
                    "sourceSnapshotId", "users");

    static final DiskKind ZONAL = new DiskKind("Disk", "zone", "kmsKeySelfLink",
            with(SHARED, "enableConfidentialCompute", "image", "multiWriter", "provisionedIops",
                    "provisionedThroughput", "resourcePolicies",
                    "sourceImageEncryptionKey", "zone").collect(Collectors.toSet()),
            with(SHARED_COMPUTED, "enableConfidentialCompute", "provisionedIops", "provisionedThroughput",
                    "resourcePolicies", "sourceImageId", "zone").toList());

    static final DiskKind REGIONAL = new DiskKind("RegionDisk", "region", "kmsKeyName",
            with(SHARED, "region", "replicaZones").collect(Collectors.toSet()),
            with(SHARED_COMPUTED, "region").toList());

    private static Stream<String> with(List<String> shared, String... more) {
        return Stream.concat(shared.stream(), Stream.of(more));
    }
}
