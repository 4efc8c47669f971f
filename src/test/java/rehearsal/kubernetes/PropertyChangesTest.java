package rehearsal.kubernetes;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pulumirpc.Provider.PropertyDiff.Kind;
import rehearsal.provider.Wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

@DisplayName("Differences between property trees")
class PropertyChangesTest {

    @Test
    @DisplayName("Each changed property is told by its path; what is equal is not, an integer and a whole float alike")
    void paths() {
        assertEquals(Map.of("a", Kind.DELETE, "b.c", Kind.UPDATE, "b[\"d.e/f\"]", Kind.ADD, "list[1]", Kind.ADD),
                kinds(Map.of("a", 1L, "b", Map.of("c", "x"), "same", 2L, "list", List.of("p")),
                        Map.of("b", Map.of("c", "y", "d.e/f", "z"), "same", 2.0, "list", List.of("p", "q")),
                        List.of()));
    }

    @Test
    @DisplayName("A rule is met at its property, below it, and by a value that brings it")
    void forceNew() {
        var rules = List.of("spec.csi");
        assertEquals(Map.of("spec.csi.volumeHandle", Kind.UPDATE_REPLACE), kinds(
                Map.of("spec", Map.of("csi", Map.of("volumeHandle", "a"))),
                Map.of("spec", Map.of("csi", Map.of("volumeHandle", "b"))), rules));
        assertEquals(Map.of("spec.csi", Kind.DELETE_REPLACE), kinds(
                Map.of("spec", Map.of("csi", Map.of("volumeHandle", "a"))), Map.of("spec", Map.of()), rules));
        assertEquals(Map.of("spec", Kind.ADD_REPLACE), kinds(
                Map.of(), Map.of("spec", Map.of("csi", Map.of("volumeHandle", "a"))), rules));
        assertEquals(Map.of("spec", Kind.ADD), kinds(Map.of(), Map.of("spec", Map.of("capacity", "1Gi")), rules));
    }

    @Test
    @DisplayName("What is not known yet counts as changed")
    void unknown() {
        assertEquals(Map.of("a", Kind.UPDATE), kinds(Map.of("a", "x"), Map.of("a", Wire.UNKNOWN), List.of()));
    }

    private static Map<String, Kind> kinds(Map<String, Object> before, Map<String, Object> after, List<String> rules) {
        var kinds = new HashMap<String, Kind>();
        PropertyChanges.between(before, after, rules).forEach((path, change) -> kinds.put(path, change.getKind()));
        return kinds;
    }
}
