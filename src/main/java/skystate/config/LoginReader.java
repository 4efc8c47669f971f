package skystate.config;

import com.pulumi.core.Output;
import skystate.config.Login.Mode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads how users log in: with our password, unless the chart's values switch on another login. */
record LoginReader(ConfigReader reader, Map<String, Object> values) {

    private static final String USERS = "apiService.enableUserManagement";
    private static final String OAUTH = "auth.oauth";
    private static final String INGRESS_OAUTH = "ingress.oauth2-proxy";
    /** With a proxy and USERS together, the chart's public default user would stay. */
    private static final List<String> SWITCHES =
            List.of(OAUTH + ".enabled", "auth.externalProxy.enabled", INGRESS_OAUTH + ".enabled", USERS);

    /**
     * Reads and checks the login.
     *
     * @param purpose see {@link Htpasswd#line}
     * @param values  the user's values of the chart
     */
    static Login read(ConfigReader reader, String purpose, Map<String, Object> values) {
        var login = new LoginReader(reader, values);
        var user = reader.text("authUser", name -> !name.matches("(?s)#.*|.*[:\n].*"),
                "it must not have a colon, which ends the name in user:hash, or start with #, which starts a comment");
        var mode = login.mode();
        if (mode != Mode.PROXY) {
            return new Login(mode, reader.get("authHash").isPresent() ? Optional.empty() : Optional.of(user),
                    Optional.of(Output.ofSecret(login.htpasswd(user, purpose))));
        }
        Stream.of("authPassword", "authHash").filter(key -> reader.get(key).isPresent())
                .forEach(key -> reader.reject(key,
                        "the chart's values make a proxy ask for the login, and nothing uses this key",
                        ConfigReader.remove(key)));
        return new Login(mode, Optional.empty(), Optional.empty());
    }

    private Mode mode() {
        var on = SWITCHES.stream().filter(path -> ChartValues.isTrue(values, List.of(path.split("\\.")))).toList();
        on.stream().skip(1).forEach(path -> ChartValues.reject(reader, path,
                "values." + on.get(0) + " is on too, and the server has one kind of login"));
        Stream.of(OAUTH, INGRESS_OAUTH).filter(proxy -> on.contains(proxy + ".enabled")).forEach(this::checkOAuth);
        if ((on.isEmpty() || on.contains(INGRESS_OAUTH + ".enabled"))
                && ChartValues.text(values, "ingress", "enabled").filter("false"::equals).isPresent()) {
            ChartValues.reject(reader, "ingress.enabled", "only the ingress asks for a login, so without it anybody"
                    + " could use the server");
        }
        return on.isEmpty() ? Mode.INGRESS : on.get(0).equals(USERS) ? Mode.USERS : Mode.PROXY;
    }

    private void checkOAuth(String proxy) {
        Predicate<String> has = key -> ChartValues.text(values, (proxy + "." + key).split("\\.")).isPresent();
        var prefix = "values." + proxy + ".";
        if (!has.test("oidc-issuer-url")) {
            reader.reject(prefix + "oidc-issuer-url", "it is missing: OAuth needs its provider",
                    ConfigReader.set(prefix + "oidc-issuer-url", "https://ISSUER"));
        }
        if (has.test("client-secret") && !reader.source().isSecret("values")) {
            reader.reject(prefix + "client-secret", "it is in plain text in the stack's config file",
                    ConfigReader.setSecret(prefix + "client-secret"));
        }
        if (!has.test("client-details-from-secret") && !(has.test("client-id") && has.test("client-secret"))) {
            reader.reject(prefix + "client-details-from-secret", "it is missing: OAuth needs a Secret in the server's"
                    + " namespace with the keys client-id and client-secret",
                    ConfigReader.set(prefix + "client-details-from-secret", "SECRET"));
        }
        if (has.test("redis-url") && has.test("redis-secret")) {
            reader.reject(prefix + "redis-url", "redis-secret is set too, and the chart takes only one of them",
                    ConfigReader.remove(prefix + "redis-url"));
        }
    }

    private String htpasswd(String user, String purpose) {
        // Spaces are part of a password, as htpasswd has it. A line break at the end comes from a file or a command.
        var password = secret("authPassword").map(text -> text.replaceFirst("[\\r\\n]+$", ""));
        var line = secret("authHash").map(String::strip);
        if (password.isPresent() && line.isPresent()) {
            reader.reject("authPassword", "both authPassword and authHash are set", ConfigReader.remove("authHash"));
        } else if (password.isEmpty() && line.isEmpty()) {
            reader.reject("authPassword", "the server has no login: set a password, or authHash to what"
                    + " `htpasswd -nb USER PASSWORD` prints", ConfigReader.setSecret("authPassword"));
        }
        if (password.filter(text -> text.chars().anyMatch(Character::isISOControl)).isPresent()) {
            reader.reject("authPassword", "it has a control character, such as a tab or a line break,"
                    + " which no client can send", ConfigReader.setSecret("authPassword"));
        }
        if (line.filter(text -> !Htpasswd.isLine(text)).isPresent()) {
            reader.reject("authHash", "it must be the user:hash that `htpasswd -nb USER PASSWORD` prints, with a hash"
                    + " that nginx can read", "htpasswd -nb USER PASSWORD | " + ConfigReader.setSecret("authHash"));
        }
        return line.orElseGet(() -> Htpasswd.line(user, password.orElse(""), purpose));
    }

    private Optional<String> secret(String key) {
        reader.get(key).ifPresent(text -> reader.rejectPlainText(key, text));
        return reader.get(key);
    }
}
