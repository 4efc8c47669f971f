package skystate.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import skystate.config.Settings.Cluster.Gke;

import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A GKE cluster by its name, in place of a context. What contexts have to be is {@link SettingsReaderTest}'s. */
class ClusterReaderTest {

    private static final GivenConfig UNNAMED = GivenConfig.complete().without("context");

    @Test
    void clusterIsOfTheDisksProject() {
        var cluster = named("{\"name\": \"sky\", \"location\": \"us-east5\"}").read().cluster();
        assertEquals(Optional.of(new Gke("my-project", "us-east5", "sky")), cluster.gke());
        assertEquals(Optional.of("gke_my-project_us-east5_sky"), cluster.context(), "as gcloud names it");
    }

    @Test
    void emptyObjectNamesNone() {
        assertEquals(Optional.empty(), GivenConfig.complete().with("cluster", "{}").read().cluster().gke());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{'location': 'us-east5-b'}                              | cluster.name: it is missing              | pulumi config set --path cluster.name NAME",
            "{'name': 'sky'}                                         | cluster.location: it is missing          | pulumi config set --path cluster.location LOCATION",
            "{'name': 'Sky', 'location': 'us-east5-b'}               | cluster.name = Sky: a GKE cluster's name | pulumi config set --path cluster.name NAME",
            "{'name': 'sky', 'location': 'ohio'}                     | cluster.location = ohio: it is the cluster's zone | pulumi config set --path cluster.location LOCATION",
            "{'name': 'sky', 'location': 'us-east1-b'}               | cluster.location = us-east1-b: the disk is in us-east5-b | pulumi config set --path cluster.location us-east5-b",
            "{'name': 'sky', 'location': 'us-east5', 'zone': 'b'}    | cluster.zone: there is no such key       | pulumi config rm --path cluster.zone"})
    void badPartIsShownWithTheReasonAndTheLineToType(String given, String why, String fix) {
        var refusal = named(given.replace('\'', '"')).refusal();
        assertTrue(refusal.startsWith("The stack's config has a problem; nothing was changed:\n  " + why), refusal);
        assertTrue(refusal.contains("\n      " + fix), refusal);
    }

    @Test
    void whatIsNoObjectIsTold() {
        for (var given : new String[]{"sky", "[\"sky\"]", "{"}) {
            var refusal = named(given).refusal();
            assertTrue(refusal.contains("\n  cluster = " + given + ": it has name and location\n      pulumi config rm cluster && "), refusal);
        }
    }

    @ParameterizedTest
    @CsvSource({"context, my-context", "kubeconfig, pom.xml"})
    void clusterIsNamedOnce(String other, String value) {
        var refusal = named("{\"name\": \"sky\", \"location\": \"us-east5\"}").with(other, value).refusal();
        assertTrue(refusal.contains("\n  " + other + ": cluster names the cluster already, and one of the two decides\n      pulumi config rm " + other), refusal);
    }

    @Test
    void secretIsNotShown() {
        var refusal = UNNAMED.withSecret("cluster", "{\"name\": \"HIDDEN\", \"location\": \"us-east5\"}").refusal();
        assertFalse(refusal.contains("HIDDEN"), refusal);
        assertTrue(refusal.contains("pulumi config rm cluster && pulumi config set --path cluster.name CLUSTER"), refusal);
    }

    @Test
    void whoeverNamesNoneIsToldThatTheNameWillDo() {
        assertTrue(UNNAMED.refusal().contains("pulumi config set --path cluster.name CLUSTER"), UNNAMED::refusal);
    }

    private static GivenConfig named(String cluster) {
        return UNNAMED.with("cluster", cluster);
    }
}
