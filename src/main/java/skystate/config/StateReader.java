package skystate.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads where the state is: on a disk, unless {@code persistence} says otherwise. The keys of the other places are refused then. */
final class StateReader {

    private static final List<String> KINDS = List.of("disk", "volume", "database");

    private final Keys keys;
    private final Path folder;
    private final String kind;

    private StateReader(Keys keys, Path folder) {
        this.keys = keys;
        this.folder = folder;
        this.kind = keys.matching("persistence", "disk", KINDS::contains, "it is disk (a persistent disk of Google's), volume (one that exists already under any CSI driver)"
                + " or database (a PostgreSQL, and no disk)");
    }

    /**
     * Reads and checks it.
     *
     * @param folder the project's folder, which has the stacks' config files
     */
    static State read(Keys keys, Path folder) {
        var reader = new StateReader(keys, folder);
        var others = new TreeMap<>(Map.of("volume", "{}", "database", "{}"));
        others.remove(reader.kind);
        if (reader.kind.equals("volume") || reader.kind.equals("database")) {
            others.putAll(DiskReader.DEFAULTS);
        }
        reader.refuse(others);
        return switch (reader.kind) {
            case "volume" -> VolumeReader.read(keys);
            case "database" -> DatabaseReader.read(keys, folder);
            default -> DiskReader.read(keys);
        };
    }

    /** The engine hands over what Pulumi.yaml has for a key as if the user had set it. */
    private void refuse(Map<String, String> defaults) {
        defaults.forEach((key, otherwise) -> keys.source().get(key).filter(value -> !value.equals(otherwise)).ifPresent(value ->
                keys.bad(key, value.startsWith("{") ? "" : value, "persistence is " + kind + ", and it would mean nothing",
                        KINDS.contains(key) && !key.equals("disk") ? "pulumi config set persistence " + key + "    # or pulumi config rm " + key : "pulumi config rm " + key)));
    }
}
