package skystate.config;

import com.pulumi.core.Output;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A PostgreSQL that keeps the state in place of a disk. */
public sealed interface Database extends State {

    @Override
    default String id() {
        return persistence();
    }

    @Override
    default String named() {
        return "The database";
    }

    @Override
    default String persistence() {
        return "database";
    }

    @Override
    default String word() {
        return persistence();
    }

    @Override
    default Map<String, List<String>> topology() {
        return Map.of();
    }

    /**
     * One that is there already, by its connection string.
     *
     * @param connection the connection string, a secret
     * @param digest     tells one connection string from another, and nothing of it
     */
    record Connection(Output<String> connection, String digest) implements Database {

        /** Without the connection string: it is secret. */
        @Override
        public String toString() {
            return "Connection[]";
        }
    }

    /**
     * One that is there already, by a Secret with the key {@code connection_string} that is in the server's namespace.
     *
     * @param name name of the Secret
     */
    record ConnectionSecret(String name) implements Database {
    }

    /**
     * A Cloud SQL for PostgreSQL instance that this stack makes, with a private address, backups and point-in-time recovery.
     *
     * @param project         GCP project id
     * @param region          region, as in us-east5
     * @param name            name of the instance
     * @param tier            machine type, as in db-custom-1-3840
     * @param network         path of the VPC network that the cluster is in and that has private services access
     * @param regional        whether a standby in another zone takes over
     * @param password        password of the server's user, a secret
     * @param digest          tells one password from another, and nothing of it
     * @param deleteOnDestroy whether {@code pulumi destroy} deletes the instance: only if the user named it
     */
    record CloudSql(String project, String region, String name, String tier, String network, boolean regional, Output<String> password, String digest,
                    boolean deleteOnDestroy) implements Database {

        /** The server's user, and its database. */
        public static final String USER = "skypilot";

        @Override
        public String id() {
            return "projects/" + project + "/instances/" + name;
        }

        @Override
        public String named() {
            return "The Cloud SQL instance " + id();
        }

        @Override
        public String word() {
            return name;
        }

        /** The connection string, a secret. */
        public Output<String> connection(Output<String> address) {
            return Output.tuple(address, password).applyValue(known -> connection(known.t1, URLEncoder.encode(known.t2, StandardCharsets.UTF_8).replace("+", "%20")));
        }

        /** The connection string with a word in the password's place. */
        public static String connection(String address, String password) {
            return "postgresql://" + USER + ":" + password + "@" + address + ":5432/" + USER;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "CloudSql[" + id() + "]";
        }
    }
}
