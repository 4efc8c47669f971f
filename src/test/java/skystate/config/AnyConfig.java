package skystate.config;

import com.google.gson.Gson;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Configs that a user may come to have by a slip, and that somebody may make up out of malice. */
public final class AnyConfig {

    /** A key that was set to something else, or not at all. */
    public record Change(String key, Optional<String> value, boolean secret) {
    }

    private static final GivenConfig RICH = GivenConfig.complete()
            .with("diskName", "state").with("diskSize", "20").with("namespace", "sky").with("release", "sky")
            .with("chartVersion", "1.2.3")
            .with("values", "{\"ingress\": {\"host\": \"sky.example.com\"}}")
            .withSecret("credentials", "{\"runpod\": {\"apiKey\": \"a-key-of-runpod\"}}");

    /** What YAML, JSON, a shell, Helm's templates or Kubernetes take for something else. */
    private static final List<String> SURPRISES = List.of(
            "no", "yes", "on", "off", "y", "~", "null", "true", "TRUE", "1e3", "010", "0x1F", "1_000", "0o17",
            "12:30:45", "2026-11-23", ".inf", "NaN", "-0", "+5", "1.0",
            "10Gi", "10G", " 10", "10 ", "१०", "10\u0000", "99999999999999999999", "-1", "0", "9", "10", "65536",
            "65537",
            "{}", "[]", "{", "[", "\"", "{\"a\": {\"a\": {\"a\": null}}}", "[1, 2, 3]",
            "{\"storage\": {\"enabled\": false}}", "{\"a\": 1, \"a\": 2}",
            "$(id)", "`id`", "${HOME}", "; rm -rf /", "a && b", "a|b", "'a'", "\"a\"", "a\\b", "--flag", "-", "a,b=c",
            "*", "../../etc/passwd", "/", ".", "..", "~root",
            "{{ .Values.x }}", "{{", "}}", "%s%n", "%", "a\nb", "a\r\nb", "\n", "\t", "\u200b", "\u202eabc", "ＡＢＣ",
            "i\u0307", "İ", "ß", "😀", "\ud800", "a\u0000b",
            "kube-system", "default", "us-east5", "us-east5-b", "us-east5-ai1a", "pd-ssd", "adopt", "restore",
            "reference", "https://user:pass@example.com", "projects/p/global/snapshots/s");

    /** What goes with all the rest. */
    private static final Map<String, List<String>> GOOD = Map.ofEntries(
            Map.entry("gcp:project", List.of("their-project", "example.com:project-1")),
            Map.entry("zone", List.of("us-east5-a", "europe-west4-b")),
            Map.entry("disk", List.of("create", "adopt", "reference")),
            Map.entry("diskName", List.of("s", "sky-" + "x".repeat(59))),
            Map.entry("diskSize", List.of("10", "65536", "00020")),
            Map.entry("diskType", List.of("pd-ssd", "pd-standard")), Map.entry("deleteDisk", List.of("state")),
            Map.entry("blankDisk", List.of("state")),
            Map.entry("context", List.of("a b", "gke_p_us-east5_c")),
            Map.entry("nodesOnDemand", List.of("true", "false")),
            Map.entry("namespace", List.of("n", "0-" + "x".repeat(61))),
            Map.entry("allowUnauthenticated", List.of("true")), Map.entry("release", List.of("r", "r".repeat(53))),
            Map.entry("chart", List.of("skypilot", "a b")), Map.entry("chartRepository", List.of("http://charts")),
            Map.entry("chartVersion", List.of("v1.0.0-dev.1")),
            Map.entry("installTimeout", List.of("30", "7200")), Map.entry("authUser", List.of("ä b", "x")),
            Map.entry("authPassword", List.of("x", "{{", "pässwörd\n")),
            Map.entry("values", List.of("{}", "{\"a\": {\"b\": [1, true, null, {\"c\": \"{{ x }}\"}]}}")),
            Map.entry("credentials", List.of("{}")));

    private AnyConfig() {
    }

    /** A few changes of a good config. */
    public static Arbitrary<List<Change>> changes() {
        var keys = Arbitraries.of(
                Stream.concat(SettingsReader.KEYS.stream(), Stream.of("gcp:project", "diskNmae", "authpassword", ""))
                        .toList());
        return keys.flatMap(key -> Combinators
                .combine(value(key).optional(0.95), Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)))
                .as((value, secret) -> new Change(key, value, secret))).list().ofMinSize(1).ofMaxSize(3);
    }

    private static Arbitrary<String> value(String key) {
        var hostile = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(SURPRISES)),
                Tuple.of(3, Arbitraries.strings().ofMaxLength(80)),
                Tuple.of(2, Arbitraries.strings().withCharRange('a', 'z').numeric().withChars('-').ofMaxLength(70)),
                Tuple.of(1, Arbitraries.strings().ascii().ofMinLength(1000).ofMaxLength(5000)),
                Tuple.of(1,
                        Arbitraries.integers().between(1, 2000)
                                .map(depth -> "{\"a\":".repeat(depth) + "1" + "}".repeat(depth))),
                Tuple.of(2, json(3)));
        return GOOD.containsKey(key) ? Arbitraries.oneOf(hostile, Arbitraries.of(GOOD.get(key))) : hostile;
    }

    private static Arbitrary<String> json(int depth) {
        var word = Arbitraries.of("storage", "apiService", "ingress", "auth", "oauth", "enabled", "host", "replicas",
                "upgradeStrategy", "name", "location", "aws", "gcp", "apiKey", "file", "a");
        var leaf = Arbitraries.oneOf(
                Arbitraries.of("true", "false", "null", "1", "1e309", "-0", "\"\"", "\"x\"", "[]", "{}"),
                Arbitraries.of(SURPRISES).map(text -> new Gson().toJson(text)));
        var value = depth == 0 ? leaf : Arbitraries.oneOf(leaf, Arbitraries.lazy(() -> json(depth - 1)));
        return Combinators.combine(word, value).as((key, of) -> "\"" + key + "\":" + of).list().ofMaxSize(3)
                .map(entries -> entries.stream().collect(Collectors.joining(",", "{", "}")));
    }

    /** A good config with the changes. */
    public static GivenConfig changed(List<Change> changes) {
        var config = RICH;
        for (var change : changes) {
            config = change.value().isEmpty() ? config.without(change.key())
                    : change.secret() ? config.withSecret(change.key(), change.value().get())
                            : config.with(change.key(), change.value().get());
        }
        return config;
    }

    /** Whether a text is one that a config may hold besides, or that the line to type names. */
    static boolean isCommon(String text) {
        return SURPRISES.contains(text) || text.equals("skypilot");
    }
}
