package skystate.config;

import com.pulumi.core.Output;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PostgreSQL that keeps the state instead of a disk. Either the config has its connection string, or a Secret.
 *
 * @param connectionSecret name of an existing Secret with the key {@code connection_string}
 * @param connection       the connection string, as a secret
 * @param digest           changes with the connection string and doesn't show it; empty with a Secret
 */
public record Database(Optional<String> connectionSecret, Optional<Output<String>> connection, String digest)
        implements Persistence {

    private static final String CONNECTION = "database.connection";
    private static final String SECRET = "database.connectionSecret";

    /** Reads and checks the key {@code database}. No error shows the connection string. */
    static Database read(ConfigReader reader) {
        reader.object("database", List.of("connection", "connectionSecret"));
        var connection = reader.get(CONNECTION).map(String::strip);
        var secret = reader.get(SECRET);
        if (connection.isPresent() && secret.isPresent()) {
            reader.reject("database", "both connection and connectionSecret are set", ConfigReader.remove(SECRET));
        } else if (connection.isEmpty() && secret.isEmpty()) {
            reader.reject("database", "it is missing how to reach the database", ConfigReader.setSecret(CONNECTION)
                    + "    # postgresql://USER:PASSWORD@HOST:5432/DATABASE\n      or, if a Secret has it in the key"
                    + " connection_string:\n      " + ConfigReader.set(SECRET, "NAME"));
        }
        if (secret.isPresent()) {
            reader.text(SECRET, ConfigReader.pattern("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?"),
                    "it must be the name of a Secret in the server's namespace", "NAME");
            return new Database(secret, Optional.empty(), "");
        }
        connection.ifPresent(text -> {
            reader.rejectPlainText(CONNECTION, text);
            if (!isPostgres(text)) {
                reader.reject(CONNECTION, "it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE; characters other"
                        + " than letters, digits and -._~ must be percent-encoded, as in %40 for @",
                        ConfigReader.setSecret(CONNECTION));
            }
        });
        return new Database(Optional.empty(), connection.map(Output::ofSecret),
                Credentials.digest(connection.orElse("")));
    }

    private static boolean isPostgres(String connection) {
        try {
            var uri = new URI(connection);
            // SQLAlchemy's name of the driver may follow that of the database.
            return uri.getScheme() != null && uri.getScheme().matches("postgresql(\\+[a-z0-9]+)?")
                    && uri.getHost() != null && uri.getUserInfo() != null
                    && uri.getPath() != null && uri.getPath().length() > 1;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    @Override
    public String id() {
        return word();
    }

    @Override
    public String named() {
        return "The database";
    }

    @Override
    public String word() {
        return "database";
    }

    @Override
    public Map<String, List<String>> topology() {
        return Map.of();
    }

    /** Without the connection string, which is secret. */
    @Override
    public String toString() {
        return "Database[" + connectionSecret.orElse("") + "]";
    }
}
