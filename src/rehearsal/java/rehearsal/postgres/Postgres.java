package rehearsal.postgres;

import org.tukaani.xz.XZInputStream;
import rehearsal.http.Loopback;
import rehearsal.tools.Supervised;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A real PostgreSQL on loopback, from the archive that Maven has for this platform. It refuses to run as root, so root
 * runs it as nobody.
 */
public final class Postgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT = 5432;
    private static final String ADMIN = "postgres";
    private static final String NOBODY = "65534";

    private final Path home;
    private final List<String> asUser;
    private final String adminPassword = UUID.randomUUID().toString();
    private final String host;
    private Supervised server;

    private Postgres(Path home) throws IOException {
        this.home = home.toAbsolutePath();
        this.host = Loopback.ownAddress();
        this.asUser =
                isRoot() ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups") : List.of();
    }

    /**
     * Whether it can run here: Maven has it for this platform, and where root is to run it, root can be somebody else.
     */
    public static boolean isHere() {
        return Postgres.class.getResource(archive()) != null && has("tar") && (!isRoot() || has("setpriv"));
    }

    /**
     * Starts one that holds nothing yet.
     *
     * @param home a folder of its own, whose parents let everybody through if this is root
     */
    public static Postgres start(Path home) throws IOException {
        var postgres = new Postgres(Files.createDirectories(home));
        postgres.unpack();
        postgres.init();
        if (!postgres.listens()) {
            postgres.server.close();
            throw new IllegalStateException(
                    "PostgreSQL does not start. The end of its log:\n" + postgres.server.tail());
        }
        return postgres;
    }

    /** The address that it listens at, of its own unless the system has but one for itself. */
    public String host() {
        return host;
    }

    /** Makes a user, or gives it another password. */
    public void user(String name, String password) {
        var exists = "SELECT FROM pg_roles WHERE rolname = " + literal(name);
        execute("DO $$ BEGIN IF NOT EXISTS (" + exists + ") THEN CREATE ROLE " + quoted(name)
                + " LOGIN; END IF; END $$");
        execute("ALTER ROLE " + quoted(name) + " PASSWORD " + literal(password));
    }

    /** Makes a database in which all users may do anything. */
    public void database(String name) {
        execute("CREATE DATABASE " + quoted(name));
        execute("GRANT ALL ON DATABASE " + quoted(name) + " TO PUBLIC");
        execute(name, "GRANT ALL ON SCHEMA public TO PUBLIC");
    }

    /** The connection string of a user to a database. */
    public String connection(String user, String password, String database) {
        return "postgresql://" + user + ":" + password + "@" + host() + ":" + PORT + "/" + database;
    }

    /** Ends it; what it held is left to whoever made the folder. */
    @Override
    public void close() {
        server.close();
    }

    private void unpack() throws IOException {
        var tar = new ProcessBuilder("tar", "-x", "-C", Files.createDirectories(home.resolve("postgres")).toString())
                .redirectErrorStream(true).redirectOutput(home.resolve("tar.log").toFile()).start();
        try (InputStream archive = Postgres.class.getResourceAsStream(archive()); var in = new XZInputStream(archive);
                var out = tar.getOutputStream()) {
            in.transferTo(out);
        }
        finish(tar, "tar", home.resolve("tar.log"));
    }

    private void init() throws IOException {
        var password = Files.createFile(home.resolve("password"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, adminPassword);
        var data = Files.createDirectory(home.resolve("data"));
        if (!asUser.isEmpty()) {
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
            var log = home.resolve("chown.log");
            finish(new ProcessBuilder("chown", NOBODY + ":" + NOBODY, password.toString(), data.toString())
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start(), "chown", log);
        }
        var log = home.resolve("initdb.log");
        finish(new ProcessBuilder(command("initdb", "-D", data.toString(), "-U", ADMIN, "--auth=scram-sha-256",
                "--pwfile=" + password, "--encoding=UTF8",
                "--no-locale", "--no-sync")).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start(), "initdb", log);
        Files.delete(password);
    }

    /** Starts it; whether it has its port now. */
    private boolean listens() throws IOException {
        // Ended by SIGQUIT it takes its shared memory with it, which a kill would leave behind; and keeps none but that
        // in its folder.
        server = Supervised.start("postgres",
                command("postgres", "-D", home.resolve("data").toString(), "-p", String.valueOf(PORT),
                        "-c", "listen_addresses=" + host(), "-c", "unix_socket_directories=", "-c",
                        "dynamic_shared_memory_type=mmap",
                        "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=30"),
                home.resolve("postgres.log"), "QUIT");
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                server.checkAlive();
                execute("SELECT 1");
                return true;
            } catch (IllegalStateException notYet) {
                if (server.tail().contains("could not create any TCP/IP sockets")) {
                    return false;
                }
                pause();
            }
        }
        return false;
    }

    private List<String> command(String binary, String... arguments) {
        var command = new ArrayList<>(asUser);
        command.add(home.resolve("postgres/bin").resolve(binary).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void execute(String sql) {
        execute(ADMIN, sql);
    }

    private void execute(String database, String sql) {
        try (var connection = DriverManager.getConnection("jdbc:postgresql://" + host() + ":" + PORT + "/" + database,
                ADMIN, adminPassword);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused.getMessage(), refused);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String archive() {
        return "/postgres-" + (isMac() ? "darwin" : "linux") + "-"
                + (System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64") + ".txz";
    }

    private static boolean isMac() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean has(String tool) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static void finish(Process process, String name, Path log) throws IOException {
        try {
            if (process.waitFor() != 0) {
                throw new IOException(name + " failed: " + Files.readString(log, StandardCharsets.UTF_8));
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(name + " was interrupted", interrupted);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL was starting", interrupted);
        }
    }
}
