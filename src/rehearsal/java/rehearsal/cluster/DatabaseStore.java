package rehearsal.cluster;

import java.net.URI;
import java.net.URISyntaxException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A table in the PostgreSQL that a connection string leads to.
 *
 * @param uri      the connection string, as SQLAlchemy takes it
 * @param user     its user
 * @param password its password
 */
record DatabaseStore(URI uri, String user, String password) implements StateStore {

    /** Reads a connection string. */
    static DatabaseStore of(String connection) {
        try {
            var uri = new URI(connection);
            var login = Optional.ofNullable(uri.getUserInfo()).orElse("").split(":", 2);
            return new DatabaseStore(uri, login[0], login.length > 1 ? login[1] : "");
        } catch (URISyntaxException malformed) {
            throw new IllegalStateException("Could not parse SQLAlchemy URL from string", malformed);
        }
    }

    /** Logs in, and makes the table if it isn't there. */
    void open() {
        query("CREATE TABLE IF NOT EXISTS skypilot (id SERIAL, name TEXT, line TEXT)");
    }

    @Override
    public String name() {
        return "postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
    }

    @Override
    public boolean attached() {
        return true;
    }

    @Override
    public Optional<String> read(String name) {
        return query("SELECT string_agg(line, '' ORDER BY id) FROM skypilot WHERE name = ?", name);
    }

    @Override
    public void append(String name, String text) {
        query("INSERT INTO skypilot (name, line) VALUES (?, ?)", name, text);
    }

    private Optional<String> query(String sql, String... values) {
        try (var connection = connect(); var statement = connection.prepareStatement(sql)) {
            for (var i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            if (!statement.execute()) {
                return Optional.empty();
            }
            try (var rows = statement.getResultSet()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        } catch (SQLException refused) {
            throw new IllegalStateException("(psycopg2.OperationalError) " + refused.getMessage(), refused);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + name(), user, password);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return name();
    }
}
