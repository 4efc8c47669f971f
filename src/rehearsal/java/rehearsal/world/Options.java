package rehearsal.world;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What of a world is real that is else stood in for.
 *
 * @param chart               folder of a real chart in place of our own
 * @param installedKubernetes whether the engine looks for the kubernetes plugin in the user's own PULUMI_HOME
 * @param installedGcp        whether it looks for the gcp plugin there
 */
public record Options(Optional<Path> chart, boolean installedKubernetes, boolean installedGcp) {

    /** Our own chart and stand-ins. */
    public static final Options STAND_INS = new Options(Optional.empty(), false, false);
}
