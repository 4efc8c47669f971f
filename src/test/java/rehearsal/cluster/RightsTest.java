package rehearsal.cluster;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;

@DisplayName("What a user made use of, by an API server's log")
class RightsTest {

    private static final String EVENT =
            "{\"verb\":\"%s\",\"objectRef\":{\"resource\":\"pods\",\"subresource\":\"log\"},"
                    + "\"annotations\":{\"authorization.k8s.io/decision\":\"%s\"}}\n";

    @TempDir
    Path folder;

    @Test
    @DisplayName("is what was allowed, and told also where a killed server left a line unfinished")
    void used() throws IOException {
        var log = Files.writeString(folder.resolve("audit.log"),
                EVENT.formatted("get", "allow") + EVENT.formatted("delete", "forbid")
                        + "{\"verb\":\"list\",\"obj" + EVENT.formatted("list", "allow")
                        + EVENT.formatted("watch", "allow") + "{\"verb\":");
        assertEquals(Set.of(new Rights.Right("", "pods/log", "get"), new Rights.Right("", "pods/log", "watch")),
                Rights.used(log));
    }
}
