package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.SCHEDULE_ID;

/** The stack's page in Pulumi's console. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class StackReadmeTest {

    private static final String THEIRS = "projects/my-project/regions/us-east5/resourcePolicies/weekdays";

    @Parameter
    private boolean preview;

    @Test
    void itTellsOfTheServerItsDiskAndItsRecoveryByThisStacksOwnValues() {
        var run = StackRun.given(preview).run();
        var readme = run.output("readme");
        assertTrue(readme.startsWith("# SkyPilot API server\n\n`dev` keeps its state on the disk " + DISK_ID
                + ". It runs as the release `skypilot` in the namespace `skypilot` of `my-context`.\n"), readme);
        assertTrue(readme.contains("\n" + run.output("login") + "\n"), readme);
        assertTrue(readme.contains("\n10 GiB, pd-balanced. Each day from 04:00 UTC a snapshot is taken, and kept for 14 days.\n" + run.output("onDestroy") + "\n"), readme);
        assertTrue(readme.contains("\ngcloud compute snapshots list --project my-project --filter='sourceDisk~/disks/sky-api-server-state$' --sort-by='~creationTimestamp'\n"), readme);
        assertTrue(readme.contains("\npulumi config set-all --json \"$(pulumi stack output recoveryConfig --stack dev)\"\n"
                + "pulumi config set context CONTEXT\npulumi config set --secret authPassword\npulumi up\n"), readme);
    }

    /** The console fills in ${outputs.NAME}, and a terminal would show it as it is. */
    @Test
    void nothingIsLeftToFillInAndNoBlockOpen() {
        var readme = StackRun.given(preview).run().output("readme");
        assertFalse(readme.contains("${") || readme.contains("%s"), readme);
        assertEquals(0, readme.lines().filter("```"::equals).count() % 2, readme);
    }

    @Test
    void itIsTheSameOnceTheScheduleIsThere() {
        var first = StackRun.given(preview).run().output("readme");
        var next = StackRun.given(preview).getDisk(StackRun.having(StackRun.disk(10, "pd-balanced", OWN_LABEL), SCHEDULE_ID)).policy(SCHEDULE_ID, StackRun.schedule(14));
        assertEquals(first, next.lastUp(Map.of("diskId", DISK_ID, "snapshotSchedule", SCHEDULE_ID)).run().output("readme"));
    }

    @Test
    void itSaysWhoTakesTheSnapshots() {
        var adopted = StackRun.given(preview).with("disk", "adopt").getDisk(StackRun.having(StackRun.disk(10, "pd-balanced", OWN_LABEL), THEIRS)).policy(THEIRS, StackRun.schedule(7));
        assertTrue(adopted.run().output("readme").contains("Snapshots are taken by the schedule `weekdays`, which this stack does not own."));
        assertTrue(StackRun.given(preview).with("snapshotDays", "0").run().output("readme").contains("No snapshots are taken."));
        var referenced = adopted.with("disk", "reference").getDisk(StackRun.having(StackRun.disk(10, "pd-balanced", OWN_LABEL), SCHEDULE_ID));
        assertTrue(referenced.run().output("readme").contains("by the schedule `sky-api-server-state-us-east5-b-daily`, which this stack does not own."));
    }

    @Test
    void placeItSendsTheReaderToIsThere() {
        assertTrue(Files.exists(Path.of("docs/runbook.md")));
    }
}
