package skystate.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An existing CSI volume, which this stack uses without owning it.
 *
 * @param driver   name of the CSI driver, as in ebs.csi.aws.com
 * @param handle   the driver's volumeHandle
 * @param fsType   its filesystem; the driver makes it on a blank volume
 * @param topology node labels, each with its allowed values
 * @param sizeGib  size in GiB of the volume, the PersistentVolume and the claim
 */
public record Volume(String driver, String handle, String fsType, Map<String, List<String>> topology, int sizeGib)
        implements Persistence {

    private static final Predicate<String> DRIVER =
            ConfigReader.pattern("[a-zA-Z0-9]([-.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");
    private static final String LABEL = "[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?";
    private static final Predicate<String> LABEL_KEY =
            ConfigReader.pattern("([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?" + LABEL);
    private static final int MAX_GIB = 65536;

    /** Reads and checks the key {@code volume}. */
    static Volume read(ConfigReader reader) {
        var parts = reader.object("volume", List.of("driver", "handle", "fsType", "topology", "size"));
        var driver = reader.text("volume.driver", DRIVER,
                "it must be the name of a CSI driver, as `kubectl get csidrivers` lists it", "ebs.csi.aws.com");
        if (driver.equals(DiskSettings.DRIVER)) {
            reader.reject("volume.driver", "GCP persistent disks are checked before they are used:"
                    + " use persistence disk with disk reference",
                    "pulumi config rm volume &&"
                            + " pulumi config set-all --plaintext persistence=disk --plaintext disk=reference");
        }
        var handle = reader.text("volume.handle", ConfigReader.pattern("\\S{1,1024}"),
                "it must be the driver's volumeHandle of the volume", "vol-0123456789abcdef0");
        var fsType = reader.get("volume.fsType").isEmpty() ? "ext4" : reader.text("volume.fsType",
                ConfigReader.pattern("[a-z0-9]{1,16}"), "it must be the type of the volume's filesystem", "ext4");
        return new Volume(driver, handle, fsType, topology(reader, parts.get("topology")),
                reader.integer("volume.size", 1, MAX_GIB, "GiB", "10"));
    }

    private static Map<String, List<String>> topology(ConfigReader reader, Object given) {
        var topology = new TreeMap<String, List<String>>();
        if (given instanceof Map<?, ?> labels) {
            labels.forEach((key, value) -> topology.put(key.toString(), values(value)));
        }
        var isValid = topology.entrySet().stream().allMatch(label -> LABEL_KEY.test(label.getKey())
                && !label.getValue().isEmpty() && label.getValue().stream().allMatch(value -> value.matches(LABEL)));
        if (given != null && !(given instanceof Map) || !isValid) {
            reader.reject("volume.topology", "it must have keys of node labels, each with a value or a list of values:"
                    + " the nodes that can use the volume",
                    "pulumi config rm --path volume.topology && "
                            + "pulumi config set --path 'volume.topology[\"topology.kubernetes.io/zone\"]' ZONE");
        }
        return topology;
    }

    private static List<String> values(Object value) {
        return (value instanceof List<?> list ? list.stream() : Stream.ofNullable(value))
                .map(each -> each == null || each instanceof Map || each instanceof List ? "" : Json.text(each))
                .toList();
    }

    @Override
    public String id() {
        return driver + "/" + handle;
    }

    @Override
    public String named() {
        return "The volume " + handle;
    }

    @Override
    public String word() {
        return handle;
    }

    /** The size as Kubernetes writes it. */
    public String quantity() {
        return sizeGib + "Gi";
    }
}
