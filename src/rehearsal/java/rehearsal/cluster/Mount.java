package rehearsal.cluster;

/**
 * A pod that has what its server keeps its state on.
 *
 * @param namespace the pod's namespace
 * @param pod       the pod's name
 * @param uid       the pod's uid
 * @param node      the node that the pod is on
 * @param store     where the server keeps its state
 */
record Mount(String namespace, String pod, String uid, String node, StateStore store) {
}
