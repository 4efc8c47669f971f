package skystate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import pulumirpc.Resource.ReadResourceRequest;
import skystate.config.DiskSettings;
import skystate.config.GivenConfig;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.ATTACHMENT;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.OWN_LABEL;
import static skystate.StackRun.POLICY;
import static skystate.StackRun.SCHEDULE_ID;
import static skystate.StackRun.SNAPSHOT_SCHEDULE;

/** The disk's snapshot schedule: it goes with the disk, whichever stack has that. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class SnapshotScheduleTest {

    private static final String NAME = "sky-api-server-state-us-east5-b-daily";
    private static final String ATTACHMENT_ID = "my-project/us-east5-b/sky-api-server-state/" + NAME;
    private static final String THEIRS = "projects/my-project/regions/us-east5/resourcePolicies/weekdays";
    private static final CompletableFuture<Map<String, Object>> DISK_OF_OURS =
            StackRun.disk(10, "pd-balanced", OWN_LABEL);

    @Parameter
    private boolean preview;

    @Test
    void newDiskGetsADailySchedule() {
        var run = passing(StackRun.given(preview));
        assertEquals(Map.of(
                "project", "my-project",
                "region", "us-east5",
                "name", NAME,
                "description",
                "Daily snapshots of the disk sky-api-server-state in us-east5-b: the state of a SkyPilot API server.",
                "snapshotSchedulePolicy", Map.of(
                        "schedule", Map.of("dailySchedule", Map.of("daysInCycle", 1L, "startTime", "04:00")),
                        "retentionPolicy", Map.of("maxRetentionDays", 14L, "onSourceDiskDelete", "KEEP_AUTO_SNAPSHOTS"),
                        "snapshotProperties", Map.of("labels", Map.of("app", "sky-api-server")))),
                run.inputs(POLICY));
        assertEquals(
                Map.of("project", "my-project", "zone", "us-east5-b", "disk", "sky-api-server-state", "name", NAME),
                run.inputs(ATTACHMENT));
        for (var type : List.of(POLICY, ATTACHMENT)) {
            assertEquals("", run.request(type).getImportId(), type);
            assertTrue(run.waitsFor(type).contains(DISK), "taken out of the state with the disk: " + type);
            assertEquals(SNAPSHOT_SCHEDULE, StackRun.typeOf(run.request(type).getParent()));
        }
        assertEquals(SCHEDULE_ID, run.output("snapshotSchedule"));
        assertFalse(run.told().contains("schedule"), run.told());
    }

    /** Whoever made it: another stack, or this one before its state was lost. */
    @Test
    void scheduleThatTheDiskHasIsTakenUpUntouched() {
        for (var disk : List.of("create", "adopt")) {
            var run = passing(StackRun.given(preview).with("disk", disk)
                    .getDisk(StackRun.having(DISK_OF_OURS, SCHEDULE_ID)).policy(SCHEDULE_ID, StackRun.schedule(14)));
            assertEquals(SCHEDULE_ID, run.request(POLICY).getImportId());
            assertEquals(ATTACHMENT_ID, run.request(ATTACHMENT).getImportId());
        }
    }

    /** An up was killed in between, or the disk it was for is gone. */
    @Test
    void scheduleThatNoDiskHasIsTakenUpAndAttached() {
        for (var given : List.of(StackRun.given(preview), StackRun.given(preview).getDisk(DISK_OF_OURS))) {
            var run = passing(given.policy(SCHEDULE_ID, StackRun.schedule(14)));
            assertEquals(SCHEDULE_ID, run.request(POLICY).getImportId());
            assertEquals("", run.request(ATTACHMENT).getImportId());
        }
    }

    /** The list is all that the provider knows of a schedule: it replaces one for any of it. */
    @Test
    void noUpReplacesASchedule() {
        assertEquals(List.of("description", "name", "project", "region", "snapshotSchedulePolicy"),
                passing(StackRun.given(preview)).request(POLICY).getIgnoreChangesList());
    }

    @Test
    void scheduleIsKeptAndDeletedWithTheDisk() {
        var deletable = StackRun.given(preview).with("deleteDisk", "sky-api-server-state").getDisk(DISK_OF_OURS);
        assertEquals(List.of(true, true, true), retained(deletable));
        assertEquals(List.of(false, false, false), retained(deletable.lastDisk(DISK_ID)));
        assertEquals(List.of(true, true, true), retained(StackRun.given(preview)));
    }

    @Test
    void policyOfSomebodyElseIsUsedInPlaceOfOursAndToldOnce() {
        var theirs = StackRun.given(preview).with("disk", "adopt").getDisk(StackRun.having(DISK_OF_OURS, THEIRS))
                .policy(THEIRS, StackRun.schedule(7));
        var run = passing(theirs);
        assertFalse(run.types().contains(POLICY) || run.types().contains(ATTACHMENT), run.types()::toString);
        assertEquals(THEIRS, run.output("snapshotSchedule"));
        var told = "The disk " + DISK_ID + " has the resource policy " + THEIRS
                + " already. It stays, and this stack adds no snapshot schedule.";
        assertTrue(run.told().contains(told), run.told());
        assertFalse(
                passing(theirs.lastUp(Map.of("diskId", DISK_ID, "snapshotSchedule", THEIRS))).told().contains(told));
    }

    @Test
    void withoutDaysThereIsNoScheduleAndNothingIsAskedAboutOne() {
        var run = passing(StackRun.given(preview).with("snapshotDays", "0").getDisk(DISK_OF_OURS));
        assertFalse(run.types().contains(POLICY) || run.types().contains(ATTACHMENT), run.types()::toString);
        assertFalse(run.outputs().containsKey("snapshotSchedule"));
        assertFalse(run.askedOfGoogle().contains("gcp:compute/getResourcePolicy:getResourcePolicy"),
                run.askedOfGoogle()::toString);
    }

    /** Left out of the program it would go on, and nobody know of it. */
    @Test
    void scheduleThatTheDiskHasIsNotForgotten() {
        var refusal =
                StackRun.given(preview).with("snapshotDays", "0").getDisk(StackRun.having(DISK_OF_OURS, SCHEDULE_ID))
                        .policy(SCHEDULE_ID, StackRun.schedule(14)).run().refusal();
        assertTrue(refusal.contains("no up takes it off, so nothing was changed"), refusal);
        assertTrue(refusal
                .contains("\n  gcloud compute disks remove-resource-policies sky-api-server-state --resource-policies "
                        + NAME + " --project my-project --zone us-east5-b"
                        + " && gcloud compute resource-policies delete " + NAME
                        + " --project my-project --region us-east5\n"),
                refusal);
        assertTrue(refusal.contains("\n  pulumi config rm snapshotDays"), refusal);
    }

    @Test
    void otherDaysAreRefusedWithTheLineThatChangesThem() {
        var run = StackRun.given(preview).with("snapshotDays", "30").getDisk(StackRun.having(DISK_OF_OURS, SCHEDULE_ID))
                .policy(SCHEDULE_ID, StackRun.schedule(14)).run();
        assertTrue(run.refusal().contains("keeps snapshots for 14 days, and snapshotDays says 30."), run.refusal());
        assertTrue(run.refusal().contains("\n  gcloud compute resource-policies update snapshot-schedule " + NAME
                + " --project my-project --region us-east5 --max-retention-days 30 && pulumi up\n"), run.refusal());
        assertTrue(run.refusal().contains("\n  pulumi config set snapshotDays 14"), run.refusal());
        assertEquals(List.of(), run.types());
    }

    @Test
    void scheduleOfADiskThatThisStackDoesNotOwnIsReadAtMost() {
        var given =
                StackRun.given(preview).with("disk", "reference").getDisk(StackRun.having(DISK_OF_OURS, SCHEDULE_ID));
        var run = passing(given);
        assertFalse(run.types().contains(POLICY) || run.types().contains(ATTACHMENT), run.types()::toString);
        assertTrue(run.reads().stream().map(ReadResourceRequest::getId).toList()
                .containsAll(List.of(SCHEDULE_ID, ATTACHMENT_ID)), run.reads()::toString);
        assertFalse(passing(given.getDisk(DISK_OF_OURS)).reads().stream().map(ReadResourceRequest::getId)
                .anyMatch(SCHEDULE_ID::equals));
        var refusal = given.with("snapshotDays", "7").run().refusal();
        assertTrue(refusal.contains("disk is reference: the owner of the disk schedules its snapshots"), refusal);
        assertTrue(refusal.contains("\n      pulumi config rm snapshotDays"), refusal);
    }

    @Test
    void googleThatCanNotBeAskedChangesNothing() {
        var run = StackRun.given(preview)
                .policy(SCHEDULE_ID,
                        StackRun.failing("Error 403: Required 'compute.resourcePolicies.get' permission, forbidden"))
                .run();
        assertTrue(run.refusal().contains("Google could not be asked about the snapshot schedule " + SCHEDULE_ID
                + ", so nothing was changed: UNKNOWN: Error 403"), run.refusal());
        assertTrue(run.refusal().contains("pulumi config set snapshotDays 0"), run.refusal());
        assertEquals(List.of(), run.types());
    }

    @Test
    void noScheduleIsMadeForADiskThatIsNotTheConfigs() {
        var run = StackRun.given(preview).actual(DISK, Map.of("name", "old-disk")).run();
        assertFalse(run.types().contains(POLICY) || run.types().contains(ATTACHMENT), run.types()::toString);
    }

    @Test
    void longNameOfADiskMakesANameThatGoogleTakes() {
        var disk = "d".repeat(63);
        var name = GivenConfig.complete().with("diskName", disk).read().state() instanceof DiskSettings settings
                ? settings.scheduleName() : "";
        assertTrue(name.matches("d{54}-[0-9a-f]{8}"), name);
    }

    private static List<Boolean> retained(StackRun.Given given) {
        var run = passing(given);
        return List.of(run.request(DISK).getRetainOnDelete(), run.request(POLICY).getRetainOnDelete(),
                run.request(ATTACHMENT).getRetainOnDelete());
    }

    private static StackRun passing(StackRun.Given given) {
        var run = given.run();
        assertEquals(List.of(), run.result().errors());
        return run;
    }
}
