package skystate;

import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.Test;
import skystate.cluster.ClusterState;
import skystate.config.ClusterSettings;
import skystate.config.GivenConfig;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/** What is asked, and when: nothing that the user waits for waits for an answer that it doesn't depend on. */
class PrefetchTest {

    private static final long PATIENCE_MILLIS = 30_000;
    private static final ClusterState CLUSTER = StackRun.given(true).cluster();

    private final List<ClusterSettings> looked = new CopyOnWriteArrayList<>();

    private Prefetch beginning(GivenConfig config) {
        return new Prefetch(config.source(), settings -> {
            looked.add(settings.cluster());
            return CLUSTER;
        });
    }

    @Test
    void clusterIsAskedBeforeTheProgramRuns() throws Exception {
        var asked = new CompletableFuture<String>();
        new Prefetch(GivenConfig.complete().with("namespace", "sky").source(), settings -> {
            asked.complete(settings.cluster().context().orElse("") + " " + settings.server().namespace());
            return CLUSTER;
        });
        assertEquals("my-context sky", asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    }

    @Test
    void clusterIsAskedOnce() throws Exception {
        var beginning = beginning(GivenConfig.complete());
        assertEquals(CLUSTER, beginning.cluster().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        assertEquals(List.of(beginning.settings().cluster()), looked);
    }

    @Test
    void whatIsWrongIsToldToWhoeverAsks() {
        var refusal =
                assertThrows(RunException.class, () -> beginning(GivenConfig.complete().without("zone")).settings());
        assertTrue(refusal.getMessage().contains("zone"), refusal.getMessage());
    }

    @Test
    void googleIsAskedWhileTheClusterIs() {
        var run = StackRun.given(true).run(engine -> {
            for (var question : List.of("gcp:compute/getDisk:getDisk",
                    "gcp:compute/getResourcePolicy:getResourcePolicy")) {
                verify(engine, timeout(PATIENCE_MILLIS)).callAsync(argThat(call -> call.token.equals(question)));
            }
            return CLUSTER;
        });
        assertEquals(List.of(), run.result().errors());
    }

    @Test
    void googleIsNotAskedAboutASnapshotScheduleWhereThereIsToBeNone() {
        var run = StackRun.given(true).with("snapshotDays", "0").run();
        assertEquals(false, run.askedOfGoogle().contains("gcp:compute/getResourcePolicy:getResourcePolicy"));
    }
}
