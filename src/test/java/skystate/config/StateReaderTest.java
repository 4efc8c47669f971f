package skystate.config;

import com.pulumi.core.internal.Internal;
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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Where the state is, other than on a disk. */
public class StateReaderTest {

    static final String CONNECTION = "postgresql://sky:pass-word-7@db.internal:5432/skypilot";
    private static final String EBS =
            "{'driver': 'ebs.csi.aws.com', 'handle': 'vol-0a', 'size': 20, 'topology': "
                    + "{'topology.ebs.csi.aws.com/zone': 'us-east-2a'}}";

    /** A server on a volume, without a key of a disk. */
    public static GivenConfig onVolume(String volume) {
        return GivenConfig.complete().without("gcp:project").without("zone").with("persistence", "volume")
                .with("volume", volume.replace('\'', '"'));
    }

    /** A server on a volume of EBS. */
    public static GivenConfig onVolume() {
        return onVolume(EBS);
    }

    /** A server with a database, without a key of a disk. */
    public static GivenConfig inDatabase() {
        return GivenConfig.complete().without("gcp:project").without("zone").with("persistence", "database")
                .withSecret("database", "{\"connection\": \"" + CONNECTION + "\"}");
    }

    @Test
    void volumeNeedsNeitherProjectNorZone() {
        assertEquals(new Volume("ebs.csi.aws.com", "vol-0a", "ext4",
                Map.of("topology.ebs.csi.aws.com/zone", List.of("us-east-2a")), 20), onVolume().read().state());
    }

    @Test
    void volumeThatEveryNodeReachesHasNoTopologyAndAFilesystemOfItsOwn() {
        assertEquals(new Volume("nfs.csi.k8s.io", "server/share", "nfs4", Map.of(), 100),
                onVolume("{'driver': 'nfs.csi.k8s.io', 'handle': 'server/share', 'fsType': 'nfs4', 'size': '100'}")
                        .read().state());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', value = {
            "{'handle': 'v', 'size': 1}                                           | volume.driver: it is missing; it "
                    + "must be the name of a CSI driver",
            "{'driver': 'not a name', 'handle': 'v', 'size': 1}                   | volume.driver = not a name: it "
                    + "must be the name of a CSI driver",
            "{'driver': 'pd.csi.storage.gke.io', 'handle': 'v', 'size': 1}        | use persistence disk with disk "
                    + "reference",
            "{'driver': 'd', 'size': 1}                                           | volume.handle: it is missing",
            "{'driver': 'd', 'handle': 'v w', 'size': 1}                          | volume.handle = v w: ",
            "{'driver': 'd', 'handle': 'v'}                                       | volume.size: it is missing",
            "{'driver': 'd', 'handle': 'v', 'size': '10Gi'}                       | volume.size = 10Gi: it must be a "
                    + "whole number of GiB, from 1",
            "{'driver': 'd', 'handle': 'v', 'size': 0}                            | volume.size = 0: ",
            "{'driver': 'd', 'handle': 'v', 'size': 1, 'fsType': 'EXT 4'}         | volume.fsType = EXT 4: ",
            "{'driver': 'd', 'handle': 'v', 'size': 1, 'fstype': 'xfs'}           | volume.fstype: there is no such "
                    + "key; the nearest is fsType",
            "{'driver': 'd', 'handle': 'v', 'size': 1, 'topology': 'us-east-2a'}  | volume.topology = ",
            "{'driver': 'd', 'handle': 'v', 'size': 1, 'topology': {'a b': 'c'}}  | volume.topology = ",
            "{'driver': 'd', 'handle': 'v', 'size': 1, 'topology': {'a': []}}     | volume.topology = ",
            "'vol-0a'                                                             | it must be structured, with the "
                    + "keys driver, handle, fsType, topology, size"})
    void volumeThatIsNotInOrderIsRefused(String volume, String why) {
        var refusal = onVolume(volume).refusal();
        assertTrue(refusal.contains("\n  " + why) || refusal.contains(why) && !why.startsWith("volume"), refusal);
        assertTrue(refusal.contains("pulumi config "), refusal);
    }

    @Test
    void allThatAVolumeLacksIsToldAtOnce() {
        assertTrue(onVolume("{}").refusal().startsWith("The stack's config has 3 problems"));
    }

    @Test
    void connectionIsASecretAllTheWay() {
        var database = assertInstanceOf(Database.class, inDatabase().read().state());
        assertEquals(CONNECTION, Internal.of(database.connection().orElseThrow()).getValueNullable().join());
        assertTrue(Internal.of(database.connection().orElseThrow()).isSecret().join());
        assertFalse(database.toString().contains("pass-word"), database.toString());
        assertFalse(database.digest().contains("pass-word"));
    }

    @Test
    void secretThatIsThereIsNamed() {
        assertEquals(new Database(Optional.of("sky-db"), Optional.empty(), ""),
                inDatabase().without("database").with("database", "{\"connectionSecret\": \"sky-db\"}").read().state());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"postgresql+psycopg2://u:p%40ss@10.0.0.3/sky", "postgresql://u:p@h:5432/sky?sslmode=require"})
    void formsOfAConnectionStringPass(String connection) {
        inDatabase().withSecret("database", "{\"connection\": \"" + connection + "\"}").read();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:///root/.sky/hidden.db", "mysql://u:hidden@h/sky", "postgresql://u:hid/den@h/sky",
            "postgresql://h/hidden", "postgresql://u:hidden@h", "hidden"})
    void whatIsNoConnectionStringIsRefusedAndNotShown(String connection) {
        var refusal = inDatabase().withSecret("database", "{\"connection\": \"" + connection + "\"}").refusal();
        assertTrue(refusal.contains("  database.connection: it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
                refusal);
        assertFalse(refusal.contains("hid"), refusal);
    }

    @Test
    void connectionInPlainTextIsRefusedAndNotShown(@TempDir Path folder) throws IOException {
        var plain = inDatabase().without("database");
        plain = new GivenConfig(plain.values(), java.util.Set.of("sky-api-server:authPassword")).with("database",
                "{\"connection\": \"" + CONNECTION + "\"}");
        assertTrue(plain.refusal().contains("database.connection: it is in plain text"), plain.refusal());
        assertFalse(plain.refusal().contains("pass-word"));

        // Another part of the key may be what is a secret.
        Files.writeString(folder.resolve("Pulumi.dev.yaml"), "connection: " + CONNECTION);
        var refusal = assertThrows(RuntimeException.class, () -> SettingsReader.read(inDatabase().source(), folder))
                .getMessage();
        assertTrue(refusal.contains("database.connection: it is in plain text") && !refusal.contains("pass-word"),
                refusal);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{}                                                     | database: it is missing how to reach the "
                    + "database",
            "{'connection': 'postgresql://u:p@h/d', 'connectionSecret': 'a'} | database: both connection and "
                    + "connectionSecret are set",
            "{'connectionSecret': 'NAME'}                           | database.connectionSecret: it must be the name "
                    + "of a Secret",
            "{'connectSecret': 'a'}                                 | database.connectSecret: there is no such key; "
                    + "the nearest is connectionSecret"})
    void databaseThatIsNotInOrderIsRefused(String database, String why) {
        var refusal = inDatabase().withSecret("database", database.replace('\'', '"')).refusal();
        assertTrue(refusal.contains("\n  " + why), refusal);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"volume", "database"})
    void whatIsForADiskIsRefusedUnlessItIsTheDefault(String kind) {
        var given = kind.equals("volume") ? onVolume() : inDatabase();
        given.with("diskSize", "10").with("diskType", "pd-balanced").with("disk", "create").read();
        var refusal = given.with("zone", "us-east5-b").with("diskSize", "20").with("deleteDisk", "sky-api-server-state")
                .refusal();
        for (var key : List.of("zone = us-east5-b", "diskSize = 20", "deleteDisk = sky-api-server-state")) {
            assertTrue(refusal.contains("\n  " + key + ": persistence is " + kind
                    + ", which does not use this key\n      pulumi config rm "), refusal);
        }
    }

    @Test
    void volumeOrDatabaseThatNothingAsksForIsRefused() {
        var refusal = GivenConfig.complete().with("volume", "{\"driver\": \"d\"}")
                .withSecret("database", "{\"connection\": \"hidden\"}").refusal();
        assertTrue(refusal.contains(
                "  volume: persistence is disk, which does not use this key\n      pulumi config set persistence "
                        + "volume    # or pulumi config rm volume"),
                refusal);
        assertTrue(refusal.contains("  database: persistence is disk") && !refusal.contains("hidden"), refusal);
        assertFalse(
                GivenConfig.complete().with("database", "postgresql://sky:hidden@db/sky").refusal().contains("hidden"),
                "in plain text by a slip");
    }

    @Test
    void otherPersistenceIsRefused() {
        assertTrue(GivenConfig.complete().with("persistence", "nfs").refusal()
                .contains("persistence = nfs: it must be disk ("));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "{'apiService': {'config': 'a: b'}}                | values.apiService.config",
            "{'storage': {'enabled': true}}                    | values.storage",
            "{'apiService': {'dbConnectionString': 'hidden'}}  | values.apiService.dbConnectionString",
            "{'apiService': {'upgradeStrategy': 'Sometimes'}}  | values.apiService.upgradeStrategy"})
    void withADatabaseTheChartsOwnConfigAndStorageAreRefused(String values, String path) {
        var refusal = inDatabase().with("values", values.replace('\'', '"')).refusal();
        assertTrue(refusal.contains("\n  " + path + ": ") && !refusal.contains("hidden"), refusal);
    }

    @Test
    void withADatabaseServersMayBeManyAndRollOver() {
        inDatabase()
                .with("values",
                        "{\"apiService\": {\"replicas\": 3, \"upgradeStrategy\": \"RollingUpdate\", \"config\": null}}")
                .read();
        var refusal =
                onVolume().with("values", "{\"apiService\": {\"replicas\": 3, \"upgradeStrategy\": \"RollingUpdate\"}}")
                        .refusal();
        assertTrue(refusal.startsWith("The stack's config has 2 problems"), refusal);
    }

    @Test
    void keysOfADiskAreThoseOfPulumiYaml() {
        assertEquals(
                PulumiYamlTest.defaults().keySet().stream().filter(key -> key.matches("(?i).*(disk|zone|snapshot).*"))
                        .toList(),
                DiskReader.KEYS.stream().sorted().toList());
    }
}
