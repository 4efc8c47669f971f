package rehearsal.cluster;

import rehearsal.google.Google;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Stands in for the API server in a running pod, as far as its state is concerned: files on the disk that is mounted
 * at {@code /root/.sky}. It starts on the state that is there, or with a first one on an empty disk. All it does
 * fails once the pod is gone or its disk was detached, so what is read back is on the disk and nowhere else.
 */
public final class Server {

    private static final String STATE = "state.db";
    private static final String STARTS = "starts.log";
    private static final String USERS = "users";

    private final Mount mount;
    private final Google google;
    private final Logins logins;
    private final Set<String> secrets;
    private final BooleanSupplier podRuns;

    private Server(Mount mount, Google google, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        this.mount = mount;
        this.google = google;
        this.logins = logins;
        this.secrets = secrets;
        this.podRuns = podRuns;
    }

    static Server start(Mount mount, Google google, Logins logins, Set<String> secrets, BooleanSupplier podRuns) {
        try {
            Files.createDirectories(mount.sky());
            var state = mount.sky().resolve(STATE);
            if (Files.notExists(state)) {
                Files.writeString(state, "first state, of " + mount.namespace() + "/" + mount.pod() + "\n");
            }
            Files.writeString(mount.sky().resolve(STARTS), Instant.now() + " " + mount.namespace() + "/" + mount.pod()
                    + " on " + mount.node().path() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            var initial = logins.initial(mount);
            if (initial.isPresent() && Files.notExists(mount.sky().resolve(USERS))) {
                Files.writeString(mount.sky().resolve(USERS), initial.get().strip() + "\n");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("The server in " + mount.namespace() + "/" + mount.pod() + " cannot start on "
                    + mount.disk().path(), failed);
        }
        return new Server(mount, google, logins, secrets, podRuns);
    }

    /** The namespace of its pod. */
    public String namespace() {
        return mount.namespace();
    }

    /** Its pod's name. */
    public String pod() {
        return mount.pod();
    }

    /** The disk under it, as {@code projects/P/zones/Z/disks/D}. */
    public String disk() {
        return mount.disk().path();
    }

    /** Its state: all that was ever written to it. */
    public String read() {
        return text(STATE);
    }

    /** Adds a line to its state, as a user's doing would. */
    public void write(String line) {
        try {
            Files.writeString(file(STATE), line + "\n", StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException("The server cannot write to " + disk(), failed);
        }
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
                .or(() -> Files.exists(file(USERS)) ? Optional.of(text(USERS)) : Optional.empty())
                .map(users -> Logins.match(users, user, password))
                .orElse(true);
    }

    /** Whether it found this key of a cloud, in a file or a variable, as it started. */
    public boolean hasKey(String key) {
        return secrets.contains(key);
    }

    private String text(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException failed) {
            throw new UncheckedIOException("The server cannot read " + name + " on " + disk(), failed);
        }
    }

    private Path file(String name) {
        if (!podRuns.getAsBoolean()) {
            throw new IllegalStateException("The server is gone: pod " + namespace() + "/" + pod() + " no longer runs");
        }
        var held = google.disk(mount.disk()).map(disk -> disk.users().contains(mount.node())).orElse(false);
        if (!held) {
            throw new IllegalStateException("Input/output error: disk " + disk() + " was detached from "
                    + mount.node().name() + " under the running server " + namespace() + "/" + pod());
        }
        return mount.sky().resolve(name);
    }
}
