package rehearsal.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Stands in for the API server in a running pod, as far as its state is concerned: files on the disk that is mounted
 * at {@code /root/.sky}, or a table in its database. It starts on the state that is there, or with a first one where there is none. All it does
 * fails once the pod is gone or its disk was detached, so what is read back is there and nowhere else.
 */
public final class Server {

    private static final String STATE = "state.db";
    private static final String STARTS = "starts.log";
    private static final String USERS = "users";

    private final Mount mount;
    private final Logins logins;
    private final Set<String> secrets;
    private final BooleanSupplier podRuns;

    private Server(Mount mount, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        this.mount = mount;
        this.logins = logins;
        this.secrets = secrets;
        this.podRuns = podRuns;
    }

    static Server start(Mount mount, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        var store = mount.store();
        if (store.read(STATE).isEmpty()) {
            store.append(STATE, "first state, of " + mount.namespace() + "/" + mount.pod() + "\n");
        }
        store.append(STARTS, Instant.now() + " " + mount.namespace() + "/" + mount.pod() + " on " + mount.node() + "\n");
        logins.initial(mount).filter(users -> store.read(USERS).isEmpty()).ifPresent(users -> store.append(USERS, users.strip() + "\n"));
        return new Server(mount, logins, secrets, podRuns);
    }

    /** The namespace of its pod. */
    public String namespace() {
        return mount.namespace();
    }

    /** Its pod's name. */
    public String pod() {
        return mount.pod();
    }

    /** The disk under it by its volume's handle, or its database. */
    public String disk() {
        return mount.store().name();
    }

    /** Its state: all that was ever written to it. */
    public String read() {
        return text(STATE);
    }

    /** Adds a line to its state, as a user's doing would. */
    public void write(String line) {
        store().append(STATE, line + "\n");
    }

    /** One line for each start of a server on this disk, oldest first, on whatever cluster it was. */
    public List<String> starts() {
        return text(STARTS).lines().toList();
    }

    /**
     * Whether user and password get in: past the ingress, or, where the server itself manages users, by the users that
     * its state holds, who are those of the first start.
     */
    public boolean admits(String user, String password) {
        return logins.ofIngress(mount)
                .or(() -> store().read(USERS))
                .map(users -> Logins.match(users, user, password))
                .orElse(true);
    }

    /** Whether it found this key of a cloud, in a file or a variable, as it started. */
    public boolean hasKey(String key) {
        return secrets.contains(key);
    }

    private String text(String name) {
        return store().read(name).orElse("");
    }

    private StateStore store() {
        if (!podRuns.getAsBoolean()) {
            throw new IllegalStateException("The server is gone: pod " + namespace() + "/" + pod() + " no longer runs");
        }
        return mount.store();
    }
}
