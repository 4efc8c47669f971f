package skystate.config;

import com.pulumi.core.Output;
import org.apache.commons.codec.binary.Hex;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the key {@code database}: how to reach the PostgreSQL that keeps the state. No problem that it reports shows a connection string. */
final class DatabaseReader {

    private static final List<String> WORDS = List.of("connection", "connectionSecret");
    private static final String SET = "pulumi config set --path --secret database.connection";
    /** SQLAlchemy's word for the driver may follow that for the database. */
    private static final Pattern SCHEME = Pattern.compile("postgresql(\\+[a-z0-9]+)?");
    /** A Kubernetes name: an RFC 1123 subdomain. */
    private static final Pattern SECRET = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    /** Some 50 ms: each run takes them once. */
    private static final int ROUNDS = 100_000;
    private static final int BITS = 64;

    private DatabaseReader() {
    }

    /**
     * Reads and checks it.
     *
     * @param folder the project's folder, whose config files are searched for a secret in plain text
     */
    static Database read(Keys keys, Path folder) {
        var parts = Parts.of(keys, "database", WORDS);
        var given = WORDS.stream().filter(word -> parts.text(word).isPresent()).toList();
        if (given.size() != 1) {
            keys.problems().bad("database", given.isEmpty() ? "it is missing how to reach it" : "it is given twice: by " + String.join(" and ", given),
                    given.isEmpty() ? SET + "    # postgresql://USER:PASSWORD@HOST:5432/DATABASE\n      or, by a Secret with the key connection_string:\n"
                            + "      pulumi config set --path database.connectionSecret NAME" : "pulumi config rm --path database." + given.get(1));
        }
        if (given.contains("connectionSecret")) {
            return new Database.ConnectionSecret(parts.required("connectionSecret", SECRET.asMatchPredicate(), "the name of a Secret in the server's namespace", "NAME"));
        }
        var connection = parts.text("connection").map(String::strip).orElse("");
        if (!connection.isEmpty()) {
            check(keys, folder, connection);
        }
        return new Database.Connection(Output.ofSecret(connection), digest("database", connection));
    }

    /** Tells one secret from another. It is readable in the cluster, so it is slow to try passwords against. */
    private static String digest(String salt, String secret) {
        try {
            var asked = new PBEKeySpec(secret.toCharArray(), salt.getBytes(StandardCharsets.UTF_8), ROUNDS, BITS);
            return Hex.encodeHexString(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(asked).getEncoded());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static void check(Keys keys, Path folder, String connection) {
        if (!keys.source().isSecret("database") || ConfigFiles.hold(folder, connection)) {
            keys.problems().bad("database.connection", "it is in plain text in the stack's config file", SET);
        }
        if (uri(connection).isEmpty()) {
            keys.problems().bad("database.connection", "it is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE, in which other characters than letters,"
                    + " digits and -._~ are written as in %40 for @", SET);
        }
    }

    private static Optional<URI> uri(String connection) {
        try {
            return Optional.of(new URI(connection)).filter(uri -> uri.getScheme() != null && SCHEME.matcher(uri.getScheme()).matches()
                    && uri.getHost() != null && uri.getUserInfo() != null && uri.getPath() != null && uri.getPath().length() > 1);
        } catch (URISyntaxException malformed) {
            return Optional.empty();
        }
    }
}
