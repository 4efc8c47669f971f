package skystate.config;

import com.pulumi.core.Output;
import skystate.config.Settings.Login;
import skystate.config.Settings.Login.Mode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads how users log in: by a password of ours, unless the chart's values have a proxy ask them. */
final class LoginReader {

    private static final List<String> USERS = List.of("apiService", "enableUserManagement");
    private static final List<String> OAUTH = List.of("auth", "oauth", "enabled");
    private static final List<String> INGRESS_OAUTH = List.of("ingress", "oauth2-proxy", "enabled");
    /** What switches on another login than the password at the ingress. A proxy beside USERS would leave the chart's own public user in place. */
    private static final List<List<String>> SWITCHES = List.of(OAUTH, List.of("auth", "externalProxy", "enabled"), INGRESS_OAUTH, USERS);

    private final ConfigSource source;
    private final Map<String, Object> values;
    private final Problems problems;

    private LoginReader(ConfigSource source, Map<String, Object> values, Problems problems) {
        this.source = source;
        this.values = values;
        this.problems = problems;
    }

    /**
     * Reads and checks the login.
     *
     * @param source   the config
     * @param user     the user of a password
     * @param purpose  what tells this login from any other's: {@link Htpasswd#line}
     * @param values   the further values of the chart, which choose the login
     * @param problems is told what is wrong
     */
    static Login read(ConfigSource source, String user, String purpose, Map<String, Object> values, Problems problems) {
        var reader = new LoginReader(source, values, problems);
        var mode = reader.mode();
        if (mode != Mode.PROXY) {
            return new Login(mode, source.get("authHash").isPresent() ? Optional.empty() : Optional.of(user),
                    Optional.of(Output.ofSecret(reader.htpasswd(user, purpose))));
        }
        Stream.of("authPassword", "authHash").filter(key -> source.get(key).isPresent()).forEach(key ->
                problems.bad(key, "the values have users log in by a proxy, and nobody would ask for it", "pulumi config rm " + key));
        return new Login(mode, Optional.empty(), Optional.empty());
    }

    /** Reports which logins don't go together, and what one lacks; and gives the one that the values ask for. */
    private Mode mode() {
        var on = SWITCHES.stream().filter(path -> ChartValues.isTrue(values, path)).toList();
        on.stream().skip(1).forEach(path ->
                ChartValues.refuse(path, "values." + String.join(".", on.get(0)) + " is on too, and the server has one kind of login", problems));
        on.stream().filter(List.of(OAUTH, INGRESS_OAUTH)::contains).forEach(path -> checkOAuth(path.get(0), path.get(1)));
        if ((on.isEmpty() || on.contains(INGRESS_OAUTH)) && ChartValues.text(values, "ingress", "enabled").filter("false"::equals).isPresent()) {
            ChartValues.refuse(List.of("ingress", "enabled"), "the ingress is what asks users who they are, and the server would let anybody in",
                    problems);
        }
        return on.isEmpty() ? Mode.INGRESS : on.get(0).equals(USERS) ? Mode.USERS : Mode.PROXY;
    }

    private void checkOAuth(String outer, String inner) {
        Predicate<String> has = key -> ChartValues.text(values, outer, inner, key).isPresent();
        var prefix = "values." + outer + "." + inner + ".";
        if (!has.test("oidc-issuer-url")) {
            problems.bad(prefix + "oidc-issuer-url", "OAuth needs its provider",
                    "pulumi config set --path " + prefix + "oidc-issuer-url https://ISSUER");
        }
        if (has.test("client-secret") && !source.isSecret("values")) {
            problems.bad(prefix + "client-secret", "it is in plain text in the stack's config file",
                    "pulumi config set --path --secret " + prefix + "client-secret");
        }
        if (!has.test("client-details-from-secret") && !(has.test("client-id") && has.test("client-secret"))) {
            problems.bad(prefix + "client-details-from-secret",
                    "OAuth needs the name of a Secret in the server's namespace with the keys client-id and client-secret",
                    "pulumi config set --path " + prefix + "client-details-from-secret SECRET");
        }
        if (has.test("redis-url") && has.test("redis-secret")) {
            problems.bad(prefix + "redis-url", "redis-secret is set too, and the chart takes one of them",
                    "pulumi config rm --path " + prefix + "redis-url");
        }
    }

    private String htpasswd(String user, String purpose) {
        // As it is: spaces around it are part of it, as they are for htpasswd.
        var password = secret("authPassword").map(text -> text.replaceFirst("[\\r\\n]+$", ""));
        var line = secret("authHash").map(String::strip);
        password.filter(text -> text.chars().anyMatch(Character::isISOControl)).ifPresent(text ->
                problems.bad("authPassword", "it has a control character in it, as a tab or a line break, which no login can send", "pulumi config set --secret authPassword"));
        if (password.isPresent() == line.isPresent()) {
            problems.bad("authPassword", password.isPresent()
                            ? "both authPassword and authHash are set, and one of them decides"
                            : "the server has no login: set a password, or authHash to what `htpasswd -nb USER PASSWORD` prints",
                    password.isPresent() ? "pulumi config rm authHash" : "pulumi config set --secret authPassword");
        }
        line.filter(text -> !isLine(text)).ifPresent(text ->
                problems.bad("authHash", "it is not the user:hash that `htpasswd -nb USER PASSWORD` prints, or nginx can't read the hash",
                        "htpasswd -nb USER PASSWORD | pulumi config set --secret authHash"));
        return line.orElseGet(() -> Htpasswd.line(user, password.orElse(""), purpose));
    }

    private static boolean isLine(String text) {
        var parts = text.split(":", 2);
        return parts.length == 2 && !parts[0].isBlank() && Htpasswd.isHash(parts[1]);
    }

    private Optional<String> secret(String key) {
        var value = source.get(key);
        if (value.isPresent() && !source.isSecret(key)) {
            problems.bad(key, "it is in plain text in the stack's config file", "pulumi config set --secret " + key);
        }
        return value;
    }
}
