package rehearsal.cluster;

import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Stands in for the API server in a running pod, as far as its state is concerned: files on the disk that is mounted at
 * {@code /root/.sky}, or a table in its database. It starts on the state that is there, or with a first one where there
 * is none. All it does fails once the pod is gone or its disk was detached, so what is read back is there and nowhere
 * else.
 */
final class LightServer implements Server {

    private static final String STATE = "state.db";
    private static final String USERS = "users";

    private final Mount mount;
    private final Logins logins;
    private final Set<String> secrets;
    private final BooleanSupplier podRuns;

    private LightServer(Mount mount, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        this.mount = mount;
        this.logins = logins;
        this.secrets = secrets;
        this.podRuns = podRuns;
    }

    static LightServer start(Mount mount, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        var store = mount.store();
        if (store.read(STATE).isEmpty()) {
            store.append(STATE, "first state, of " + mount.namespace() + "/" + mount.pod() + "\n");
        }
        logins.initial(mount).filter(users -> store.read(USERS).isEmpty())
                .ifPresent(users -> store.append(USERS, users.strip() + "\n"));
        return new LightServer(mount, logins, secrets, podRuns);
    }

    @Override
    public String namespace() {
        return mount.namespace();
    }

    @Override
    public String pod() {
        return mount.pod();
    }

    @Override
    public String disk() {
        return mount.store().name();
    }

    @Override
    public String read() {
        return text(STATE);
    }

    @Override
    public void write(String line) {
        store().append(STATE, line + "\n");
    }

    @Override
    public boolean has(String line) {
        return read().contains(line);
    }

    @Override
    public String kept() {
        return "the server reads the same bytes";
    }

    @Override
    public List<String> starts() {
        return text(STARTS).lines().toList();
    }

    @Override
    public void close() {
        // It is nothing but this object.
    }

    @Override
    public boolean admits(String user, String password) {
        return logins.ofIngress(mount)
                .or(() -> store().read(USERS))
                .map(users -> Logins.match(users, user, password))
                .orElse(true);
    }

    @Override
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
