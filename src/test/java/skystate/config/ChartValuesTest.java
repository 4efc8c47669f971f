package skystate.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChartValuesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{'storage': {'enabled': false}}                              | values.storage                            "
                    + "    | where the state is",
            "{'storage': {'annotations': {'a': 'b'}}}                     | values.storage                            "
                    + "    | where the state is",
            "{'storage': 'none'}                                          | values.storage                            "
                    + "    | where the state is",
            "{'fullnameOverride': 'sky'}                                  | values.fullnameOverride                   "
                    + "    | <release>-state",
            "{'apiService': {'dbConnectionSecretName': 'db'}}             | values.apiService.dbConnectionSecretName  "
                    + "    | to a database",
            "{'apiService': {'dbConnectionString': 'postgres://hidden'}}  | values.apiService.dbConnectionString      "
                    + "    | to a database",
            "{'apiService': {'extraEnvs': [{'name': 'A', 'value': 'b'}, {'name': 'SKYPILOT_DB_CONNECTION_URI', "
                    + "'value': 'hidden'}]}} | values.apiService.extraEnvs | persistence database",
            "{'global': {'extraEnvs': [{'name': 'SKYPILOT_DB_CONNECTION_URI', 'valueFrom': {}}]}} | "
                    + "values.global.extraEnvs | persistence database",
            "{'apiService': {'config': '{db: \\\"postgresql://hidden\\\"}'}}     | values.apiService.config           "
                    + "           | persistence database",
            "{'apiService': {'config': '\\\"db\\\": postgresql://hidden'}}       | values.apiService.config           "
                    + "           | persistence database",
            "{'apiService': {'config': '? db\\n: postgresql://hidden'}}       | values.apiService.config              "
                    + "        | persistence database",
            "{'apiService': {'config': 'a: &a {db: hidden}\\n<<: *a'}}        | values.apiService.config              "
                    + "        | persistence database",
            "{'apiService': {'config': 'kubernetes: ['}}                      | values.apiService.config              "
                    + "        | YAML with keys",
            "{'apiService': {'config': 'hidden'}}                             | values.apiService.config              "
                    + "        | YAML with keys",
            "{'apiService': {'config': {'db': 'hidden'}}}                     | values.apiService.config              "
                    + "        | YAML with keys",
            "{'apiService': {'config': 'kubernetes: {}\\ndb: postgresql://hidden'}} | values.apiService.config        "
                    + "  | persistence database",
            "{'ingress': {'authSecret': 'mine'}}                          | values.ingress.authSecret                 "
                    + "    | authPassword",
            "{'ingress': {'authCredentials': 'bob:hidden'}}               | values.ingress.authCredentials            "
                    + "    | authPassword",
            "{'apiService': {'initialBasicAuthSecret': 'mine'}}           | values.apiService.initialBasicAuthSecret  "
                    + "    | authPassword",
            "{'apiService': {'initialBasicAuthCredentials': 'b:hidden'}}  | "
                    + "values.apiService.initialBasicAuthCredentials | authPassword",
            "{'apiService': {'upgradeStrategy': 'RollingUpdate'}}         | values.apiService.upgradeStrategy         "
                    + "    | it must be Recreate",
            "{'upgradeStrategy': 'RollingUpdate'}                         | values.upgradeStrategy                    "
                    + "    | it must be Recreate",
            "{'apiService': {'replicas': 2}}                              | values.apiService.replicas                "
                    + "    | only one server",
            "{'apiService': {'replicas': '2'}}                            | values.apiService.replicas                "
                    + "    | only one server",
            "{'apiService': {'a': [1, {'b': 1e309}]}}                     | values.apiService.a.b                     "
                    + "    | the number is too large",
            "{'apiService': {'replicas': 0.5}}                            | values.apiService.replicas                "
                    + "    | only one server"})
    void valueThatTakesTheStateOffTheDiskOrTheLoginAwayIsRefusedByItsPath(String values, String path, String why) {
        var refusal = GivenConfig.complete().with("values", values.replace('\'', '"')).refusal();
        assertTrue(refusal.contains(path + ": ") && refusal.contains(why), refusal);
        assertTrue(refusal.contains("pulumi config rm --path '" + path + "'"), refusal);
        assertFalse(refusal.contains("hidden"), refusal);
    }

    @Test
    void everyRefusedValueIsToldAtOnce() {
        var refusal = GivenConfig.complete().with("values", """
                {"storage": {}, "fullnameOverride": "x", "apiService": {"replicas": 3, "upgradeStrategy": \
                "RollingUpdate"}}
                """).refusal();
        assertTrue(refusal.startsWith("The stack's config has 4 problems; nothing was changed:\n"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'apiService': {'replicas': 1, 'upgradeStrategy': 'Recreate', 'config': null}}",
            "{'apiService': {'replicas': '1'}, 'ingress': {'host': 'sky.example.com'}}",
            "{'apiService': {'replicas': 0}}",
            "{'gcpCredentials': {'enabled': true, 'projectId': 'my-project'}}",
            "{'mine': {'storage': {'enabled': true}}}",
            "{'storage': null}"})
    void otherValuesPass(String values) {
        GivenConfig.complete().with("values", values.replace('\'', '"')).read();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "[1, 2]", "1", "null", "{\"open\": "})
    void valuesAreAnObject(String values) {
        var refusal = GivenConfig.complete().with("values", values).refusal();
        assertTrue(refusal.contains("values: it must be structured"), refusal);
        assertTrue(refusal.contains("pulumi config set --path values.KEY VALUE"), refusal);
    }

    @Test
    void oursLieOverTheirsAtAnyDepth() {
        assertEquals(
                Map.of("a", Map.of("b", Map.of("theirs", 1, "both", "ours", "ours", 2)), "list", List.of("ours"),
                        "text", Map.of("k", "v")),
                ChartValues.merge(
                        Map.of("a", Map.of("b", Map.of("theirs", 1, "both", "theirs")), "list", List.of("theirs"),
                                "text", "theirs"),
                        Map.of("a", Map.of("b", Map.of("both", "ours", "ours", 2)), "list", List.of("ours"), "text",
                                Map.of("k", "v"))));
    }
}
