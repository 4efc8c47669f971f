package rehearsal.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The API server in a running pod: SkyPilot's own, or what stands in for it. Its state is on the disk that the pod has
 * mounted, or in its database. All it does fails once the pod is gone or its disk was detached.
 */
public interface Server extends AutoCloseable {

    /** Where the rehearsal notes each start, beside the state. */
    String STARTS = "starts.log";

    /** The namespace of its pod. */
    String namespace();

    /** Its pod's name. */
    String pod();

    /**
     * Opens a way to it as its users have it, from outside the cluster; empty if it is a stand-in, which answers
     * nobody.
     */
    default Optional<Front> front() throws IOException {
        return Optional.empty();
    }

    /** Which SkyPilot it says it is; empty if it is a stand-in. */
    default Optional<String> version() {
        return Optional.empty();
    }

    /** The disk under it by its volume's handle, or its database. */
    String disk();

    /** Its state: all that was ever written to it. */
    String read();

    /** Adds a line to its state, as a user's doing would. */
    void write(String line);

    /**
     * Whether all that was made of a line that was written is there, here or on a server that had the same state
     * before.
     */
    boolean has(String line);

    /** What {@link #has} says of a recovered server, as a rule of a story. */
    String kept();

    /** One line for each start of a server on this state, oldest first, on whatever cluster it was. */
    List<String> starts();

    /**
     * Whether user and password get in: past the ingress, or, where the server itself manages users, by the users that
     * its state holds, who are those of the first start.
     */
    boolean admits(String user, String password);

    /** Whether it found this key of a cloud, in a file or a variable, as it started. */
    boolean hasKey(String key);

    /** Ends it as a kill does. */
    @Override
    void close();
}
