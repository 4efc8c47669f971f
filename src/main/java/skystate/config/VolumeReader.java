package skystate.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the key {@code volume}: a volume that exists already under any CSI driver. */
final class VolumeReader {

    private static final List<String> WORDS = List.of("driver", "handle", "fsType", "topology", "size");
    /** A CSI driver's name: a domain name of up to 63 characters. */
    private static final Pattern DRIVER = Pattern.compile("[a-zA-Z0-9]([-.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");
    private static final Pattern FS_TYPE = Pattern.compile("[a-z0-9]{1,16}");
    /** A label's key: a name, which a domain name and a slash may precede; and its value. */
    private static final Pattern LABEL_KEY = Pattern.compile("([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?");
    private static final int MAX_GIB = 65536;

    private VolumeReader() {
    }

    /** Reads and checks it. */
    static Volume read(Keys keys) {
        var parts = Parts.of(keys, "volume", WORDS);
        var driver = parts.required("driver", DRIVER.asMatchPredicate(), "the name of a CSI driver, as `kubectl get csidrivers` lists it", "ebs.csi.aws.com");
        if (driver.equals(Settings.Disk.DRIVER)) {
            keys.bad("volume.driver", driver, "a persistent disk of Google's is looked at before it is used: use it by persistence disk, and disk reference",
                    "pulumi config rm volume && pulumi config set-all --plaintext persistence=disk --plaintext disk=reference");
        }
        return new Volume(driver,
                parts.required("handle", text -> text.matches("\\S{1,1024}"), "what the driver knows the volume by, its volumeHandle", "vol-0123456789abcdef0"),
                parts.matching("fsType", "ext4", FS_TYPE.asMatchPredicate(), "the type of the filesystem on it, as in ext4"),
                topology(parts), size(parts));
    }

    private static int size(Parts parts) {
        var text = parts.required("size", size -> size.matches("\\d{1,5}") && Integer.parseInt(size) >= 1 && Integer.parseInt(size) <= MAX_GIB,
                "the volume's size, a whole number of GiB from 1 to " + MAX_GIB + ", without a unit", "10");
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    private static Map<String, List<String>> topology(Parts parts) {
        var topology = new TreeMap<String, List<String>>();
        var given = parts.given().get("topology");
        if (given instanceof JsonObject labels) {
            labels.asMap().forEach((key, value) -> topology.put(key, values(value)));
        }
        if (given != null && !(given instanceof JsonObject) || !topology.entrySet().stream().allMatch(label -> LABEL_KEY.matcher(label.getKey()).matches()
                && !label.getValue().isEmpty() && label.getValue().stream().allMatch(value -> LABEL_VALUE.matcher(value).matches()))) {
            parts.keys().bad("volume.topology", String.valueOf(given), "it has keys of node labels, and for each a value or a list of values: where the volume can be used",
                    "pulumi config rm --path volume.topology && pulumi config set --path 'volume.topology[\"topology.kubernetes.io/zone\"]' ZONE");
        }
        return topology;
    }

    private static List<String> values(JsonElement value) {
        return (value instanceof JsonArray list ? list.asList().stream() : Stream.of(value))
                .map(each -> each instanceof JsonPrimitive text ? text.getAsString() : "").toList();
    }
}
