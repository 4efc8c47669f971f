package rehearsal.cluster;

import java.nio.file.Path;
import java.util.Map;

/**
 * A pod that has what its server keeps its state on.
 *
 * @param namespace the pod's namespace
 * @param pod       the pod's name
 * @param uid       the pod's uid
 * @param node      the node that the pod is on
 * @param store     where the server keeps its state
 * @param folders   the folders of the disk by where the pod's container sees each
 */
record Mount(String namespace, String pod, String uid, String node, StateStore store, Map<String, Path> folders) {
}
