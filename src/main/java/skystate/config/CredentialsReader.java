package skystate.config;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import skystate.config.Credentials.Key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the key {@code credentials}: an object by cloud, in which each part is given by its contents ({@code apiKey},
 * with --secret) or by a file's path ({@code apiKeyFile}). No problem that it reports shows any contents.
 */
final class CredentialsReader {

    private static final String ROOT = "credentials";
    private static final String FILE = "File";

    /**
     * A part of a cloud's keys.
     *
     * @param word   the word for it in the config
     * @param entry  where the Secret has it
     * @param needed whether the others are of no use without it
     * @param open   whether it is no secret
     * @param what   what it has to look like
     * @param good   whether it does
     */
    private record Part(String word, String entry, boolean needed, boolean open, String what, Predicate<String> good) {

        private static Part of(String word, String entry, String what, Predicate<String> good) {
            return new Part(word, entry, true, false, what, good);
        }
    }

    /**
     * The parts that make a cloud's keys, and the chart's values that go with them (facts: the SkyPilot chart).
     *
     * @param cloud    the word for it in the config
     * @param chartKey where the chart has its values
     * @param nameKey  the value that takes the Secret's name
     * @param values   its other values
     * @param parts    the parts
     */
    private record Form(String cloud, String chartKey, String nameKey, Map<String, Object> values, List<Part> parts) {

        private static Form of(String cloud, Map<String, Object> values, Part... parts) {
            return new Form(cloud, cloud + "Credentials", cloud + "SecretName", values, List.of(parts));
        }

        private static Form apiKey(String cloud) {
            return of(cloud, Map.of("enabled", true), Part.of("apiKey", "api_key", "one word", CredentialsReader::isWord));
        }

        private boolean has(Map<?, ?> given) {
            return parts.stream().anyMatch(part -> given.containsKey(part.word()) || given.containsKey(part.word() + FILE));
        }
    }

    private static final Pattern SECTION = Pattern.compile("(?m)^\\s*\\[[^\\]\n]+]\\s*$");
    private static final String INI = "settings under a [profile]";
    private static final String AWS_ID_ENTRY = "aws_access_key_id";
    private static final String AWS_SECRET_ENTRY = "aws_secret_access_key";

    /** A cloud has two forms if there are two ways to give its keys. */
    private static final List<Form> FORMS = List.of(
            Form.of("gcp", Map.of("enabled", true), Part.of("key", "gcp-cred.json",
                    "a service account's JSON key, with project_id, client_email and private_key", CredentialsReader::isGcpKey)),
            Form.of("aws", Map.of("enabled", true, "useCredentialsFile", false,
                            "accessKeyIdKeyName", AWS_ID_ENTRY, "secretAccessKeyKeyName", AWS_SECRET_ENTRY),
                    new Part("accessKeyId", AWS_ID_ENTRY, true, true, "16 to 128 capital letters and digits", text -> text.matches("[A-Z0-9]{16,128}")),
                    Part.of("secretAccessKey", AWS_SECRET_ENTRY, "one word", CredentialsReader::isWord)),
            Form.of("aws", Map.of("enabled", true, "useCredentialsFile", true),
                    Part.of("credentials", "credentials", INI, CredentialsReader::isIni),
                    new Part("config", "config", false, false, INI, CredentialsReader::isIni)),
            new Form("kubernetes", "kubernetesCredentials", "kubeconfigSecretName", Map.of("useKubeconfig", true), List.of(
                    Part.of("kubeconfig", "config", "a kubeconfig, with clusters and contexts", CredentialsReader::isKubeconfig))),
            Form.apiKey("runpod"), Form.apiKey("lambda"), Form.apiKey("vast"), Form.apiKey("digitalocean"),
            Form.of("nebius", Map.of("enabled", true), Part.of("key", "credentials.json",
                    "a service account's JSON key, with subject-credentials", CredentialsReader::isNebiusKey)),
            Form.of("r2", Map.of("enabled", true), Part.of("credentials", "r2.credentials", INI, CredentialsReader::isIni),
                    new Part("accountId", "accountid", true, true, "32 hexadecimal digits", text -> text.matches("[0-9a-f]{32}"))),
            Form.of("coreweave", Map.of("enabled", true), Part.of("config", "cw.config", INI, CredentialsReader::isIni),
                    Part.of("credentials", "cw.credentials", INI, CredentialsReader::isIni)));

    private final ConfigSource source;
    private final Path folder;
    private final Problems problems;

    private CredentialsReader(ConfigSource source, Path folder, Problems problems) {
        this.source = source;
        this.folder = folder;
        this.problems = problems;
    }

    /**
     * Reads and checks the credentials.
     *
     * @param source   the config
     * @param folder   the project's folder, from which a relative path is meant
     * @param values   the further values of the chart, which may not set what these do
     * @param problems is told what is wrong
     */
    static Credentials read(ConfigSource source, Path folder, Map<String, Object> values, Problems problems) {
        var json = source.get(ROOT);
        if (json.isEmpty()) {
            return Credentials.NONE;
        }
        var given = ChartValues.parse(json.get());
        if (given.isEmpty()) {
            problems.bad(ROOT, "they are structured: an object by cloud",
                    "pulumi config rm credentials && pulumi config set --path --secret credentials.CLOUD.PART");
            return Credentials.NONE;
        }
        var reader = new CredentialsReader(source, folder, problems);
        var keys = new ArrayList<Key>();
        given.get().forEach((cloud, parts) -> reader.key(cloud, parts, values).ifPresent(keys::add));
        return new Credentials(List.copyOf(keys));
    }

    private Optional<Key> key(String cloud, Object given, Map<String, Object> values) {
        var path = ROOT + "." + cloud;
        var forms = FORMS.stream().filter(form -> form.cloud().equals(cloud)).toList();
        if (forms.isEmpty()) {
            problems.bad(path, "there is no such cloud; the clouds are " + String.join(", ", clouds()), remove(path));
            return Optional.empty();
        }
        if (!(given instanceof Map<?, ?> parts)) {
            problems.bad(path, "it has parts: " + words(forms), set(path + "." + forms.get(0).parts().get(0).word()));
            return Optional.empty();
        }
        var used = forms.stream().filter(form -> form.has(parts)).toList();
        var form = used.isEmpty() ? forms.get(0) : used.get(0);
        if (used.size() > 1) {
            problems.bad(path, "its keys are given twice: by " + words(used.subList(0, 1)) + ", and by " + words(used.subList(1, 2)),
                    remove(path));
        }
        parts.keySet().stream().filter(word -> forms.stream().noneMatch(known -> known.has(Map.of(word, "")))).forEach(word ->
                problems.bad(path + "." + word, "there is no such part; the parts are " + words(forms)
                        + ". A Secret that exists already is named by values." + form.chartKey() + "." + form.nameKey(), remove(path + "." + word)));

        var data = new LinkedHashMap<String, String>();
        form.parts().forEach(part -> contents(path, part, parts).ifPresent(contents -> data.put(part.entry(), contents)));
        var ours = new LinkedHashMap<>(form.values());
        complete(form, data, values, ours);
        var key = new Key(cloud, form.chartKey(), form.nameKey(), ours, data);
        ChartValues.checkOurs(values, form.chartKey(), Stream.concat(ours.keySet().stream(), Stream.of(form.nameKey())), path, problems);
        return Optional.of(key);
    }

    /** What the chart needs to know besides the Secret. */
    private void complete(Form form, Map<String, String> data, Map<String, Object> values, Map<String, Object> ours) {
        if (form.cloud().equals("gcp") && ChartValues.text(values, "gcpCredentials", "projectId").isEmpty()) {
            json(data.getOrDefault("gcp-cred.json", "")).flatMap(key -> text(key, "project_id")).ifPresent(project -> ours.put("projectId", project));
        }
        if (form.cloud().equals("nebius") && ChartValues.text(values, "nebiusCredentials", "tenantId").isEmpty()) {
            problems.bad("values.nebiusCredentials.tenantId", "it is missing which tenant the key of credentials.nebius is for",
                    "pulumi config set --path values.nebiusCredentials.tenantId TENANT_ID");
        }
    }

    /** A part's contents, if they are as they should be. */
    private Optional<String> contents(String cloud, Part part, Map<?, ?> given) {
        var path = cloud + "." + part.word();
        var inline = Optional.ofNullable(given.get(part.word()));
        var file = Optional.ofNullable(given.get(part.word() + FILE));
        if (inline.isPresent() && file.isPresent()) {
            problems.bad(path, "both " + part.word() + " and " + part.word() + FILE + " are set", remove(path + FILE));
            return Optional.empty();
        }
        if (inline.isEmpty() && file.isEmpty()) {
            if (part.needed()) {
                problems.bad(path, "it is missing: " + part.what(), part.open() ? set(path) : set(path) + "    # or " + path + FILE + " PATH");
            }
            return Optional.empty();
        }
        if (!(inline.or(() -> file).get() instanceof String text)) {
            problems.bad(inline.isPresent() ? path : path + FILE, "it is text", "pulumi config set --path --type string " + path + " VALUE");
            return Optional.empty();
        }
        if (inline.isPresent() && !part.open() && (!source.isSecret(ROOT) || ConfigFiles.hold(folder, text))) {
            problems.bad(path, "it is in plain text in the stack's config file", set(path));
        }
        var contents = (inline.isPresent() ? Optional.of(text) : file(path + FILE, text)).map(String::strip);
        if (contents.isPresent() && !part.good().test(contents.get())) {
            problems.bad(inline.isPresent() ? path : path + FILE, "it is not " + part.what(), set(path) + "    # or " + path + FILE + " PATH");
            return Optional.empty();
        }
        return contents;
    }

    private Optional<String> file(String path, String name) {
        try {
            return Optional.of(Files.readString(folder.resolve(name)));
        } catch (IOException | UncheckedIOException | InvalidPathException unreadable) {
            // A key itself may be here by a slip, so the name isn't shown.
            problems.bad(path, "there is no such file to read, or it is no text", "pulumi config set --path " + path + " FILE");
            return Optional.empty();
        }
    }

    private static String set(String path) {
        return "pulumi config set --path --secret " + path;
    }

    private static String remove(String path) {
        return "pulumi config rm --path " + path;
    }

    private static String words(List<Form> forms) {
        var words = new LinkedHashSet<String>();
        forms.forEach(form -> form.parts().forEach(part -> words.add(part.word() + " or " + part.word() + FILE)));
        return String.join(", ", words);
    }

    private static List<String> clouds() {
        return FORMS.stream().map(Form::cloud).distinct().sorted().toList();
    }

    private static boolean isWord(String text) {
        return text.matches("\\S{8,}");
    }

    private static boolean isIni(String text) {
        return SECTION.matcher(text).find() && text.contains("=");
    }

    private static boolean isKubeconfig(String text) {
        return Yaml.parse(text).filter(config -> Stream.of("clusters", "contexts").allMatch(key -> Yaml.has(config, key))).isPresent();
    }

    private static boolean isGcpKey(String text) {
        return json(text).filter(key -> text(key, "type").filter("service_account"::equals).isPresent()
                && text(key, "project_id").isPresent() && text(key, "client_email").isPresent()
                && text(key, "private_key").filter(pem -> pem.contains("PRIVATE KEY")).isPresent()).isPresent();
    }

    private static boolean isNebiusKey(String text) {
        return json(text).filter(key -> key.get("subject-credentials") instanceof JsonObject subject
                && text(subject, "private-key").filter(pem -> pem.contains("PRIVATE KEY")).isPresent()).isPresent();
    }

    private static Optional<JsonObject> json(String text) {
        try {
            return JsonParser.parseString(text) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (JsonParseException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonObject object, String key) {
        return object.get(key) instanceof JsonPrimitive value ? Optional.of(value.getAsString()).filter(text -> !text.isBlank()) : Optional.empty();
    }
}
