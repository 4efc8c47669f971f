package skystate;

import com.pulumi.resources.CustomTimeouts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static skystate.StackRun.ATTACHMENT;
import static skystate.StackRun.DISK;
import static skystate.StackRun.DISK_ID;
import static skystate.StackRun.POLICY;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.VOLUME;

class StateDiskTest {

    /** The fixed properties are ignored, so the engine goes on with the old disk, and returns it. */
    @ParameterizedTest(name = "{1} is {2}, preview: {0}")
    @CsvSource({
            "true,  zone,    europe-west4-a, projects/my-project/zones/europe-west4-a/disks/sky-api-server-state",
            "false, zone,    europe-west4-a, projects/my-project/zones/europe-west4-a/disks/sky-api-server-state",
            "true,  name,    old-disk,       projects/my-project/zones/us-east5-b/disks/old-disk",
            "false, name,    old-disk,       projects/my-project/zones/us-east5-b/disks/old-disk",
            "true,  project, old-project,    projects/old-project/zones/us-east5-b/disks/sky-api-server-state",
            "false, project, old-project,    projects/old-project/zones/us-east5-b/disks/sky-api-server-state"})
    void serverIsNotMovedOffItsDiskByAChangeOfConfig(boolean preview, String property, String actual, String actualId) {
        var run = StackRun.given(preview).actual(DISK, Map.of(property, actual)).run();
        var refusal = run.refusal();
        assertTrue(refusal.contains("The config names another disk than this stack has; nothing was changed."),
                refusal);
        assertTrue(refusal.contains("this stack's disk: " + actualId), refusal);
        assertTrue(refusal.contains("the config's disk: " + DISK_ID), refusal);
        assertTrue(refusal.contains("Set gcp:project, zone, replicaZone and diskName back"), refusal);
        assertFalse(refusal.contains("\tat "), () -> "no stack trace in:\n" + refusal);
        assertFalse(run.types().contains(VOLUME), "no volume on another disk");
        assertFalse(run.types().contains(RELEASE), "no server on another disk");
    }

    /** The provider's own bound is twenty minutes. */
    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void googleIsWaitedForNoLongerThanTheServer(boolean preview) {
        for (var seconds : List.of("600", "45")) {
            var run = StackRun.given(preview).with("installTimeout", seconds).run();
            for (var type : List.of(DISK, POLICY, ATTACHMENT)) {
                var timeouts = run.request(type).getCustomTimeouts();
                for (var timeout : List.of(timeouts.getCreate(), timeouts.getUpdate(), timeouts.getDelete())) {
                    assertEquals(Duration.ofSeconds(Integer.parseInt(seconds)),
                            CustomTimeouts.parseTimeoutString(timeout), type);
                }
            }
        }
    }

    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void diskIsDeletableOnlyOnceTheConfigNamesIt(boolean preview) {
        var named = StackRun.given(preview).with("deleteDisk", "sky-api-server-state")
                .getDisk(StackRun.disk(10, "pd-balanced", StackRun.OWN_LABEL));
        var run = named.lastDisk(StackRun.DISK_ID).run();
        assertFalse(run.request(DISK).getRetainOnDelete());
        assertTrue(run.output("onDestroy").contains("pulumi destroy DELETES the disk sky-api-server-state"),
                run.output("onDestroy"));
        assertTrue(run.output("onDestroy").contains("pulumi config rm deleteDisk && pulumi up"),
                run.output("onDestroy"));
    }

    /** Of a first up that failed nothing may tell later which disk this stack had. */
    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void diskIsKeptUntilAnUpHasFinishedWithIt(boolean preview) {
        var run = StackRun.given(preview).with("deleteDisk", "sky-api-server-state").run();
        assertTrue(run.request(DISK).getRetainOnDelete());
        assertEquals(
                "The namespace skypilot stays, with whatever else is in it. pulumi destroy keeps the disk "
                        + "sky-api-server-state: this was the first up with it. To delete it with the stack:"
                        + " pulumi up && pulumi destroy",
                run.output("onDestroy"));
    }

    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void oneNumberSizesDiskVolumeAndClaim(boolean preview) {
        var run = StackRun.given(preview).with("diskSize", "25").run();
        assertEquals(25L, run.inputs(DISK).get("size"));
        assertEquals(Map.of("storage", "25Gi"), ((Map<?, ?>) run.inputs(VOLUME).get("spec")).get("capacity"));
        assertEquals("25Gi", ((Map<?, ?>) ((Map<?, ?>) run.inputs(RELEASE).get("values")).get("storage")).get("size"));
    }

    /** The provider replaces a disk that is no hyperdisk for it (facts: G2). */
    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void whatIsProvisionedIsLeftAsItIs(boolean preview) {
        var hyperdisk = StackRun.given(preview).with("diskType", "hyperdisk-balanced").run();
        assertEquals("hyperdisk-balanced", hyperdisk.inputs(DISK).get("type"));
        assertTrue(hyperdisk.request(DISK).getIgnoreChangesList()
                .containsAll(List.of("provisionedIops", "provisionedThroughput")));
    }

    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void keyAndOwnLabelsGoToTheDisk(boolean preview) {
        var key = "projects/keys-project/locations/us-east5/keyRings/sky/cryptoKeys/state";
        var run = StackRun.given(preview).with("diskKmsKey", key).run();
        assertEquals(Map.of("kmsKeySelfLink", key), run.inputs(DISK).get("diskEncryptionKey"));
        assertEquals(Map.of("app", "sky-api-server", "managed-by", "pulumi", "sky-api-server-stack", "dev-adedc355"),
                run.inputs(DISK).get("labels"));
        assertFalse(
                ((Map<?, ?>) ((Map<?, ?>) run.inputs(VOLUME).get("spec")).get("csi")).containsKey("volumeAttributes"),
                "no zonal disk can be taken by force");
    }

    @ParameterizedTest(name = "preview: {0}")
    @ValueSource(booleans = {true, false})
    void zoneNameAndProjectGoWhereTheyMatter(boolean preview) {
        var run = StackRun.given(preview).with("zone", "europe-west4-a").with("diskName", "team-disk")
                .with("gcp:project", "team-project")
                .with("diskType", "pd-ssd")
                .getDisk(StackRun.failing("projects/team-project/zones/europe-west4-a/disks/team-disk not found"))
                .run();
        assertEquals(List.of(), run.result().errors());
        var spec = (Map<?, ?>) run.inputs(VOLUME).get("spec");
        assertEquals("pd-ssd", run.inputs(DISK).get("type"));
        assertEquals("projects/team-project/zones/europe-west4-a/disks/team-disk",
                ((Map<?, ?>) spec.get("csi")).get("volumeHandle"));
        assertTrue(spec.get("nodeAffinity").toString().contains("values=[europe-west4-a]"), spec::toString);
    }
}
