package skystate.server;

import com.pulumi.core.Output;
import skystate.config.Database;
import skystate.config.ServerSettings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server needs to keep its state in a database. */
public final class StateDatabase {

    private StateDatabase() {
    }

    /** The chart's values, and the connection string if the config has it. */
    public static ApiServer.StatePlace place(Database database, ServerSettings server) {
        return new ApiServer.StatePlace(Output.of(values(database, server)), Output.of(List.of()), Optional.empty(),
                database.connection());
    }

    /** The chart's values that make the server keep its state in a database. */
    public static Map<String, Object> values(Database database, ServerSettings server) {
        var api = new HashMap<String, Object>();
        api.put("dbConnectionSecretName", database.connectionSecret().orElse(server.databaseSecret()));
        if (database.connection().isPresent()) {
            // A pod reads the connection string only at its start, so a digest in its annotations restarts it.
            api.put("annotations", Map.of("sky-api-server/database", database.digest()));
        }
        return Map.of("storage", Map.of("enabled", false), "apiService", api);
    }
}
