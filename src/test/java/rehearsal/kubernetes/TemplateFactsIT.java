package rehearsal.kubernetes;

import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rehearsal.kubernetes.FactsWorld.World;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FactsWorld.class)
@ParameterizedClass
@EnumSource(FactsWorld.Kind.class)
@DisplayName("The invoke that renders a chart behaves as the official provider's")
class TemplateFactsIT {

    private static final String CHART = """
            {{- if .Values.wrong }}{{ fail "wrong is set" }}{{ end }}
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: {{ .Release.Name }}
              annotations:
                auth-type: basic
                auth-type: {{ .Values.type | quote }}
            spec:
              rules: []
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: facts}
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: hook
              annotations: {helm.sh/hook: pre-install}
            data: {port: {{ .Values.port }}}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: test
              annotations: {helm.sh/hook: test}
            """;

    private final World world;
    private Plugin plugin;

    TemplateFactsIT(FactsWorld.Kind kind, FactsWorld.Worlds worlds) {
        this.world = worlds.of(kind);
    }

    @BeforeEach
    void start() throws IOException {
        plugin = Plugin.start(world);
    }

    @AfterEach
    void end() throws IOException {
        plugin.close();
    }

    @Test
    @DisplayName("The objects of a chart's folder, hooks but not tests; of a key given twice the last counts")
    void folder() {
        var rendered = plugin.template(options(Map.of("type", "", "port", 7)));

        var byKind = rendered.stream().collect(Collectors.toMap(object -> object.get("kind"), Function.identity()));
        assertEquals(Set.of("Ingress", "IngressClass", "Secret"), byKind.keySet());
        assertEquals(Map.of("name", "sky", "namespace", "ns", "annotations", Map.of("auth-type", "")),
                byKind.get("Ingress").get("metadata"));
        assertEquals(Map.of("name", "facts"), byKind.get("IngressClass").get("metadata"));
        assertEquals(Map.of("port", 7L), byKind.get("Secret").get("data"));
    }

    @Test
    @DisplayName("What the chart refuses, what is no chart and what is no option is told in the provider's words")
    void refusals() {
        assertFails("failed to generate YAML for specified Helm chart: failed to create chart from template: "
                + "execution error at (template/templates/all.yaml:1:26): wrong is set",
                options(Map.of("wrong", true)));
        assertFails("failed to load chart from temp directory: ", "{\"path\":\"/nowhere\"}");
        assertFails("failed to pull chart: ", "{\"chart\":\"none\",\"fetch_opts\":{\"repo\":\"http://127.0.0.1:1\"}}");
        assertFails("'repo' option specifies the name of the Helm Chart repo, not the URL.",
                "{\"chart\":\"none\",\"repo\":\"http://127.0.0.1:1\"}");
        assertFails("failed to unmarshal 'jsonOpts': ", "{");
    }

    @Test
    @DisplayName("A cluster that is out of reach is no reason not to render")
    void outOfReach() throws IOException {
        var alive = Files.readString(world.controlPlane().kubeconfig());
        var dead = Files.writeString(world.folder().resolve("dead-template"),
                alive.replace(world.controlPlane().server(), "https://127.0.0.1:1"));
        try (var lonely = Plugin.start(world, dead, Map.of())) {
            assertEquals(3, lonely.template(options(Map.of())).size());
        }
    }

    private String options(Map<String, Object> values) {
        return Json.write(Map.of("path", world.chart("template", CHART).toString(), "release_name", "sky",
                "namespace", "ns", "values", values));
    }

    private void assertFails(String words, String options) {
        var failure = assertThrows(StatusRuntimeException.class, () -> plugin.template(options));
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }
}
