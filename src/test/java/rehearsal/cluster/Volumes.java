package rehearsal.cluster;

import com.google.gson.JsonObject;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import rehearsal.google.DiskName;
import rehearsal.google.Google;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Disks and volumes for tests, without Pulumi and Helm: one namespace for each, named like its disk. */
record Volumes(Google google) {

    /** Makes a blank disk of 10 GiB. */
    DiskName disk(String zone, String name) {
        var disk = new JsonObject();
        disk.addProperty("name", name);
        disk.addProperty("sizeGb", "10");
        google.console().insertDisk("p", zone, disk);
        return new DiskName("p", zone, name);
    }

    /** Makes namespace, PersistentVolume and bound claim for a disk, there or not. */
    static void volume(KubernetesClient client, DiskName disk) {
        namespace(client, disk);
        persistentVolume(client, disk, "state");
        client.load(stream("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata:
                  name: state
                  namespace: %1$s
                spec:
                  storageClassName: by-hand
                  volumeName: %1$s
                  accessModes: [ReadWriteOnce]
                  resources: {requests: {storage: 10Gi}}
                """.formatted(disk.name()))).create();
    }

    /** Makes the namespace that is named like the disk. */
    static void namespace(KubernetesClient client, DiskName disk) {
        client.namespaces()
                .resource(new NamespaceBuilder().withNewMetadata().withName(disk.name()).endMetadata().build())
                .create();
    }

    /** Makes the PersistentVolume of a disk, for a claim in the disk's namespace. */
    static void persistentVolume(KubernetesClient client, DiskName disk, String claim) {
        client.load(stream("""
                apiVersion: v1
                kind: PersistentVolume
                metadata:
                  name: %1$s
                spec:
                  storageClassName: by-hand
                  capacity: {storage: 10Gi}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Retain
                  claimRef: {namespace: %1$s, name: %4$s}
                  csi: {driver: pd.csi.storage.gke.io, volumeHandle: %2$s, fsType: ext4}
                  nodeAffinity:
                    required:
                      nodeSelectorTerms:
                      - matchExpressions:
                        - {key: topology.gke.io/zone, operator: In, values: [%3$s]}
                """.formatted(disk.name(), disk.path(), disk.location(), claim))).create();
    }

    /** Makes a pod that mounts the disk's claim. */
    static void pod(KubernetesClient client, DiskName disk, String furtherVolumes) {
        pod(client, disk, furtherVolumes, "server");
    }

    /** The same, of this image. */
    static void pod(KubernetesClient client, DiskName disk, String furtherVolumes, String image) {
        client.load(stream("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: server
                  namespace: %1$s
                spec:
                  containers:
                  - name: server
                    image: %3$s
                    volumeMounts:
                    - {name: state, mountPath: /root/.sky, subPath: .sky}
                  volumes:
                  - name: state
                    persistentVolumeClaim: {claimName: state}
                  %2$s
                """.formatted(disk.name(), furtherVolumes, image))).create();
    }

    static InputStream stream(String yaml) {
        return new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
    }
}
