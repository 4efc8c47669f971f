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

    /** A pod reads the connection string as it starts, so the pods carry a digest of it: another one makes other pods. */
    private static ApiServer.StatePlace place(String secret, Optional<String> digest, Optional<Output<String>> connection) {
        var api = new HashMap<String, Object>();
        api.put("dbConnectionSecretName", secret);
        digest.ifPresent(text -> api.put("annotations", Map.of("sky-api-server/database", text)));
        return new ApiServer.StatePlace(Output.of(Map.of("storage", Map.of("enabled", false), "apiService", api)), List.of(), Optional.empty(), connection);
    }
}
