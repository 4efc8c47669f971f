package skystate;

import com.pulumi.exceptions.RunException;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.cluster.Cluster;
import rehearsal.cluster.ClusterSpec;
import rehearsal.cluster.TestCluster;
import skystate.cluster.ClusterLookup;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the program sees of a real control plane. */
class ClusterLookupIT {

    private static final ClusterSpec SPEC = new ClusterSpec("p", "sky", List.of("us-east5-b", "us-east5-c"), 1);

    @TempDir
    static Path home;

    @AutoClose
    private static TestCluster world;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException {
        NeedsTools.kubectl();
        world = TestCluster.start(home, SPEC);
        cluster = world.cluster();
    }

    @Test
    @DisplayName("each node's project, zone and machine, as its holder is called at Google")
    void nodes() {
        var found = look(file(SPEC.context()), "skypilot");

        assertEquals(List.of("us-east5-b", "us-east5-c"),
                found.nodes().stream().map(ClusterState.Node::zone).sorted().toList());
        found.nodes().forEach(node -> {
            assertEquals("p", node.project());
            assertTrue(node.id().startsWith("projects/p/zones/" + node.zone() + "/instances/gke-sky-"), node.id());
            assertTrue(found.runsOn(node.id()));
        });
        assertFalse(found.runsOn("projects/p/zones/us-east5-b/instances/another"));
    }

    @Test
    @DisplayName("the state's volume and the server's namespace, and whose they are")
    void volumeAndNamespace() {
        assertEquals(Optional.empty(), look(file(SPEC.context()), "there").volume());
        assertEquals(Optional.empty(), look(file(SPEC.context()), "there").namespace());

        cluster.client().namespaces()
                .resource(new NamespaceBuilder().withNewMetadata().withName("there").addToLabels("team", "research")
                        .endMetadata().build())
                .create();
        cluster.client().load(new ByteArrayInputStream("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: sky-api-server-pv, labels: {sky-api-server-stack: dev-12345678}}
                spec:
                  storageClassName: sky-api-server-pv-class
                  capacity: {storage: 10Gi}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Retain
                  claimRef: {namespace: there, name: sky-state}
                  csi: {driver: pd.csi.storage.gke.io, volumeHandle: projects/p/zones/us-east5-b/disks/d}
                """.getBytes(StandardCharsets.UTF_8))).create();

        var found = look(file(SPEC.context()), "there");
        assertEquals(StackRun.volume("dev-12345678", "projects/p/zones/us-east5-b/disks/d", "there/sky-state", false,
                false, true), found.volume().orElseThrow());
        assertEquals("research", found.namespace().orElseThrow().labels().get("team"));
    }

    @Test
    @DisplayName("the releases that Helm takes for being at work on, and no others")
    void unsettledReleases() {
        for (var revision : Map.of("sky", "deployed", "api", "pending-install", "old", "failed", "left", "uninstalling")
                .entrySet()) {
            cluster.client().secrets().inNamespace("default").resource(new SecretBuilder().withNewMetadata()
                    .withName("sh.helm.release.v1." + revision.getKey() + ".v1")
                    .withLabels(Map.of("owner", "helm", "name", revision.getKey(), "status", revision.getValue()))
                    .endMetadata().build()).create();
        }

        assertEquals(Map.of("api", "pending-install", "left", "uninstalling"),
                look(file(SPEC.context()), "default").pendingReleases());
        assertEquals(Map.of(), look(file(SPEC.context()), "skypilot").pendingReleases());
    }

    @Test
    @DisplayName("the releases that have a Deployment, or else a StatefulSet")
    void runningReleases() {
        assertEquals(Set.of(), running());
        workload("StatefulSet", "later", "serviceName: later");
        workload("StatefulSet", "by-hand", "serviceName: by-hand");
        assertEquals(Set.of("later"), running());
        workload("Deployment", "sky", "replicas: 0");
        workload("Deployment", "by-hand", "replicas: 0");
        assertEquals(Set.of("sky"), running());
    }

    private static Set<String> running() {
        return look(file(SPEC.context()), "kube-public").releasesWithWorkload();
    }

    private static void workload(String kind, String release, String spec) {
        cluster.client()
                .load(new ByteArrayInputStream("""
                apiVersion: apps/v1
                kind: %s
                metadata: {name: %s-api-server, namespace: kube-public, annotations: {%s: %2$s}}
                spec:
                  %s
                  selector: {matchLabels: {app: %2$s}}
                  template: {metadata: {labels: {app: %2$s}}, spec: {containers: [{name: main, image: none}]}}
                """
                        .formatted(kind, release,
                                release.equals("by-hand") ? "example.com/note" : "meta.helm.sh/release-name", spec)
                        .getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    @Test
    @DisplayName("a login that may not read nodes is told so, and its token to nobody")
    void forbidden() throws IOException {
        var account = cluster.client().serviceAccounts().inNamespace("default").resource(
                new ServiceAccountBuilder().withNewMetadata().withName("nobody").endMetadata().build());
        account.create();
        var asked = new TokenRequestBuilder().withNewSpec().endSpec().build();
        var token = account.tokenRequest(asked).getStatus().getToken();
        var kubeconfig = Files.readString(cluster.kubeconfig()).replaceFirst("token: .*", "token: " + token);
        var nobody = new ClusterSettings(Optional.of(kubeconfig), true, Optional.empty(), false, "");

        var refusal = assertThrows(RunException.class, () -> look(nobody, "skypilot")).getMessage();

        var words = "nodes is forbidden: User \"system:serviceaccount:default:nobody\" cannot list resource \"nodes\"";
        assertTrue(refusal.contains("nothing was changed: " + words), refusal);
        assertFalse(refusal.contains(token), refusal);
    }

    private static ClusterSettings file(String context) {
        return new ClusterSettings(Optional.of(cluster.kubeconfig().toString()), false, Optional.of(context), false,
                "");
    }

    private static ClusterState look(ClusterSettings cluster, String namespace) {
        return ClusterLookup.look(StackRun.settings(cluster, namespace));
    }
}
