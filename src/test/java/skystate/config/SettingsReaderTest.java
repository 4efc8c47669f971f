package skystate.config;

import com.pulumi.core.internal.Internal;
import com.pulumi.exceptions.RunException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SettingsReaderTest {

    private static final String HASH = "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.";
    private static final String X10 = "xxxxxxxxxx";
    private static final String X53 = X10 + X10 + X10 + X10 + X10 + "xxx";
    private static final String X63 = X53 + X10;

    private static final String GCE_NAME = "it must have up to 63 lower-case letters";
    private static final String KUBERNETES_NAME = "it must have up to 63 lower-case letters";
    private static final String RELEASE_NAME = "it must have up to 53 lower-case letters";

    @ParameterizedTest
    @ValueSource(strings = {"zone", "diskName", "authUser", "chart", "namespace"})
    void keyWhoseValueOutputsShowIsNoSecret(String key) {
        var refusal = GivenConfig.complete().withSecret(key, "hush-hush").refusal();
        assertTrue(refusal.contains(key + ": it is set with --secret"), refusal);
        assertFalse(refusal.contains("hush-hush"), refusal);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', value = {
            "gcp:project     | My_Project          | 6 to 30 lower-case letters            | pulumi config set "
                    + "gcp:project PROJECT_ID",
            "gcp:project     | short               | 6 to 30 lower-case letters            | pulumi config set "
                    + "gcp:project PROJECT_ID",
            "zone            | us-east5            | it is a region                        | pulumi config set zone "
                    + "us-east5-b",
            "zone            | europe-west4        | it is a region                        | pulumi config set zone "
                    + "europe-west4-b",
            "zone            | nowhere             | it is not a GCP zone                  | pulumi config set zone "
                    + "us-east5-b",
            "zone            | US-EAST5-B          | it is not a GCP zone                  | pulumi config set zone "
                    + "us-east5-b",
            "diskSize        | 9                   | a whole number of GiB, from 10        | pulumi config set "
                    + "diskSize 10",
            "diskSize        | 10.5                | a whole number of GiB, from 10        | pulumi config set "
                    + "diskSize 10",
            "diskSize        | 10Gi                | without a unit                        | pulumi config set "
                    + "diskSize 10",
            "diskSize        | -20                 | a whole number of GiB, from 10        | pulumi config set "
                    + "diskSize 10",
            "diskSize        | 65537               | to 65536                              | pulumi config set "
                    + "diskSize 10",
            "diskSize        | 99999999999         | to 65536                              | pulumi config set "
                    + "diskSize 10",
            "diskType        | PD_SSD              | it must be a disk type                | pulumi config set "
                    + "diskType pd-balanced",
            "replicaZone     | us-east5-b          | it must be another zone of the disk's region, us-east5 | pulumi "
                    + "config set replicaZone ZONE    # gcloud compute zones list --filter=region:us-east5",
            "replicaZone     | us-east4-b          | it must be another zone of the disk's region, us-east5 | pulumi "
                    + "config set replicaZone ZONE    # gcloud compute zones list --filter=region:us-east5",
            "replicaZone     | us-east5            | it must be another zone of the disk's region, us-east5 | pulumi "
                    + "config set replicaZone ZONE    # gcloud compute zones list --filter=region:us-east5",
            "diskKmsKey      | state               | it must be the full path, without a version, of a Cloud KMS key "
                    + "| pulumi config set diskKmsKey projects/PROJECT/locations/us-east5/keyRings/RING/cryptoKeys/KEY",
            "diskKmsKey      | projects/my-project/locations/us-east4/keyRings/r/cryptoKeys/k | of a Cloud KMS key in "
                    + "us-east5, a multi-region or global | pulumi config set diskKmsKey "
                    + "projects/PROJECT/locations/us-east5/keyRings/RING/cryptoKeys/KEY",
            "diskKmsKey      | projects/proj-1/locations/us-east5/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1 | "
                    + "without a version | pulumi config set diskKmsKey"
                    + " projects/PROJECT/locations/us-east5/keyRings/RING/cryptoKeys/KEY",
            "disk            | import              | create (this stack creates the disk)  | pulumi config set disk "
                    + "create",
            "disk            | Reference           | without owning it) or restore (       | pulumi config set disk "
                    + "create",
            "snapshot        | daily               | disk is create, and only restore      | pulumi config rm snapshot",
            "diskName        | Sky                 | " + GCE_NAME
                    + "                      | pulumi config set diskName sky-api-server-state",
            "diskName        | 1disk               | " + GCE_NAME
                    + "                      | pulumi config set diskName sky-api-server-state",
            "diskName        | disk-               | " + GCE_NAME
                    + "                      | pulumi config set diskName sky-api-server-state",
            "diskName        | x" + X63 + "        | " + GCE_NAME
                    + "                      | pulumi config set diskName sky-api-server-state",
            "deleteDisk      | sky-api-server-stat | it must be the name of this stack's disk | pulumi config set "
                    + "deleteDisk sky-api-server-state",
            "deleteDisk      | true                | it must be the name of this stack's disk | pulumi config set "
                    + "deleteDisk sky-api-server-state",
            "blankDisk       | sky-api-server-stat | it must be the name of this stack's disk | pulumi config set "
                    + "blankDisk sky-api-server-state",
            "blankDisk       | true                | it must be the name of this stack's disk | pulumi config set "
                    + "blankDisk sky-api-server-state",
            "kubeconfig      | no/such/file        | there is no such file                 | pulumi config set "
                    + "kubeconfig FILE",
            "namespace       | Sky                 | " + KUBERNETES_NAME
                    + "               | pulumi config set namespace skypilot",
            "namespace       | -sky                | " + KUBERNETES_NAME
                    + "               | pulumi config set namespace skypilot",
            "namespace       | x" + X63 + "        | " + KUBERNETES_NAME
                    + "               | pulumi config set namespace skypilot",
            "release         | Sky                 | " + RELEASE_NAME
                    + "                  | pulumi config set release skypilot",
            "release         | 1sky                | " + RELEASE_NAME
                    + "                  | pulumi config set release skypilot",
            "release         | x" + X53 + "        | " + RELEASE_NAME
                    + "                  | pulumi config set release skypilot",
            "chart           | ./no/chart          | that folder has no Chart.yaml         | pulumi config set chart "
                    + "skypilot-nightly",
            "chart           | oci://host/chart    | that folder has no Chart.yaml         | pulumi config set chart "
                    + "skypilot-nightly",
            "chartVersion    | latest              | one exact version                     | pulumi config set "
                    + "chartVersion 1.0.0",
            "chartVersion    | >=1.0.0             | one exact version                     | pulumi config set "
                    + "chartVersion 1.0.0",
            "installTimeout  | 29                  | seconds, from 30 to 7200              | pulumi config set "
                    + "installTimeout 600",
            "installTimeout  | 7201                | seconds, from 30 to 7200              | pulumi config set "
                    + "installTimeout 600",
            "installTimeout  | 10m                 | without a unit                        | pulumi config set "
                    + "installTimeout 600",
            "installTimeout  | 99999999999         | seconds, from 30 to 7200              | pulumi config set "
                    + "installTimeout 600",
            "snapshotDays    | -1                  | days (0: no snapshots), from 0 to 655 | pulumi config set "
                    + "snapshotDays 14",
            "snapshotDays    | 65536               | days (0: no snapshots), from 0 to 655 | pulumi config set "
                    + "snapshotDays 14",
            "snapshotDays    | 2w                  | without a unit                        | pulumi config set "
                    + "snapshotDays 14",
            "nodesOnDemand   | maybe               | it must be true or false              | pulumi config set "
                    + "nodesOnDemand false",
            "allowUnauthenticated | yes            | it must be true or false              | pulumi config set "
                    + "allowUnauthenticated false",
            "zones           |                     | no such key; the nearest is zone      | pulumi config rm zones",
            "disksize        |                     | no such key; the nearest is diskSize  | pulumi config rm disksize",
            "authPasword     |                     | the nearest is authPassword           | pulumi config rm "
                    + "authPasword"})
    void badValueIsShownWithTheReasonAndTheLineToType(String key, String value, String why, String fix) {
        var refusal = GivenConfig.complete().with(key, value == null ? "something" : value).refusal();
        assertTrue(refusal.startsWith("The stack's config has a problem; nothing was changed:\n"), refusal);
        assertTrue(refusal.contains("\n  " + key + (value == null ? ": " : " = " + value + ": ")), refusal);
        assertTrue(refusal.contains(why), refusal);
        assertTrue(refusal.endsWith("\n      " + fix + "\n"), refusal);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "gcp:project  | it is missing            | pulumi config set gcp:project PROJECT_ID",
            "zone         | the zone of the disk     | pulumi config set zone us-east5-b",
            "context      | never uses the current   | pulumi config set context CONTEXT",
            "authPassword | the server has no login  | pulumi config set --secret authPassword"})
    void whatHasNoDefaultIsAskedFor(String key, String why, String fix) {
        for (var given : List.of(GivenConfig.complete().without(key), GivenConfig.complete().with(key, " "))) {
            var refusal = given.refusal();
            assertTrue(refusal.contains("\n  " + key + ": ") && refusal.contains(why), refusal);
            assertTrue(refusal.contains("\n      " + fix), refusal);
        }
    }

    @Test
    void everythingIsToldAtOnce() {
        var refusal = GivenConfig.complete().without("gcp:project").without("context").without("authPassword")
                .with("zone", "us-east5").with("diskSize", "5").with("diskTyp", "pd-ssd").with("namespace", "Sky")
                .with("chartVersion", "x")
                .with("values", "{\"storage\": {}, \"fullnameOverride\": \"x\"}").refusal();
        assertTrue(refusal.startsWith("The stack's config has 10 problems; nothing was changed:\n"), refusal);
        for (var key : List.of("gcp:project", "context", "authPassword", "zone", "diskSize", "diskTyp", "namespace",
                "chartVersion",
                "values.storage", "values.fullnameOverride")) {
            assertTrue(refusal.contains("\n  " + key), () -> key + " in:\n" + refusal);
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
            "zone, hidden", "diskName, HIDDEN hidden", "diskSize, hidden", "namespace, HIDDEN hidden",
            "kubeconfig, hidden/file",
            "chart, ./hidden", "deleteDisk, hidden", "blankDisk, hidden", "snapshot, hidden", "values, hidden",
            "chartRepository, hidden", "authHash, alice:hidden"})
    void secretIsNeverShownHoweverBadItIs(String key, String value) {
        var config = key.equals("authHash") ? GivenConfig.complete().without("authPassword") : GivenConfig.complete();
        var refusal = config.withSecret(key, value).refusal();
        assertTrue(refusal.contains("\n  " + key + ": "), refusal);
        assertFalse(refusal.contains("hidden"), refusal);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
            "authUser, '#hidden', it must not have a colon",
            "authUser, alice:hidden, it must not have a colon",
            "chartRepository, https://alice:hidden@charts.example.com, without a password",
            "chartRepository, hidden, it must be the URL of a Helm repository",
            "authPasswrd, hidden, the nearest is authPassword"})
    void plainTextThatMayBeAPasswordByASlipIsNotShownEither(String key, String value, String why) {
        var refusal = GivenConfig.complete().with(key, value).refusal();
        assertTrue(refusal.contains("\n  " + key + ": ") && refusal.contains(why), refusal);
        assertFalse(refusal.contains("hidden"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authPassword", "authHash"})
    void passwordInPlainTextIsRefused(String key) {
        var config = new GivenConfig(GivenConfig.complete().without("authPassword").values(), Set.of());
        var refusal = config.with(key, "alice:" + HASH).refusal();
        assertTrue(refusal.contains("\n  " + key + ": it is in plain text"), refusal);
        assertTrue(refusal.contains("pulumi config set --secret " + key), refusal);
        assertFalse(refusal.contains(HASH), refusal);
    }

    @Test
    void passwordAndHashAreNotBothSet() {
        var refusal = GivenConfig.complete().withSecret("authHash", "alice:" + HASH).refusal();
        assertTrue(refusal.contains("both authPassword and authHash are set"), refusal);
        assertTrue(refusal.contains("pulumi config rm authHash"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", ":" + HASH, HASH, "alice:plain", "alice:rl0uE4sYEVUqM", "alice:" + HASH + "x"})
    void hashThatNginxCannotReadIsRefused(String line) {
        var refusal = GivenConfig.complete().without("authPassword").withSecret("authHash", line).refusal();
        assertTrue(refusal.contains("\n  authHash: it must be the user:hash that `htpasswd -nb USER PASSWORD` prints"),
                refusal);
        assertTrue(refusal.contains("htpasswd -nb USER PASSWORD | pulumi config set --secret authHash"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Daily", "daily-", "global/snapshots/daily", "projects/my-project/snapshots/daily",
            "https://www.googleapis.com/compute/v1/projects/p/global/snapshots/s"})
    void snapshotIsANameOrAPath(String snapshot) {
        var refusal = GivenConfig.complete().with("disk", "restore").with("snapshot", snapshot).refusal();
        assertTrue(refusal.contains("\n  snapshot = " + snapshot + ": it must be the name of a snapshot"), refusal);
        assertTrue(
                refusal.contains(
                        "pulumi config set snapshot NAME    # gcloud compute snapshots list --project my-project"),
                refusal);
    }

    @Test
    void restoreNamesItsSnapshot() {
        var refusal = GivenConfig.complete().with("disk", "restore").refusal();
        assertTrue(refusal.startsWith(
                "The stack's config has a problem; nothing was changed:\n  snapshot: it is missing; disk is restore"),
                refusal);
        assertTrue(refusal.endsWith(
                "\n      pulumi config set snapshot NAME    # gcloud compute snapshots list --project my-project"
                        + " --filter='sourceDisk~/disks/sky-api-server-state$' --sort-by='~creationTimestamp' lists "
                        + "them\n"),
                refusal);
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
            "reference, blankDisk,  never replaces a disk that it doesn't own",
            "reference, snapshotDays, the owner of the disk schedules its snapshots",
            "reference, deleteDisk, never deletes a disk that it doesn't own",
            "restore,   blankDisk,  'can''t be both restored and blank'"})
    void whatCannotBeMeantOfTheDiskIsRefused(String disk, String key, String why) {
        var given = GivenConfig.complete().with("disk", disk).with(key, "sky-api-server-state");
        var refusal = (disk.equals("restore") ? given.with("snapshot", "daily") : given).refusal();
        assertTrue(refusal.startsWith("The stack's config has a problem; nothing was changed:\n  " + key
                + " = sky-api-server-state: disk is " + disk), refusal);
        assertTrue(refusal.contains(why), refusal);
        assertTrue(refusal.endsWith("\n      pulumi config rm " + key + "\n"), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adopt", "reference"})
    void onlyRestoreTakesASnapshot(String disk) {
        var refusal = GivenConfig.complete().with("disk", disk).with("snapshot", "daily").refusal();
        assertTrue(refusal.contains("\n  snapshot = daily: disk is " + disk + ", and only restore uses a snapshot"),
                refusal);
    }

    @Test
    void newlineThatACommandPrintsAfterASecretIsNoPartOfIt() {
        var config = GivenConfig.complete();
        assertEquals(login(config.read()),
                login(config.withSecret("authPassword", GivenConfig.PASSWORD + "\n").read()));
        assertEquals("alice:" + HASH,
                login(config.without("authPassword").withSecret("authHash", "alice:" + HASH + "\n\n").read()));
    }

    @Test
    void loginIsTheSameInEachRunAndDiffersByWhatItIsFor() {
        var config = GivenConfig.complete();
        assertEquals(login(config.read()), login(config.read()));
        for (var key : Map
                .of("authUser", "alice", "diskName", "other", "zone", "us-east5-a", "gcp:project", "other-project")
                .entrySet()) {
            var other = login(config.with(key.getKey(), key.getValue()).read());
            assertFalse(other.endsWith(login(config.read()).split(":", 2)[1]), key::getKey);
        }
    }

    @Test
    void contentsOfAKubeconfigAreASecretAndNeedNoContext() {
        var contents = "apiVersion: v1\nkind: Config\n";
        var cluster = GivenConfig.complete().without("context").withSecret("kubeconfig", contents).read().cluster();
        assertEquals(Optional.empty(), cluster.context());
        assertTrue(Internal.of(cluster.kubeconfigOutput().orElseThrow()).isSecret().join());
        for (var plain : List.of(contents, "{\"apiVersion\": \"hidden\"}")) {
            var refusal = GivenConfig.complete().with("kubeconfig", plain).refusal();
            assertTrue(refusal.contains("\n  kubeconfig: a kubeconfig holds credentials"), refusal);
            assertTrue(refusal.contains("pulumi config set --secret kubeconfig < KUBECONFIG_FILE"), refusal);
            assertFalse(refusal.contains("apiVersion"), refusal);
        }
    }

    @Test
    void pathsAreMeantFromTheProjectsFolder(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("charts/sky"));
        Files.writeString(folder.resolve("charts/sky/Chart.yaml"), "name: skypilot");
        Files.writeString(folder.resolve("kubeconfig"), "apiVersion: v1");
        var given = GivenConfig.complete().with("chart", "./charts/sky").with("kubeconfig", "kubeconfig");
        var settings = SettingsReader.read(given.source(), folder);
        assertEquals(new ChartSettings("./charts/sky", Optional.empty(), Optional.empty(), Optional.empty()),
                settings.server().chart());
        assertFalse(Internal.of(settings.cluster().kubeconfigOutput().orElseThrow()).isSecret().join());
        assertThrows(RunException.class, given::read, "not from any other folder");
    }

    @Test
    void fileOfAKubeconfigAloneDoesNotSayWhichCluster(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("kubeconfig"), "apiVersion: v1").toString();
        var refusal = GivenConfig.complete().without("context").with("kubeconfig", file).refusal();
        assertTrue(refusal.contains("\n  context: it is missing"), refusal);
    }

    @Test
    void folderOfAChartTakesNoVersion(@TempDir Path chart) throws IOException {
        Files.writeString(chart.resolve("Chart.yaml"), "name: skypilot");
        var refusal = GivenConfig.complete().with("chart", chart.toString()).with("chartVersion", "1.0.0").refusal();
        assertTrue(refusal.contains("\n  chartVersion = 1.0.0: chart is a folder, which has its own version"), refusal);
        assertTrue(refusal.contains("pulumi config rm chartVersion"), refusal);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
            "gcp:project, example.com:my-project", "zone, northamerica-northeast1-a", "zone, us-central1-ai1a",
            "diskSize, 65536", "diskSize, 0010",
            "diskName, x", "diskName, " + X63, "diskType, pd-standard", "diskType, hyperdisk-balanced",
            "replicaZone, us-east5-c",
            "diskKmsKey, projects/my-project/locations/us-east5/keyRings/r/cryptoKeys/k",
            "diskKmsKey, projects/my-project/locations/global/keyRings/r/cryptoKeys/k",
            "diskKmsKey, projects/my-project/locations/us/keyRings/r/cryptoKeys/k", "disk, adopt", "disk, reference",
            "deleteDisk, sky-api-server-state",
            "blankDisk, sky-api-server-state", "namespace, 1sky", "namespace, " + X63, "release, " + X53,
            "chartVersion, v1.2.3-rc.1+build", "chartVersion, 1.0.0-dev20261123",
            "snapshotDays, 0", "snapshotDays, 65535", "installTimeout, 30", "installTimeout, 7200",
            "chart, some-other-chart", "chartRepository, http://127.0.0.1:8080/charts", "authUser, alice@example.com",
            "values, {}"})
    void goodValueAtTheEdgeIsTaken(String key, String value) {
        GivenConfig.complete().with(key, value).read();
    }

    @Test
    void keysOfOtherNamespacesAreNoneOfOurs() {
        GivenConfig.complete().with("gcp:accessToken", "x").with("other:key", "y").read();
    }

    private static String login(Settings settings) {
        return Internal.of(settings.server().login().htpasswd().orElseThrow()).getValueNullable().join();
    }
}
