package rehearsal.memory;

import tools.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The API server of a cluster in memory refuses and keeps what the real one does (facts 3, 6, 13)")
class ObjectsTest {

    private final Objects objects = new Objects();

    @BeforeEach
    void namespace() throws IOException {
        objects.create(Kind.NAMESPACE, "", tree("{'metadata': {'name': 'sky'}}"), "test", false);
    }

    @Test
    @DisplayName("What exists is not created again, and nothing is in a namespace that isn't there")
    void creates() throws IOException {
        var secret = tree("{'metadata': {'name': 'login'}, 'stringData': {'auth': 'a'}}");
        assertEquals("YQ==", objects.create(Kind.SECRET, "sky", secret, "test", false).at("/data/auth").asText());
        assertEquals("AlreadyExists",
                assertThrows(Refused.class, () -> objects.create(Kind.SECRET, "sky", secret, "test", false)).reason);
        var nowhere =
                assertThrows(Refused.class, () -> objects.create(Kind.SECRET, "elsewhere", secret, "test", false));
        assertEquals("namespaces", nowhere.about);
    }

    @Test
    @DisplayName("Another manager's field is not changed by an apply, but by one that forces")
    void conflicts() throws IOException {
        objects.create(Kind.SECRET, "sky", tree("{'metadata': {'name': 'login'}, 'data': {'auth': 'YQ=='}}"), "first",
                false);
        var other = tree("{'metadata': {'name': 'login'}, 'data': {'auth': 'Yg=='}}");
        assertEquals("Conflict", assertThrows(Refused.class,
                () -> objects.apply(Kind.SECRET, "sky", "login", other, "second", false, false)).reason);
        assertEquals("Yg==",
                objects.apply(Kind.SECRET, "sky", "login", other, "second", true, false).at("/data/auth").asText());
    }

    @Test
    @DisplayName("An apply takes out what its manager no longer sends, and nothing else")
    void drops() throws IOException {
        objects.apply(Kind.NAMESPACE, "", "sky",
                tree("{'metadata': {'name': 'sky', 'labels': {'a/b': '1', 'c': '2'}}}"), "first", false, false);
        objects.apply(Kind.NAMESPACE, "", "sky", tree("{'metadata': {'name': 'sky', 'labels': {'d': '3'}}}"), "second",
                false, false);
        objects.apply(Kind.NAMESPACE, "", "sky", tree("{'metadata': {'name': 'sky', 'labels': {'c': '2'}}}"), "first",
                false, false);
        assertEquals(tree("{'c': '2', 'd': '3'}"), objects.get(Kind.NAMESPACE, "", "sky").at("/metadata/labels"));
    }

    @Test
    @DisplayName("A claim asks for more only where its class allows it, never for less, and never for another volume")
    void claims() throws IOException {
        objects.create(Kind.CLAIM, "sky", tree(
                "{'metadata': {'name': 'state'}, 'spec': {'storageClassName': 'mine', 'volumeName': 'v', 'resources': "
                        + "{'requests': {'storage': '10Gi'}}}}"),
                "test", false);
        var larger = tree("{'spec': {'resources': {'requests': {'storage': '20Gi'}}}}");
        assertThrows(Refused.class, () -> objects.merge(Kind.CLAIM, "sky", "state", larger, "test"));
        objects.create(Kind.STORAGE_CLASS, "", tree("{'metadata': {'name': 'mine'}, 'allowVolumeExpansion': true}"),
                "test", false);
        objects.merge(Kind.CLAIM, "sky", "state", larger, "test");
        assertThrows(Refused.class, () -> objects.merge(Kind.CLAIM, "sky", "state",
                tree("{'spec': {'resources': {'requests': {'storage': '10Gi'}}}}"), "test"));
        assertThrows(Refused.class,
                () -> objects.merge(Kind.CLAIM, "sky", "state", tree("{'spec': {'volumeName': 'w'}}"), "test"));
    }

    @Test
    @DisplayName("What has a finalizer is there until it is taken off")
    void finalizers() throws IOException {
        objects.create(Kind.VOLUME, "", tree("{'metadata': {'name': 'v'}, 'spec': {}}"), "test", false);
        objects.delete(Kind.VOLUME, "", "v");
        assertTrue(Objects.deleting(objects.get(Kind.VOLUME, "", "v")));
        objects.release(Kind.VOLUME, objects.get(Kind.VOLUME, "", "v"), "kubernetes.io/pv-protection");
        assertFalse(objects.find(Kind.VOLUME, "", "v").isPresent());
    }

    private static ObjectNode tree(String json) throws IOException {
        return (ObjectNode) Objects.JSON.readTree(json.replace('\'', '"'));
    }
}
