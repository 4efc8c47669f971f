package rehearsal.cluster;

import rehearsal.google.DiskName;
import rehearsal.google.InstanceName;

import java.nio.file.Path;

/**
 * A persistent disk in a pod.
 *
 * @param namespace the pod's namespace
 * @param pod       the pod's name
 * @param uid       the pod's uid
 * @param node      the machine that the pod is on
 * @param disk      the disk
 * @param sky       the folder on the disk that the pod sees as {@code /root/.sky}, or the one of that name at the
 *                  disk's root if the pod mounts it elsewhere
 */
record Mount(String namespace, String pod, String uid, InstanceName node, DiskName disk, Path sky) {
}
