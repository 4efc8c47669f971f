package skystate;

import com.pulumi.exceptions.RunException;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.cluster.Cluster;
import rehearsal.cluster.ClusterSpec;
import rehearsal.google.Google;
import skystate.config.Settings;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static Google google;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException {
        var tools = NeedsTools.get();
        google = Google.start(home.resolve("google"), "p");
        cluster = Cluster.start(tools, google, home.resolve("cluster"), SPEC);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (google != null) {
            google.close();
        }
    }

    @Test
    @DisplayName("each node's project, zone and machine, as its holder is called at Google")
    void nodes() {
        var found = look(file(SPEC.context()), "skypilot");

        assertEquals(List.of("us-east5-b", "us-east5-c"), found.nodes().stream().map(ClusterState.Machine::zone).sorted().toList());
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

        cluster.client().namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("there").addToLabels("team", "research")
                .endMetadata().build()).create();
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
        assertEquals(StackRun.volume("dev-12345678", "projects/p/zones/us-east5-b/disks/d", "there/sky-state", false, false, true), found.volume().orElseThrow());
        assertEquals("research", found.namespace().orElseThrow().labels().get("team"));
    }

    @Test
    @DisplayName("the releases that Helm takes for being at work on, and no others")
    void unsettledReleases() {
        for (var revision : Map.of("sky", "deployed", "api", "pending-install", "old", "failed", "left", "uninstalling").entrySet()) {
            cluster.client().secrets().inNamespace("default").resource(new SecretBuilder().withNewMetadata()
                    .withName("sh.helm.release.v1." + revision.getKey() + ".v1")
                    .withLabels(Map.of("owner", "helm", "name", revision.getKey(), "status", revision.getValue())).endMetadata().build()).create();
        }

        assertEquals(Map.of("api", "pending-install", "left", "uninstalling"), look(file(SPEC.context()), "default").unsettled());
        assertEquals(Map.of(), look(file(SPEC.context()), "skypilot").unsettled());
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
        return look(file(SPEC.context()), "kube-public").running();
    }

    private static void workload(String kind, String release, String spec) {
        cluster.client().load(new ByteArrayInputStream("""
                apiVersion: apps/v1
                kind: %s
                metadata: {name: %s-api-server, namespace: kube-public, annotations: {%s: %2$s}}
                spec:
                  %s
                  selector: {matchLabels: {app: %2$s}}
                  template: {metadata: {labels: {app: %2$s}}, spec: {containers: [{name: main, image: none}]}}
                """.formatted(kind, release, release.equals("by-hand") ? "example.com/note" : "meta.helm.sh/release-name", spec).getBytes(StandardCharsets.UTF_8))).create();
    }

    @Test
    @DisplayName("the contents of a kubeconfig serve as well as its path, with their own current context or another")
    void contents() throws IOException {
        var contents = Files.readString(cluster.kubeconfig());
        assertEquals(2, look(contents(contents, Optional.empty()), "skypilot").nodes().size());
        assertEquals(2, look(contents(contents, Optional.of(SPEC.context())), "skypilot").nodes().size());

        var config = Serialization.unmarshal(contents, Config.class);
        config.setCurrentContext(null);
        var noneIsCurrent = Serialization.asYaml(config);
        assertEquals(2, look(contents(noneIsCurrent, Optional.of(SPEC.context())), "skypilot").nodes().size());
        assertEquals("There is no context in the kubeconfig; nothing was changed.", refusal(contents(noneIsCurrent, Optional.empty())).lines().findFirst().orElse(""));
    }

    @Test
    @DisplayName("a kubeconfig may name a plugin that logs in, as that of a GKE cluster does; what it fails to give is a refused login")
    void plugin() throws IOException {
        for (var token : List.of(google.token(), "expired")) {
            var plugin = home.resolve("plugin-" + token);
            Files.writeString(plugin, "#!/bin/sh\necho '{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1beta1\","
                    + " \"status\": {\"token\": \"" + token + "\"}}'\n");
            assertTrue(plugin.toFile().setExecutable(true));
        }
        assertEquals(2, look(byPlugin(google.token()), "skypilot").nodes().size());
        assertTrue(refusal(byPlugin("expired")).contains("could not be asked, so nothing was changed: "));
    }

    private static Settings.Cluster byPlugin(String name) {
        try {
            return contents(Files.readString(cluster.kubeconfig()).replaceFirst("token: .*",
                    "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: " + home.resolve("plugin-" + name) + "}"), Optional.of(SPEC.context()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    @DisplayName("a context that isn't there is refused, whatever context is current")
    void missingContext() {
        var refusal = refusal(file("gke_p_us-east5-b_gone"));
        assertTrue(refusal.startsWith("There is no context gke_p_us-east5-b_gone in the kubeconfig; nothing was changed."), refusal);
        assertTrue(refusal.contains("kubectl config get-contexts"), refusal);
    }

    @Test
    @DisplayName("a cluster that is gone is refused, with what could not be checked")
    void unreachable() throws IOException {
        var dead = Files.writeString(home.resolve("dead"), Files.readString(cluster.kubeconfig()).replaceFirst("server: .*", "server: https://127.0.0.1:1"));
        var refusal = refusal(new Settings.Cluster(Optional.of(dead.toString()), false, Optional.of(SPEC.context()), false, ""));
        assertTrue(refusal.startsWith("The cluster of context " + SPEC.context() + " could not be asked, so nothing was changed: "), refusal);
        assertTrue(refusal.contains("Unchecked are its nodes' zones and project, and whether it runs another stack's server."), refusal);
        assertTrue(refusal.contains("kubectl --kubeconfig " + dead + " --context " + SPEC.context() + " get nodes,pv"), refusal);
    }

    @Test
    @DisplayName("a login that may not read nodes is told so, and its token to nobody")
    void forbidden() throws IOException {
        var accounts = cluster.client().serviceAccounts().inNamespace("default");
        accounts.resource(new ServiceAccountBuilder().withNewMetadata().withName("nobody").endMetadata().build()).create();
        var token = accounts.withName("nobody").tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build()).getStatus().getToken();
        var contents = Files.readString(cluster.kubeconfig()).replaceFirst("token: .*", "token: " + token);

        var refusal = refusal(contents(contents, Optional.of(SPEC.context())));

        assertTrue(refusal.contains("nodes is forbidden: User \"system:serviceaccount:default:nobody\" cannot list resource \"nodes\""), refusal);
        assertFalse(refusal.contains(token), refusal);
    }

    private static Settings.Cluster file(String context) {
        return new Settings.Cluster(Optional.of(cluster.kubeconfig().toString()), false, Optional.of(context), false, "");
    }

    private static Settings.Cluster contents(String kubeconfig, Optional<String> context) {
        return new Settings.Cluster(Optional.of(kubeconfig), true, context, false, "");
    }

    private static String refusal(Settings.Cluster cluster) {
        return assertThrows(RunException.class, () -> look(cluster, "skypilot")).getMessage();
    }

    private static ClusterState look(Settings.Cluster cluster, String namespace) {
        return ClusterLookup.look(StackRun.settings(cluster, namespace));
    }
}
