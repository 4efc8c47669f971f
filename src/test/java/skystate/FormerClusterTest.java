package skystate;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.http.Loopback;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.OWN_LABEL;

/**
 * The cluster in which the stack's server was, once the config names another: the engine deletes there what the stack
 * has made.
 */
class FormerClusterTest {

    private static final Map<String, String> BEFORE =
            Map.of("diskId", DISK_ID, "owner", OWN_LABEL.get("sky-api-server-stack"), "context", "old",
                    "createdNamespace", "skypilot", "namespace", "skypilot", "claim", "skypilot-state");

    @TempDir
    private Path folder;

    @BeforeAll
    static void kubectl() {
        NeedsTools.kubectl();
    }

    @Test
    void volumeThatTakesTheDiskAlongThereIsRefusedByThatClustersOwnLine() throws IOException {
        var refusal = in("Delete", "skypilot", "sky-api-server-pv", OWN_LABEL.get("sky-api-server-stack")).refusal();
        assertTrue(refusal.contains("PersistentVolume sky-api-server-pv of the cluster of context old"), refusal);
        assertTrue(refusal.contains("\n  kubectl --kubeconfig " + folder.resolve("kubeconfig")
                + " --context old patch pv sky-api-server-pv"), refusal);
    }

    @Test
    void serverThatWasInstalledByHandThereIsRefused() throws IOException {
        var refusal = in("Retain", "skypilot", "pvc-dyn-1", "").refusal();
        assertTrue(
                refusal.contains("of the cluster of context old") && refusal.contains(
                        "helm --kubeconfig " + folder.resolve("kubeconfig") + " --kube-context old uninstall"),
                refusal);
    }

    @Test
    void ownServerThereIsMoved() throws IOException {
        assertEquals(List.of(),
                in("Retain", "skypilot", "sky-api-server-pv", OWN_LABEL.get("sky-api-server-stack")).result().errors());
    }

    @Test
    void clusterThatIsGoneIsNotWaitedFor() throws IOException {
        kubeconfig("127.0.0.1:1");
        assertEquals(List.of(), given().run().result().errors());
    }

    @Test
    void namespaceIsCreatedWhereItIsMissingAndLeftToOthersWhereItIsThere() throws IOException {
        kubeconfig("127.0.0.1:1");
        assertTrue(given().run().types().contains(StackRun.NAMESPACE));
        var there = given().cluster(StackRun.withNamespace()).run();
        assertFalse(there.types().contains(StackRun.NAMESPACE), "it is in another cluster, and somebody else's");
        assertEquals("", there.output("createdNamespace"));
        var same = StackRun.given(true).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL))
                .cluster(StackRun.withNamespace());
        assertTrue(same.lastUp(BEFORE).with("context", "old").run().types().contains(StackRun.NAMESPACE),
                "this stack has it among its resources");
        assertFalse(same.run().types().contains(StackRun.NAMESPACE));
        assertTrue(given().run().request(StackRun.NAMESPACE).getRetainOnDelete());
    }

    private StackRun in(String policy, String namespace, String name, String owner) throws IOException {
        var volume = """
                {"items": [{"metadata": {"name": "%s", "labels": {"sky-api-server-stack": "%s"}}, "status": {"phase": \
                "Bound"},
                 "spec": {"persistentVolumeReclaimPolicy": "%s", "claimRef": {"namespace": "%s", "name": \
                 "skypilot-state"},
                  "csi": {"driver": "pd.csi.storage.gke.io", "volumeHandle": "%s"}}}]}""".formatted(name, owner, policy,
                namespace, DISK_ID);
        try (var api = Loopback.serve("old", exchange -> {
            try (exchange) {
                var answer = volume.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        })) {
            kubeconfig(api.address());
            return given().run();
        }
    }

    private StackRun.Given given() {
        var start = StackRun.given(true).getDisk(StackRun.disk(10, "pd-balanced", OWN_LABEL)).lastUp(BEFORE);
        return start.config(start.config().ambient(folder.resolve("kubeconfig").toString()));
    }

    private void kubeconfig(String address) throws IOException {
        Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: old, cluster: {server: "http://%s"}}]
                users: [{name: old, user: {token: none}}]
                contexts: [{name: old, context: {cluster: old, user: old}}]
                """.formatted(address));
    }
}
