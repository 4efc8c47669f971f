package skystate.config;

import com.pulumi.core.Output;

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
     * By its connection string.
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
     * By a Secret with the key {@code connection_string} that is in the server's namespace.
     *
     * @param name name of the Secret
     */
    record ConnectionSecret(String name) implements Database {
    }
}
