package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pulumirpc.Resource.RegisterResourceRequest;
import rehearsal.provider.Wire;
import skystate.cluster.ClusterState.Node;
import skystate.cluster.ClusterState;
import skystate.config.GivenConfig;
import skystate.config.StateReaderTest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.STORAGE_CLASS;
import static skystate.StackRun.VOLUME;

/**
 * What becomes of a state that is on a volume that exists already, or in a database; and of one that goes from one
 * place to another.
 */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class OtherPlacesTest {

    private static final String ZONE = "topology.ebs.csi.aws.com/zone";

    @Parameter
    private boolean preview;

    @Test
    void volumeIsUsedByItsDriverAndNeverOwned() {
        var run = given(StateReaderTest.onVolume()).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(List.of(), run.askedOfGoogle());
        assertFalse(run.types().stream().anyMatch(type -> type.startsWith("gcp:")), run.types()::toString);
        assertEquals(Map.of("driver", "ebs.csi.aws.com", "volumeHandle", "vol-0a", "fsType", "ext4"),
                spec(run).get("csi"));
        assertEquals(Map.of("storage", "20Gi"), spec(run).get("capacity"));
        assertEquals("Retain", spec(run).get("persistentVolumeReclaimPolicy"));
        assertEquals(Map.of("namespace", "skypilot", "name", "skypilot-state"), spec(run).get("claimRef"));
        assertEquals(Map.of("required", Map.of("nodeSelectorTerms", List.of(Map.of("matchExpressions",
                List.of(Map.of("key", ZONE, "operator", "In", "values", List.of("us-east-2a"))))))),
                spec(run).get("nodeAffinity"));
        assertEquals(Map.of("enabled", true, "storageClassName", "sky-api-server-pv-class", "accessMode",
                "ReadWriteOnce", "size", "20Gi",
                "volumeName", "sky-api-server-pv"), values(run).get("storage"));
        assertTrue(run.waitsFor(RELEASE).containsAll(List.of(STORAGE_CLASS, VOLUME)), run.waitsFor(RELEASE)::toString);
        assertEquals("vol-0a", run.output("statePlace"));
        assertEquals(
                "The namespace skypilot stays, with whatever else is in it. pulumi destroy leaves the volume vol-0a "
                        + "as it is: this stack does not own it.",
                run.output("onDestroy"));
    }

    @Test
    void volumeWithoutTopologyIsForEveryNode() {
        assertFalse(
                spec(given(StateReaderTest.onVolume("{'driver': 'nfs.csi.k8s.io', 'handle': 'a', 'size': 1}")).run())
                        .containsKey("nodeAffinity"));
    }

    @Test
    void databaseTakesNoVolumeAndItsConnectionStringIsASecretThatTheChartIsToldByName() {
        var run = given(StateReaderTest.inDatabase()).run();
        assertEquals(List.of(), run.result().errors());
        assertEquals(List.of(), run.askedOfGoogle());
        assertEquals(Set.of("cluster", "server", "server-auth", "server-database"),
                run.requests().stream().map(RegisterResourceRequest::getName).collect(toSet()));
        var secret = secret(run);
        assertEquals(Map.of("name", "skypilot-database", "namespace", "skypilot"),
                Wire.reveal(Wire.read(secret.getObject())).get("metadata"));
        var data = assertInstanceOf(Wire.Secret.class, Wire.read(secret.getObject()).get("data"));
        assertEquals(Map.of("connection_string", "postgresql://sky:pass-word-7@db.internal:5432/skypilot"),
                StackRun.decoded(data.value()));
        var api = (Map<?, ?>) values(run).get("apiService");
        assertEquals("skypilot-database", api.get("dbConnectionSecretName"));
        assertFalse(api.containsKey("config"), "the chart refuses one beside a database");
        assertEquals(Map.of("enabled", false), values(run).get("storage"));
        assertTrue(
                run.request(RELEASE).getDependenciesList().stream().anyMatch(urn -> urn.endsWith("::server-database")),
                "the server starts with it");
        assertEquals(List.of(), run.request(RELEASE).getReplaceWithList());
        run.outputs().forEach((name, output) -> assertFalse(
                output.isSecret() || String.valueOf(output.getValueNullable()).contains("pass-word"), name));
    }

    @Test
    void otherConnectionStringMakesOtherPods() {
        var one = ((Map<?, ?>) values(given(StateReaderTest.inDatabase()).run()).get("apiService")).get("annotations");
        var other = ((Map<?,
                ?>) values(given(StateReaderTest.inDatabase().withSecret("database",
                        "{\"connection\": \"postgresql://sky:other@db/sky\"}")).run())
                        .get("apiService"))
                .get("annotations");
        assertFalse(one.equals(other));
    }

    @Test
    void secretThatIsThereIsNamedAndNoneMade() {
        var run = given(StateReaderTest.inDatabase().with("database", "{\"connectionSecret\": \"sky-db\"}")
                .with("values", "{\"apiService\": {\"replicas\": 2, \"upgradeStrategy\": \"RollingUpdate\"}}")).run();
        assertEquals(Map.of("dbConnectionSecretName", "sky-db", "replicas", 2L, "upgradeStrategy", "RollingUpdate"),
                values(run).get("apiService"));
        assertTrue(run.requests().stream().noneMatch(request -> request.getName().equals("server-database")));
    }

    @Test
    void releaseThatIsNotDeployedIsMadeAnewByItself() {
        var said = given(StateReaderTest.inDatabase()).actual(RELEASE, Map.of("status", Map.of("status", "failed")))
                .run().refusal();
        assertTrue(said.contains("kubernetes:helm.sh/v3:Release::server'"), said);
    }

    @ParameterizedTest(name = "from {0} to {1}")
    @CsvSource({"disk,database", "disk,volume", "database,disk", "database,volume", "vol-0a,disk", "vol-0a,database",
            "vol-0b,volume"})
    void stateIsNotLeftBehind(String from, String to) {
        var word = to.equals("volume") ? "vol-0a" : to;
        var refused = given(config(to)).lastUp(before(from)).run();
        assertTrue(refused.refusal().contains("has its state in " + from + ", and the config says " + word),
                refused.refusal());
        assertTrue(refused.refusal().contains(from.startsWith("vol") ? "pulumi config set --path volume.handle " + from
                : "pulumi config set persistence " + from), refused.refusal());
        assertEquals(List.of(), refused.types());
        assertEquals(List.of(), refused.calls());
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk", "volume", "database"})
    void samePlaceIsTaken(String kind) {
        assertEquals(List.of(),
                given(config(kind)).lastUp(before(kind.equals("volume") ? "vol-0a" : kind)).run().result().errors());
    }

    @Test
    void volumeNeverShrinks() {
        var refused =
                given(StateReaderTest.onVolume()).lastUp(Map.of("statePlace", "vol-0a", "volumeSize", "30")).run();
        assertTrue(refused.refusal().contains("has 30 GiB, and volume.size says 20")
                && refused.refusal().contains("volume.size 30"), refused.refusal());
        assertEquals(List.of(), given(StateReaderTest.onVolume())
                .lastUp(Map.of("statePlace", "vol-0a", "volumeSize", "10")).run().result().errors());
    }

    @Test
    void volumeNeedsANodeWhereItIs() {
        var elsewhere = new Node("", "us-east-2b", "", Map.of(ZONE, "us-east-2b"));
        var there = new Node("", "us-east-2a", "", Map.of(ZONE, "us-east-2a"));
        var silent = new Node("", "us-east-2b", "");
        var refused = given(StateReaderTest.onVolume()).cluster(nodes(elsewhere, silent)).run();
        assertTrue(refused.refusal().contains("has nodes with " + ZONE + " us-east-2b only, and volume.topology says"),
                refused.refusal());
        assertEquals(List.of(), refused.types());
        for (var cluster : List.of(nodes(elsewhere, there), nodes(silent), nodes())) {
            assertEquals(List.of(), given(StateReaderTest.onVolume()).cluster(cluster).run().result().errors());
        }
        assertEquals(List.of(), given(StateReaderTest.onVolume().with("nodesOnDemand", "true"))
                .cluster(nodes(elsewhere)).run().result().errors());
        assertEquals(List.of(), given(StateReaderTest.inDatabase()).cluster(nodes(elsewhere)).run().result().errors());
    }

    /** There is no volume with which it could be made anew. */
    @Test
    void serverWithADatabaseIsMadeAnewWhereItsDeploymentIsGone() {
        for (var running : List.of(Set.<String>of(), Set.of("skypilot"))) {
            var run = given(StateReaderTest.inDatabase())
                    .lastUp(Map.of("owner", StackRun.OWN_LABEL.get("sky-api-server-stack"), "statePlace", "database"))
                    .cluster(StackRun.cluster(List.of(), List.of(), Optional.empty(), Optional.empty(), Map.of(),
                            running))
                    .run();
            assertEquals(List.of(), run.result().errors());
            assertEquals(running.isEmpty() ? 1 : 0, run.request(RELEASE).getReplacementTrigger().getNumberValue());
        }
    }

    /** Nothing of it has the volume's name. */
    @Test
    void serverWithADatabaseRunsBesideAnotherStacks() {
        var volume = StackRun.volume("other-1", DISK_ID, "other/state", true, false, true);
        assertEquals(List.of(), given(StateReaderTest.inDatabase())
                .cluster(StackRun.cluster(List.of(), List.of(volume), Optional.empty(), Optional.empty(), Map.of(),
                        Set.of()))
                .run().result().errors());
    }

    private static ClusterState nodes(Node... nodes) {
        return StackRun.cluster(List.of(nodes), List.of(), Optional.empty(), Optional.empty(), Map.of(), Set.of());
    }

    private static GivenConfig config(String kind) {
        return switch (kind) {
            case "volume" -> StateReaderTest.onVolume();
            case "database" -> StateReaderTest.inDatabase();
            default -> GivenConfig.complete();
        };
    }

    private static Map<String, String> before(String place) {
        return place.equals("disk") ? Map.of("diskId", DISK_ID) : Map.of("statePlace", place);
    }

    private static RegisterResourceRequest secret(StackRun run) {
        return run.requests().stream().filter(request -> request.getName().equals("server-database")).findFirst()
                .orElseThrow();
    }

    private static Map<?, ?> spec(StackRun run) {
        return (Map<?, ?>) run.inputs(VOLUME).get("spec");
    }

    private static Map<?, ?> values(StackRun run) {
        return (Map<?, ?>) run.inputs(RELEASE).get("values");
    }

    private StackRun.Given given(GivenConfig config) {
        var given = StackRun.given(preview).config(config);
        return given.getDisk(StackRun.disk(10, "pd-balanced", StackRun.OWN_LABEL));
    }
}
