package rehearsal.lives;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@DisplayName("What has to hold after each act")
class InvariantsTest {

    private static final Outcome UP = new Outcome("pulumi up", 0, false, "");
    private static final Outcome DESTROY = new Outcome("pulumi destroy", 0, false, "");
    private static final Sight.Disk DISK =
            new Sight.Disk(Model.START.disk(), "born", 10, List.of("machine"), "line one");
    private static final Sight.Running SERVER = new Sight.Running("first", "skypilot", DISK.path(), DISK.bytes());

    private final Memory memory = new Memory();
    private Invariants invariants;

    @BeforeEach
    void aServerRunsAndHasWritten() throws Exception {
        invariants = new Invariants(Lives.documented(Path.of("docs/runbook.md")));
        memory.said(Model.START);
        memory.ended(Model.START, List.of(UP), sight(DISK, SERVER));
        memory.wrote(DISK.path(), "line one");
        assertDoesNotThrow(() -> invariants.check(Model.START, memory, List.of(UP), sight(DISK, SERVER)));
    }

    @Test
    @DisplayName("the disk is there, the one it was and no smaller")
    void disk() {
        breaks("disk-kept", DESTROY, new Sight(List.of(), List.of(), List.of(), Map.of()));
        breaks("disk-kept", UP, sight(new Sight.Disk(DISK.path(), "again", 10, List.of(), DISK.bytes()), SERVER));
        memory.ended(Model.START, List.of(),
                sight(new Sight.Disk(DISK.path(), "born", 20, List.of(), DISK.bytes()), SERVER));
        breaks("disk-kept", UP, sight(DISK, SERVER));
    }

    @Test
    @DisplayName("a stack that was told to delete the disk does so on destroy, and at no other time")
    void told() {
        var told = Model.START.set("deleteDisk", Model.DISK);
        var gone = new Sight(List.of(), List.of(), List.of(), Map.of());
        memory.ended(told, List.of(UP), sight(DISK, SERVER));
        assertDoesNotThrow(() -> invariants.check(told, memory, List.of(DESTROY), gone));
        assertEquals("disk-kept",
                assertThrows(Broken.class, () -> invariants.check(told, memory, List.of(UP), gone)).invariant());
        memory.ended(Model.START, List.of(UP), sight(DISK, SERVER));
        breaks("disk-kept", DESTROY, gone);
    }

    @Test
    @DisplayName("what was written is on the disk")
    void bytes() {
        breaks("bytes-kept", DESTROY, sight(new Sight.Disk(DISK.path(), "born", 10, List.of(), "first state")));
    }

    @Test
    @DisplayName("one machine has the disk, and one server writes")
    void writers() {
        breaks("one-writer", UP,
                sight(DISK, SERVER, new Sight.Running("second", "skypilot", DISK.path(), DISK.bytes())));
        breaks("one-writer", UP,
                sight(new Sight.Disk(DISK.path(), "born", 10, List.of("one", "other"), DISK.bytes()), SERVER));
    }

    @Test
    @DisplayName("neither a password nor a hash is readable")
    void secrets() {
        for (var readable : List.of("password: " + Model.password("1"), "auth: skypilot:$apr1$salt$hash",
                "auth: c2t5cGlsb3Q6JGFwcjEkc2FsdA==")) {
            breaks("secrets-kept", UP, new Sight(List.of(DISK), List.of(SERVER), List.of(), Map.of("state", readable)));
        }
    }

    @Test
    @DisplayName("an up that ended well left the server where the config says, on the disk it had, with all it wrote")
    void runs() {
        breaks("up-runs", UP, sight(DISK));
        breaks("up-runs", UP, sight(DISK, new Sight.Running("second", "skypilot", DISK.path(), DISK.bytes())));
        breaks("up-runs", UP, sight(DISK, new Sight.Running("first", "other", DISK.path(), DISK.bytes())));
        breaks("up-runs", UP, sight(DISK, new Sight.Running("first", "skypilot", DISK.path(), "first state")));
        var elsewhere = Model.START.set("zone", Model.OTHER_ZONE);
        var other = new Sight.Disk(elsewhere.disk(), "second", 10, List.of(), "");
        assertEquals("up-runs", assertThrows(Broken.class, () -> invariants.check(elsewhere, memory, List.of(UP),
                new Sight(List.of(DISK, other), List.of(new Sight.Running("first", "skypilot", other.path(), "")),
                        List.of(), Map.of())))
                .invariant());
    }

    @Test
    @DisplayName("an up that ended well left no volume on the disk that would take the disk along")
    void retained() {
        for (var cluster : List.of("first", "second")) {
            var sight = new Sight(List.of(DISK), List.of(SERVER),
                    List.of(new Sight.Volume(cluster, "pvc-1", DISK.path(), "Delete", "sky/state"),
                            new Sight.Volume("first", "pvc-2", "projects/p/zones/z/disks/another", "Delete", "")),
                    Map.of());
            if (cluster.equals("first")) {
                assertEquals("up-retains",
                        assertThrows(Broken.class, () -> invariants.check(Model.START, memory, List.of(UP), sight))
                                .invariant());
            } else {
                assertDoesNotThrow(() -> invariants.check(Model.START, memory, List.of(UP), sight));
            }
        }
    }

    @Test
    @DisplayName("a run that failed says a command, or has a message of the runbook's table; one that was killed can't")
    void failures() {
        breaks("failure-names-command", new Outcome("pulumi up", 255, false, "error: it did not work"),
                sight(DISK, SERVER));
        assertDoesNotThrow(() -> invariants.check(Model.START, memory, List.of(
                new Outcome("pulumi up", 255, false, "error: the stack is currently locked by 1 lock(s)"),
                new Outcome("pulumi up", 255, false, "a disk can't shrink\n  pulumi config set diskSize 20"),
                new Outcome("pulumi up", 137, true, "")), sight(DISK, SERVER)));
    }

    private void breaks(String invariant, Outcome outcome, Sight sight) {
        assertEquals(invariant,
                assertThrows(Broken.class, () -> invariants.check(Model.START, memory, List.of(outcome), sight))
                        .invariant());
    }

    private static Sight sight(Sight.Disk disk, Sight.Running... servers) {
        return new Sight(List.of(disk), List.of(servers), List.of(), Map.of());
    }
}
