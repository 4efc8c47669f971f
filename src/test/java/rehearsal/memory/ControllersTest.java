package rehearsal.memory;

import tools.jackson.databind.node.ObjectNode;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rehearsal.google.DiskName;
import rehearsal.google.Google;

import java.io.IOException;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

@DisplayName("A cluster in memory")
class ControllersTest {

    private static final DiskName DISK = new DiskName("p", "us-east5-b", "d");

    @ParameterizedTest(name = "{0}, provisioned by {1}")
    @CsvSource({
            "Delete, pd.csi.storage.gke.io, false",
            "Retain, pd.csi.storage.gke.io, true",
            "Delete, ebs.csi.aws.com, true",
            "Delete, '', true"
    })
    @DisplayName("deletes the disk of a volume made by hand once its claim is gone, if its policy is Delete and its "
            + "driver provisioned it")
    void reclaims(String policy, String provisioner, boolean kept, @TempDir Path home) throws IOException {
        try (var google = Google.start(home, "p")) {
            google.console().insertDisk("p", "us-east5-b",
                    JsonParser.parseString("{'name': 'd', 'sizeGb': '10'}").getAsJsonObject());
            var objects = new Objects();
            var controllers = new Controllers(objects, new Machines(google, "c"));
            objects.create(Kind.NAMESPACE, "", tree("{'metadata': {'name': 'sky'}}"), "test", false);
            objects.create(Kind.VOLUME, "", tree(
                    ("{'metadata': {'name': 'pvc-1', 'annotations': {'pv.kubernetes.io/provisioned-by': '%s'}}, "
                            + "'spec': {'storageClassName': 'standard-rwo', 'capacity': {'storage': '10Gi'},"
                            + " 'persistentVolumeReclaimPolicy': '%s', 'claimRef': {'namespace': 'sky', 'name':"
                            + " 'state'}, 'csi': {'driver': 'pd.csi.storage.gke.io', 'volumeHandle': '%s'}}}")
                            .formatted(provisioner, policy, DISK.path())),
                    "test", false);
            objects.create(Kind.CLAIM, "sky", tree(
                    "{'metadata': {'name': 'state'}, 'spec': {'storageClassName': 'standard-rwo', 'volumeName': "
                            + "'pvc-1', 'resources': {'requests': {'storage': '10Gi'}}}}"),
                    "test", false);
            controllers.settle();
            assertEquals("Bound", objects.get(Kind.CLAIM, "sky", "state").at("/status/phase").asText());

            objects.delete(Kind.CLAIM, "sky", "state");
            controllers.settle();
            assertEquals(kept, google.disk(DISK).isPresent());
            assertEquals(kept, objects.find(Kind.VOLUME, "", "pvc-1").isPresent());
        }
    }

    private static ObjectNode tree(String json) throws IOException {
        return (ObjectNode) Objects.JSON.readTree(json.replace('\'', '"'));
    }
}
