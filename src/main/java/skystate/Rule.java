package skystate;

import skystate.config.ConfigSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A rule that keeps the state safe, or a secret secret, whatever the rest of this program and the values passed through
 * to the chart come to say. {@link RuleCheck} holds all that is registered to every rule, in every run.
 *
 * @param name  its name, as errors and tests have it
 * @param keeps what it keeps
 * @param types the types of resources that it is about; every type if empty
 * @param holds whether a resource keeps it
 */
record Rule(String name, String keeps, Set<String> types, BiPredicate<Registered, Run> holds) {

    /**
     * What a rule knows besides the resource.
     *
     * @param config the stack's config
     * @param before a resource of that type that was registered before
     */
    record Run(ConfigSource config, Function<String, Optional<Registered>> before) {

        /** The stack's disk, zonal or regional, if it was registered before. */
        Optional<Registered> disk() {
            return before.apply(DISK).or(() -> before.apply(REGION_DISK));
        }
    }

    private static final String DISK = "gcp:compute/disk:Disk";
    private static final String SCHEDULE = "gcp:compute/resourcePolicy:ResourcePolicy";
    private static final String ATTACHMENT = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment";
    private static final String REGION_ATTACHMENT = "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment";
    private static final String REGION_DISK = "gcp:compute/regionDisk:RegionDisk";
    private static final String VOLUME = "kubernetes:core/v1:PersistentVolume";
    private static final String STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
    private static final String SECRET = "kubernetes:core/v1:Secret";
    private static final String RELEASE = "kubernetes:helm.sh/v3:Release";

    /** Every rule. */
    static final List<Rule> ALL = List.of(
            new Rule("disk-kept", "destroy keeps the disk, unless deleteDisk names it", Set.of(DISK, REGION_DISK), (disk, run) ->
                    disk.retained() || run.config().names("deleteDisk", disk.text("name"))),
            new Rule("disk-never-replaced", "nothing is changed for which the provider would replace the disk (facts: G2)", Set.of(DISK, REGION_DISK), (disk, run) ->
                    disk.ignored().containsAll(List.of("description", "type", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "physicalBlockSizeBytes"))
                            && (disk.type().equals(REGION_DISK) ? disk.ignored().containsAll(List.of("region", "replicaZones"))
                                    : disk.ignored().containsAll(List.of("zone", "image", "resourcePolicies", "enableConfidentialCompute", "provisionedIops")))),
            new Rule("snapshots-go-on", "destroy keeps the disk's snapshot schedule, as it keeps the disk: another stack may have both by then", Set.of(SCHEDULE, ATTACHMENT, REGION_ATTACHMENT), (schedule, run) ->
                    schedule.retained() || run.disk().filter(disk -> run.config().names("deleteDisk", disk.text("name"))).isPresent()),
            new Rule("volume-retained", "the disk stays when the claim goes", Set.of(VOLUME), (volume, run) ->
                    volume.is("Retain", "spec", "persistentVolumeReclaimPolicy")),
            new Rule("no-blank-disk", "no claim is ever given a blank disk", Set.of(STORAGE_CLASS), (storageClass, run) ->
                    storageClass.is("kubernetes.io/no-provisioner", "provisioner")),
            new Rule("volume-fits-disk", "the volume is no larger than the disk", Set.of(VOLUME), (volume, run) ->
                    run.disk().map(disk -> fits(volume.text("spec", "capacity", "storage"), disk.text("size") + "Gi")).orElse(true)),
            new Rule("volume-for-one-claim", "no other claim can take the volume", Set.of(VOLUME), (volume, run) ->
                    !volume.text("spec", "claimRef", "namespace").isEmpty() && !volume.text("spec", "claimRef", "name").isEmpty()),
            new Rule("state-on-volume", "the server's state is on the volume, or in the database if the config says so", Set.of(RELEASE), (release, run) ->
                    run.config().names("persistence", "database") ? isInDatabase(release) : run.before().apply(VOLUME).filter(volume -> takes(release, volume)).isPresent()),
            new Rule("one-writer", "one server at a time writes to the volume", Set.of(RELEASE), (release, run) ->
                    release.is("false", "values", "storage", "enabled") || release.is("ReadWriteOnce", "values", "storage", "accessMode")
                            && Set.of("", "0", "1").contains(release.text("values", "apiService", "replicas"))
                            && Set.of("", "Recreate").containsAll(List.of(release.text("values", "upgradeStrategy"), release.text("values", "apiService", "upgradeStrategy")))),
            new Rule("secret-data", "what a Secret holds is a secret in the state", Set.of(SECRET), (secret, run) ->
                    !secret.isPlain("data") && !secret.isPlain("stringData")),
            new Rule("no-plain-secret", "no secret of the config is in plain text in the state", Set.of(), (resource, run) ->
                    run.config().secretTexts().stream().noneMatch(resource.plain()::contains)));

    private static final Pattern GIB = Pattern.compile("(\\d+)Gi");

    /** Whether a resource breaks it. */
    boolean isBroken(Registered resource, Run run) {
        return (types.isEmpty() || types.contains(resource.type())) && !holds.test(resource, run);
    }

    /** Whether the claim of the release, and no other, takes the volume, and has the state. */
    private static boolean takes(Registered release, Registered volume) {
        return release.is("true", "values", "storage", "enabled")
                && release.is(volume.text("metadata", "name"), "values", "storage", "volumeName")
                && release.is(volume.text("spec", "storageClassName"), "values", "storage", "storageClassName")
                && fits(release.text("values", "storage", "size"), volume.text("spec", "capacity", "storage"))
                && release.is("", "values", "fullnameOverride")
                && release.is("", "values", "apiService", "dbConnectionSecretName")
                && release.is("", "values", "apiService", "dbConnectionString")
                && volume.is(release.text("namespace"), "spec", "claimRef", "namespace")
                && volume.is(release.text("name") + "-state", "spec", "claimRef", "name");
    }

    /** Whether the server is told of a database, and the chart takes it: beside one it refuses a config. */
    private static boolean isInDatabase(Registered release) {
        return release.is("false", "values", "storage", "enabled")
                && !release.text("values", "apiService", "dbConnectionSecretName").isEmpty()
                && release.is("", "values", "apiService", "dbConnectionString")
                && release.is("", "values", "apiService", "config");
    }

    /** Whether one size is no larger than another; both in GiB, since a 10Gi claim never binds to a 10G volume. */
    private static boolean fits(String size, String in) {
        var inner = GIB.matcher(size);
        var outer = GIB.matcher(in);
        return inner.matches() && outer.matches() && Integer.parseInt(inner.group(1)) <= Integer.parseInt(outer.group(1));
    }
}
