package skystate;

import com.pulumi.core.Output;
import skystate.config.Database;
import skystate.config.Settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server needs to keep its state in a database. */
final class StateDatabase {

    private StateDatabase() {
    }

    /**
     * What the server and its chart are told of the database.
     *
     * @param database how to reach the database
     * @param server   the server's settings
     */
    static ApiServer.StatePlace place(Database database, Settings.Server server) {
        if (database instanceof Database.Connection given) {
            return place(server.databaseSecret(), Optional.of(given.digest()), Optional.of(given.connection()));
        }
        return place(((Database.ConnectionSecret) database).name(), Optional.empty(), Optional.empty());
    }

    /** The chart's values that have the server keep its state in a database. */
    static Map<String, Object> values(Database database, Settings.Server server) {
        return database instanceof Database.Connection given ? values(server.databaseSecret(), Optional.of(given.digest()))
                : values(((Database.ConnectionSecret) database).name(), Optional.empty());
    }

    /** A pod reads the connection string as it starts, so the pods carry a digest of it: another one makes other pods. */
    private static Map<String, Object> values(String secret, Optional<String> digest) {
        var api = new HashMap<String, Object>();
        api.put("dbConnectionSecretName", secret);
        digest.ifPresent(text -> api.put("annotations", Map.of("sky-api-server/database", text)));
        return Map.of("storage", Map.of("enabled", false), "apiService", api);
    }

    private static ApiServer.StatePlace place(String secret, Optional<String> digest, Optional<Output<String>> connection) {
        return new ApiServer.StatePlace(Output.of(values(secret, digest)), Output.of(List.of()), Optional.empty(), connection);
    }
}
