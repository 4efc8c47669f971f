package rehearsal.cluster;

import java.util.Optional;

/**
 * Where a server in a pod keeps its state: a few texts that grow. What can't be read or written is an
 * {@link IllegalStateException}.
 */
interface StateStore {

    /** What it is: the disk's handle, or the database. */
    String name();

    /** Whether it is still there, under a server that runs. */
    boolean attached();

    /** All that was ever written under a name; empty if nothing was. */
    Optional<String> read(String name);

    /** Writes more under a name. */
    void append(String name, String text);
}
