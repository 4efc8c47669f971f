package skystate;

import com.pulumi.core.internal.Internal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import rehearsal.provider.Wire;
import skystate.config.GivenConfig;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.CLUSTER;
import static skystate.StackRun.RELEASE;

/** No secret of the config is readable in what the engine keeps and shows, nor in what the program prints. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class SecrecyTest {

    private static final String HASH = "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.";
    private static final String KUBECONFIG = "apiVersion: v1\nusers: [{user: {token: a-token-of-the-cluster}}]";

    @Parameter
    private boolean preview;

    @Test
    void neitherPasswordNorItsHashIsReadable() {
        var config = GivenConfig.complete();
        var line = Internal.of(config.read().server().login().htpasswd().orElseThrow()).getValueNullable().join();
        assertTrue(line.startsWith("skypilot:$apr1$"));
        assertUnreadable(config, GivenConfig.PASSWORD, line.substring("skypilot:".length()));
    }

    @Test
    void readyHashIsNotReadable() {
        assertUnreadable(GivenConfig.complete().without("authPassword").withSecret("authHash", "alice:" + HASH), HASH);
    }

    @Test
    void valuesThatHoldASecretStaySecretUnderOurs() {
        var config = GivenConfig.complete().withSecret("values",
                "{\"apiService\": {\"env\": [{\"name\": \"KEY\", \"value\": \"a-key-of-the-user\"}]}}");
        var run = assertUnreadable(config, "a-key-of-the-user");
        assertInstanceOf(Wire.Secret.class, run.sent(RELEASE).get("values"));
        assertTrue(run.inputs(RELEASE).toString().contains("a-key-of-the-user"), "it reaches the chart");
    }

    @Test
    void keysOfCloudsAreNotReadable() {
        var config = GivenConfig.complete().withSecret("credentials",
                "{\"runpod\": {\"apiKey\": \"a-key-of-runpod\"}, \"aws\": {"
                        + "\"accessKeyId\": \"AKIAXXXXXXXXXXXXXXXX\", \"secretAccessKey\": \"a-key-of-aws\"}}");
        var run = assertUnreadable(config, "a-key-of-runpod", "a-key-of-aws");
        assertTrue(
                StackRun.decoded(Wire.reveal(Wire.read(
                        run.requests().stream().filter(request -> request.getName().equals("server-runpod")).findFirst()
                                .orElseThrow().getObject()))
                        .get("data")).containsValue("a-key-of-runpod"),
                "it reaches the cluster");
    }

    @Test
    void contentsOfAKubeconfigAreNotReadable() {
        var run = assertUnreadable(GivenConfig.complete().without("context").withSecret("kubeconfig", KUBECONFIG),
                "a-token-of-the-cluster");
        assertEquals(new Wire.Secret(KUBECONFIG), run.sent(CLUSTER).get("kubeconfig"));
    }

    /** Google's refusal is the first error that a run with a good config can meet. */
    @Test
    void errorsOfARunHoldNoSecret() {
        var config = GivenConfig.complete();
        var run = StackRun.given(preview).config(config).getDisk(StackRun.failing("forbidden")).run();
        assertFalse(run.refusal().contains(GivenConfig.PASSWORD), run::refusal);
    }

    /** Runs the stack and finds the secrets nowhere but within what the engine encrypts. */
    private StackRun assertUnreadable(GivenConfig config, String... secrets) {
        var run = StackRun.given(preview).config(config).run();
        assertEquals(List.of(), run.result().errors());
        var readable = new ArrayList<>();
        run.requests().forEach(request -> readable.add(Wire.read(request.getObject())));
        readable.addAll(run.componentOutputs().values());
        run.outputs().forEach((name, output) -> readable.add(name + output.getValueNullable()));
        run.requests().forEach(request -> readable.add(request.toBuilder().clearObject().build()));
        readable.add(config.read().toString());
        readable.add(config.source().toString());
        for (var secret : secrets) {
            readable.forEach(text -> assertFalse(text.toString().contains(secret), () -> secret + " in " + text));
        }
        return run;
    }
}
