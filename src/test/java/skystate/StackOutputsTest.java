package skystate;

import org.junit.jupiter.api.Test;
import skystate.config.GivenConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is said once a resource failed. */
class StackOutputsTest {

    @Test
    void afterAFailureItSaysWhatStandsWhatWasSeenOfTheDiskAndWhatToDo() {
        assertEquals(
                """
                What was made before the failure still stands, and `pulumi stack` lists it.
                Google has the disk.
                If the error says that something already exists, an earlier run was killed before it recorded it. \
                This continues with it:
                  PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up
                Otherwise correct what the error says, and run the same command again; \
                README.md, "When it fails", has the known errors.""",
                StackOutputs.afterFailure(
                        GivenConfig.complete().with("zone", "europe-west4-a").with("diskName", "team-disk").read(),
                        "Google has the disk.", List.of()));
    }

    @Test
    void afterAFailureItSaysWhyThePodIsNotReady() {
        assertTrue(StackOutputs
                .afterFailure(GivenConfig.complete().read(), "Google has the disk.",
                        List.of("pod a: BackOff: one", "pod a: Failed: two"))
                .contains(
                        "\nThe server is not ready:\n  pod a: BackOff: one\n  pod a: Failed: two\nIf the error says"));
    }

    /**
     * The engine records that the disk goes with the stack as it comes to the disk, and the outputs at the very end.
     */
    @Test
    void afterAFailureItSaysThatDestroyMayDeleteADiskThatIsNamedAsDeletable() {
        var said =
                "so `pulumi destroy` may delete it from now on, whatever onDestroy says. To keep it:\n  pulumi config "
                        + "rm deleteDisk && pulumi up\n";
        assertTrue(StackOutputs.afterFailure(GivenConfig.complete().with("deleteDisk", "sky-api-server-state").read(),
                "Google has the disk.", List.of()).contains(said));
        assertFalse(StackOutputs.afterFailure(GivenConfig.complete().read(), "Google has the disk.", List.of())
                .contains("pulumi destroy"));
    }

    @Test
    void placeItSendsTheReaderToIsThere() throws IOException {
        assertTrue(Files.readAllLines(Path.of("README.md")).contains("## When it fails"));
    }
}
