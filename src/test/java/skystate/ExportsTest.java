package skystate;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import org.junit.jupiter.api.Test;
import skystate.config.GivenConfig;
import skystate.config.Settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The output that a recovery stack takes its config from, in the form that `pulumi config set-all --json` reads. */
class ExportsTest {

    private static final GivenConfig RICH = GivenConfig.complete()
            .with("zone", "europe-west4-a").with("diskName", "team-disk").with("diskSize", "25").with("diskType", "hyperdisk-balanced")
            .with("diskIops", "5000").with("diskThroughput", "200").with("diskLabels", "{\"team\": \"research\"}")
            .with("diskKmsKey", "projects/keys-project/locations/europe-west4/keyRings/sky/cryptoKeys/state")
            .with("namespace", "team").with("release", "sky").with("authUser", "alice")
            .with("chart", "skypilot").with("chartRepository", "https://charts.example.com").with("chartVersion", "1.2.3")
            .with("deleteDisk", "team-disk").with("values", "{\"ingress\": {\"host\": \"sky.example.com\"}}");

    /** What the CLI reads of each key. */
    private record Entry(String value, Object objectValue, Boolean secret) {
    }

    @Test
    void everyEntryIsOneThatTheCliTakes() {
        recoveryConfig(RICH).forEach((key, entry) -> {
            assertTrue(key.matches("(sky-api-server|gcp):[A-Za-z]+"), key);
            assertTrue(entry.value() != null && !entry.value().isBlank(), key);
            assertEquals(false, entry.secret(), key);
        });
    }

    /** An objectValue is what tells the CLI that the value is structured. */
    @Test
    void valuesStayStructured() {
        var values = recoveryConfig(RICH).get("sky-api-server:values");
        assertEquals(Map.of("ingress", Map.of("host", "sky.example.com")), values.objectValue());
        assertEquals("{\"ingress\":{\"host\":\"sky.example.com\"}}", values.value());
    }

    @Test
    void stackWithThatConfigAdoptsTheSameDiskForTheSameServer() {
        var before = RICH.read();
        var recovery = new GivenConfig(Map.of(), Set.of());
        for (var entry : recoveryConfig(RICH).entrySet()) {
            recovery = recovery.with(entry.getKey(), entry.getValue().value());
        }
        var after = recovery.with("context", "fresh-cluster").withSecret("authPassword", GivenConfig.PASSWORD).read();
        var disk = (Settings.Disk) before.state();
        assertEquals(new Settings.Disk(disk.project(), disk.zone(), disk.replicaZone(), disk.name(), disk.sizeGib(), disk.type(), disk.performance(),
                disk.kmsKey(), disk.labels(), Settings.DiskSource.ADOPT, Optional.empty(), false, false, disk.snapshotDays()), after.state(), "adopted, and not deletable");
        assertEquals(before.server().namespace(), after.server().namespace());
        assertEquals(before.server().release(), after.server().release());
        assertEquals(before.server().login().user(), after.server().login().user());
        assertEquals(before.server().chart(), after.server().chart());
        assertEquals(before.server().values(), after.server().values());
        assertEquals(Optional.of("fresh-cluster"), after.cluster().context());
    }

    @Test
    void clusterAndPasswordAreForTheOperatorToSet() {
        var keys = recoveryConfig(RICH).keySet();
        for (var key : new String[] {"context", "kubeconfig", "authPassword", "authHash", "deleteDisk"}) {
            assertFalse(keys.contains("sky-api-server:" + key), key);
        }
    }

    @Test
    void valuesThatHoldASecretAreLeftOut() {
        var config = recoveryConfig(RICH.withSecret("values", "{\"key\": \"a-key-of-the-user\"}"));
        assertFalse(config.containsKey("sky-api-server:values"));
    }

    @Test
    void afterAFailureItSaysWhatStandsWhatWasSeenOfTheDiskAndWhatToDo() {
        assertEquals("""
                What was made before the failure still stands, and `pulumi stack` lists it.
                Google has the disk.
                If it says that something already exists, an earlier run was killed before it knew; this takes up what that one made:
                  PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up
                Else mend what the error says and run the same command again; README.md, "When it fails", has the known errors.""",
                Exports.afterFailure(RICH.without("deleteDisk").read(), "Google has the disk.", List.of()));
    }

    @Test
    void afterAFailureItSaysWhyThePodIsNotReady() {
        assertTrue(Exports.afterFailure(GivenConfig.complete().read(), "Google has the disk.", List.of("pod a: BackOff: one", "pod a: Failed: two"))
                .contains("\nThe server is not ready:\n  pod a: BackOff: one\n  pod a: Failed: two\nIf it says"));
    }

    /** The engine records that the disk goes with the stack as it comes to the disk, and the outputs at the very end. */
    @Test
    void afterAFailureItSaysThatDestroyMayDeleteADiskThatIsNamedAsDeletable() {
        var said = "so `pulumi destroy` may delete it from now on, whatever onDestroy says. To keep it:\n  pulumi config rm deleteDisk && pulumi up\n";
        assertTrue(Exports.afterFailure(GivenConfig.complete().with("deleteDisk", "sky-api-server-state").read(), "Google has the disk.", List.of()).contains(said));
        assertFalse(Exports.afterFailure(GivenConfig.complete().read(), "Google has the disk.", List.of()).contains("pulumi destroy"));
        assertTrue(Exports.afterFailure(OtherPlacesTest.DELETABLE.read(), "Google has the disk.", List.of()).contains("But database.cloudSql.delete is set, so `pulumi destroy` may")
                && Exports.afterFailure(OtherPlacesTest.DELETABLE.read(), "Google has the disk.", List.of()).contains("\n  pulumi config rm --path database.cloudSql.delete && pulumi up\n"));
    }

    @Test
    void placeItSendsTheReaderToIsThere() throws IOException {
        assertTrue(Files.readAllLines(Path.of("README.md")).contains("## When it fails"));
    }

    private static Map<String, Entry> recoveryConfig(GivenConfig config) {
        var id = config.read().state().id();
        var json = StackRun.given(true).config(config).getDisk(StackRun.failing(id + " not found")).cluster(StackRun.withNamespace()).run().output("recoveryConfig");
        return new Gson().fromJson(json, new TypeToken<Map<String, Entry>>() { });
    }
}
