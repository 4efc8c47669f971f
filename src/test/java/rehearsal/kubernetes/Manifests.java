package rehearsal.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Inputs that the tests declare, as a program would. */
final class Manifests {

    /** A chart's template: a claim on the volume that the values name, and a ConfigMap that changes with the values. */
    static final String CLAIM_CHART = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata:
              name: {{ .Release.Name }}-state
              {{- with .Values.annotations }}
              annotations: {{ toJson . }}
              {{- end }}
            spec:
              accessModes: [ReadWriteOnce]
              storageClassName: facts-class
              volumeName: {{ .Values.volume }}
              resources: {requests: {storage: 1Gi}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "{{ .Release.Name }}-config"}
            data: {greeting: "{{ .Values.greeting }}"}
            """;

    /** A chart's template that is ready at once. */
    static final String CONFIG_CHART = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "{{ .Release.Name }}-config"}
            data: {greeting: "{{ .Values.greeting }}"}
            """;

    private Manifests() {
    }

    /** A Retain PersistentVolume that is kept for one claim in the default namespace. */
    static Map<String, Object> volume(String name, String claim) {
        return volume(name, Map.of("namespace", "default", "name", claim), "projects/p/zones/z/disks/" + name, "1Gi");
    }

    static Map<String, Object> volume(String name, Map<String, Object> claimRef, String handle, String size) {
        return Map.of(
                "apiVersion", "v1",
                "kind", "PersistentVolume",
                "metadata", Map.of("name", name),
                "spec", Map.of(
                        "storageClassName", "facts-class",
                        "capacity", Map.of("storage", size),
                        "accessModes", List.of("ReadWriteOnce"),
                        "persistentVolumeReclaimPolicy", "Retain",
                        "claimRef", claimRef,
                        "csi", Map.of("driver", "pd.csi.storage.gke.io", "volumeHandle", handle, "fsType", "ext4")));
    }

    static Map<String, Object> release(String name, Object chart, int timeout, Map<String, Object> values) {
        return new HashMap<>(Map.of("name", name, "chart", chart.toString(), "namespace", "default", "timeout", timeout,
                "values", values));
    }
}
