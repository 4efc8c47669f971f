package skystate;

import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import skystate.ClusterState.Machine;
import skystate.config.GivenConfig;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.CLUSTER;

/** What the stack does with a GKE cluster that it is given by name. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class GkeLookupTest {

    private static final String ID = "projects/my-project/locations/us-east5-b/clusters/sky";
    private static final GivenConfig NAMED = GivenConfig.complete().without("context").with("cluster", "{\"name\": \"sky\", \"location\": \"us-east5-b\"}");
    private static final Machine ELSEWHERE = new Machine("my-project", "us-east5-c", "projects/my-project/zones/us-east5-c/instances/a");

    @Parameter
    private boolean preview;

    @Test
    void googleIsAskedInTheDisksProject() {
        var call = cluster(Map.of()).run().calls().get(0);
        assertEquals("gcp:container/getCluster:getCluster", call.token);
        assertEquals(Map.of("project", "my-project", "location", "us-east5-b", "name", "sky"), call.args);
    }

    @Test
    void providerReachesItByThePluginAndNoSecret() {
        var run = cluster(Map.of()).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals("gke_my-project_us-east5-b_sky", run.inputs(CLUSTER).get("context"), "another name makes all in it anew");
        Map<String, Object> kubeconfig = new Yaml().load((String) run.sent(CLUSTER).get("kubeconfig"));
        assertEquals(List.of(Map.of("name", "gke_my-project_us-east5-b_sky", "cluster",
                Map.of("server", "https://192.0.2.7", "certificate-authority-data", "Q0E="))), kubeconfig.get("clusters"));
        assertEquals(List.of(Map.of("name", "gke_my-project_us-east5-b_sky", "user", Map.of("exec", Map.of(
                "apiVersion", "client.authentication.k8s.io/v1beta1", "command", "gke-gcloud-auth-plugin",
                "args", List.of("--use_application_default_credentials"),
                "installHint", "gcloud components install gke-gcloud-auth-plugin", "provideClusterInfo", true)))), kubeconfig.get("users"));
    }

    @Test
    void unchangedClusterGivesTheSameInputs() {
        assertEquals(cluster(Map.of()).run().inputs(CLUSTER), cluster(Map.of("masterVersion", "1.36.3-gke.1")).run().inputs(CLUSTER));
    }

    @Test
    void loginLineGetsTheContextFirst() {
        var login = cluster(Map.of()).run().output("login");
        assertTrue(login.startsWith("gcloud container clusters get-credentials sky --location us-east5-b --project my-project"
                + " && HOST=$(kubectl --context gke_my-project_us-east5-b_sky "), login);
    }

    @Test
    void missingClusterIsRefused() {
        refuses(StackRun.given(preview).config(NAMED).getCluster(StackRun.failing("invoking gcp:container/getCluster:getCluster: 1 error occurred:\n\t* "
                        + ID + " not found\n\n")), "There is no GKE cluster " + ID + "; nothing was changed, and the disk is safe.",
                "pulumi config set --path cluster.name CLUSTER    # gcloud container clusters list --project my-project", "pulumi up --run-program");
    }

    @Test
    void whatGoogleDoesNotTellIsAnError() {
        refuses(StackRun.given(preview).config(NAMED).getCluster(StackRun.failing("invoking gcp:container/getCluster:getCluster: 1 error occurred:\n\t* Error when"
                        + " reading or editing Container Cluster \"sky\": googleapi: Error 403: Required \"container.clusters.get\" permission(s), forbidden\n\n")),
                "Google could not be asked about the GKE cluster " + ID + ", so nothing was changed: ", "Error 403",
                "`gcloud container clusters describe sky --location us-east5-b --project my-project` works with these credentials");
    }

    @Test
    void clusterWithoutAnAddressIsRefused() {
        refuses(cluster(Map.of("endpoint", "")), "The GKE cluster " + ID + " has no address: it is being made or deleted, or is in error. Nothing was changed.",
                "gcloud container clusters describe sky --location us-east5-b --project my-project --format 'value(status,statusMessage)'");
    }

    @Test
    void clusterThatCanHaveNoNodeInTheDisksZoneIsRefused() {
        refuses(cluster("us-east5", Map.of("nodeLocations", List.of("us-east5-a", "us-east5-c"))), "clusters/sky has nodes in us-east5-a, us-east5-c only,"
                        + " and the disk is in us-east5-b: no server could run on it. Nothing was changed.",
                "gcloud container node-pools create state --cluster sky --node-locations us-east5-b --location us-east5 --project my-project");
        assertEquals(List.of(), cluster("us-east5", Map.of("nodeLocations", List.of("us-east5-a"), "nodePools", List.of(Map.of("nodeLocations",
                List.of("us-east5-b"))))).run().result().errors(), "a pool has locations of its own");
    }

    @Test
    void clusterThatMakesItsNodesOnDemandNeedsNoWordForIt() {
        var there = List.of("us-east5-a", "us-east5-b");
        for (var told : List.<Map<String, Object>>of(Map.of("enableAutopilot", true), Map.of("clusterAutoscalings", List.of(Map.of("enabled", true))),
                Map.of("nodePools", List.of(Map.of("nodeLocations", there, "autoscalings", List.of(Map.of("maxNodeCount", 3))))),
                Map.of("nodePools", List.of(Map.of("nodeLocations", there, "autoscalings", List.of(Map.of("totalMaxNodeCount", 3))))))) {
            assertEquals(List.of(), nodeElsewhere(told).run().result().errors(), told::toString);
        }
        for (var told : List.<Map<String, Object>>of(Map.of("enableAutopilot", false), Map.of("clusterAutoscalings", List.of(Map.of("enabled", false))),
                Map.of("nodePools", List.of(Map.of("nodeLocations", there, "autoscalings", List.of()))),
                Map.of("nodePools", List.of(Map.of("nodeLocations", List.of("us-east5-a"), "autoscalings", List.of(Map.of("maxNodeCount", 3))))))) {
            refuses(nodeElsewhere(told), "has nodes in us-east5-c only", "set cluster.name to a cluster that has one");
        }
    }

    @Test
    void clusterWithoutThePluginIsRefused(@TempDir Path folder) throws IOException {
        var refusal = assertThrows(RunException.class, () -> ClusterLookup.refuseWithoutPlugin("/nowhere" + File.pathSeparator + folder)).getMessage();
        assertTrue(refusal.contains("There is no gke-gcloud-auth-plugin on the PATH") && refusal.contains("nothing was changed")
                && refusal.contains("gcloud components install gke-gcloud-auth-plugin"), refusal);
        assertTrue(Files.createFile(folder.resolve("gke-gcloud-auth-plugin")).toFile().setExecutable(true));
        assertDoesNotThrow(() -> ClusterLookup.refuseWithoutPlugin("/nowhere" + File.pathSeparator + folder));
    }

    private StackRun.Given cluster(Map<String, Object> told) {
        return cluster("us-east5-b", told);
    }

    /** A cluster that runs, and what else Google tells of it. */
    private StackRun.Given cluster(String location, Map<String, Object> told) {
        var answer = new HashMap<String, Object>(Map.of("id", ID, "endpoint", "192.0.2.7", "masterAuths", List.of(Map.of("clusterCaCertificate", "Q0E="))));
        answer.putAll(told);
        return StackRun.given(preview).config(NAMED.with("cluster", "{\"name\": \"sky\", \"location\": \"" + location + "\"}")).getCluster(completedFuture(answer));
    }

    private StackRun.Given nodeElsewhere(Map<String, Object> told) {
        return cluster("us-east5-b", told).cluster(StackRun.cluster(List.of(ELSEWHERE), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of()));
    }

    private static void refuses(StackRun.Given given, String... words) {
        var run = given.run();
        for (var word : words) {
            assertTrue(run.refusal().contains(word), () -> "\"" + word + "\" in:\n" + run.refusal());
        }
        assertEquals(List.of(), run.types(), "nothing is registered");
    }
}
