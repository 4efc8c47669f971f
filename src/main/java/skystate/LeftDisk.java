package skystate;

import com.pulumi.core.Output;
import com.pulumi.gcp.compute.Disk;
import com.pulumi.gcp.compute.RegionDisk;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;

import java.util.Map;

/**
 * The disk that the state was on before it was moved: read under the very URN of the managed one, which lets go of it. Left out instead, it would be
 * deleted if an {@code up} that failed had recorded that it may be, of which no output tells. The component stays for as long as the state is on no disk: gone
 * at the next {@code up}, it would be a change that nobody made.
 *
 * <p>Input: {@link Args}. No outputs.
 */
final class LeftDisk extends ComponentResource {

    /**
     * Which disk it is.
     *
     * @param id  {@code projects/P/zones/Z/disks/D} or {@code projects/P/regions/R/disks/D}
     * @param now whether it is let go of by this very {@code up}; later ones have no business with it
     */
    record Args(String id, boolean now) {
    }

    LeftDisk(String name, Args args, ComponentResourceOptions options) {
        super(StateDisk.TYPE, name, options);
        if (args.now()) {
            letGo(name, args.id());
        }
        registerOutputs(Map.of());
    }

    private void letGo(String name, String id) {
        var reading = CustomResourceOptions.builder().parent(this).build();
        if (id.split("/")[2].equals("regions")) {
            RegionDisk.get(name, Output.of(id), null, reading);
        } else {
            Disk.get(name, Output.of(id), null, reading);
        }
    }
}
