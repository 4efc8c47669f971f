package rehearsal.gcp;

import rehearsal.google.ComputeException;
import rehearsal.google.DiskName;

import java.util.Map;
import java.util.Optional;

/** {@code gcp:compute/getDisk:getDisk}, an invoke that runs in previews too (facts: G9). */
final class GetDisk {

    private GetDisk() {
    }

    static Map<String, Object> invoke(Settings settings, Map<String, Object> arguments) {
        var disk = new DiskName(argument(arguments, "project", settings.project()),
                DiskResource.last(argument(arguments, "zone", settings.zone())),
                argument(arguments, "name", Optional.empty()));
        try {
            return settings.compute().findDisk(disk).map(found -> DiskResource.answer(disk, found))
                    .orElseThrow(() -> new ProviderException(disk.path() + " not found"));
        } catch (ComputeException e) {
            throw new ProviderException(
                    "Error when reading or editing ComputeDisk \"" + disk.path() + "\": " + e.getMessage(), e);
        }
    }

    private static String argument(Map<String, Object> arguments, String key, Optional<String> otherwise) {
        return arguments.get(key) instanceof String text && !text.isEmpty() ? text
                : otherwise.orElseThrow(() -> new ProviderException(key + ": required field is not set"));
    }
}
