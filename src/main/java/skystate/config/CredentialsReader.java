package skystate.config;

import skystate.config.Credentials.Key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads the key {@code credentials}. Each part is given by its contents or as a file. No error shows contents. */
record CredentialsReader(ConfigReader reader, String cloud, Map<?, ?> given) {

    /** A part that must not be in plain text, unless it is one of these. */
    private static final List<String> PUBLIC = List.of("accessKeyId", "accountId");
    /** The chart takes most clouds in this way: by the part {@code apiKey}, which is {@code api_key} in the Secret. */
    private static final List<Map<String, String>> USUAL = List.of(Map.of("apiKey", "api_key"));
    /** The parts of the other clouds, each with its name in the Secret. AWS has two ways. */
    private static final Map<String, List<Map<String, String>>> EXCEPTIONS = Map.of(
            "gcp", List.of(Map.of("key", "gcp-cred.json")),
            "aws", List.of(Map.of("accessKeyId", "aws_access_key_id", "secretAccessKey", "aws_secret_access_key"),
                    Map.of("credentials", "credentials", "config", "config")),
            "kubernetes", List.of(Map.of("kubeconfig", "config")),
            "nebius", List.of(Map.of("key", "credentials.json")),
            "r2", List.of(Map.of("credentials", "r2.credentials", "accountId", "accountid")),
            "coreweave", List.of(Map.of("config", "cw.config", "credentials", "cw.credentials")));

    /** What a part must be. */
    private record Rule(String what, Predicate<String> isValid) {

        static Rule of(String cloud, String part) {
            return switch (part) {
                case "key" -> cloud.equals("gcp")
                        ? document("a service account's JSON key", "type", "project_id", "client_email", "private_key")
                        : document("a service account's JSON key", "subject-credentials");
                case "kubeconfig" -> document("a kubeconfig", "clusters", "contexts");
                case "credentials", "config" -> pattern("settings under a [profile]",
                        "(?s)(.*\n)?\\s*\\[[^]\n]+]\\s*\n.*=.*");
                case "accessKeyId" -> pattern("16 to 128 capital letters and digits", "[A-Z0-9]{16,128}");
                case "accountId" -> pattern("32 hexadecimal digits", "[0-9a-f]{32}");
                default -> pattern("at least eight characters without spaces", "\\S{8,}");
            };
        }

        private static Rule pattern(String what, String regex) {
            return new Rule(what, ConfigReader.pattern(regex));
        }

        private static Rule document(String what, String... keys) {
            return new Rule(what + " with " + String.join(", ", keys), text -> {
                var document = Json.object(text).<Object>map(Map.class::cast).or(() -> Yaml.parse(text)).orElse("");
                return Stream.of(keys).allMatch(key -> Yaml.has(document, key));
            });
        }
    }

    /**
     * Reads and checks the credentials.
     *
     * @param values the user's values of the chart
     */
    static Credentials read(ConfigReader reader, Map<String, Object> values) {
        var clouds = reader.object("credentials", "it must be structured, with a key for each cloud",
                "pulumi config rm credentials && pulumi config set --path --secret credentials.CLOUD.PART");
        return new Credentials(clouds.entrySet().stream()
                .flatMap(cloud -> read(reader, cloud.getKey(), cloud.getValue(), values)).toList());
    }

    private static Stream<Key> read(ConfigReader reader, String cloud, Object given, Map<String, Object> values) {
        var path = "credentials." + cloud;
        var ways = EXCEPTIONS.getOrDefault(cloud, USUAL);
        if (!cloud.matches("[a-z][a-z0-9]{0,30}")) {
            reader.reject(path, "it must be the name of a cloud, such as runpod", ConfigReader.remove(path));
            return Stream.of();
        }
        if (!(given instanceof Map<?, ?> object)) {
            reader.reject(path, "it must be structured, with the keys " + String.join(", ", names(ways.get(0))),
                    ConfigReader.setSecret(path + "." + names(ways.get(0)).get(0)));
            return Stream.of();
        }
        var way = ways.stream().filter(each -> names(each).stream().anyMatch(object::containsKey))
                .reduce((first, last) -> last).orElse(ways.get(0));
        return Stream.of(new CredentialsReader(reader, cloud, object).read(way, values));
    }

    private Key read(Map<String, String> way, Map<String, Object> user) {
        var path = "credentials." + cloud;
        given.keySet().stream().filter(name -> !names(way).contains(name))
                .forEach(name -> reader.reject(path + "." + name, "it is not one of " + String.join(", ", names(way)),
                        ConfigReader.remove(path + "." + name)));
        var data = new TreeMap<String, String>();
        way.forEach((part, entry) -> contents(part).ifPresent(text -> data.put(entry, text)));

        var isKubernetes = cloud.equals("kubernetes");
        var section = cloud + "Credentials";
        var values = new HashMap<String, Object>(Map.of(isKubernetes ? "useKubeconfig" : "enabled", true));
        if (cloud.equals("aws")) {
            values.put("useCredentialsFile", way.containsKey("credentials"));
            if (!way.containsKey("credentials")) {
                values.put("accessKeyIdKeyName", way.get("accessKeyId"));
                values.put("secretAccessKeyKeyName", way.get("secretAccessKey"));
            }
        } else if (cloud.equals("gcp") && ChartValues.text(user, section, "projectId").isEmpty()) {
            Json.object(data.getOrDefault(way.get("key"), "")).map(key -> key.get("project_id"))
                    .ifPresent(project -> values.put("projectId", Json.text(project)));
        } else if (cloud.equals("nebius") && ChartValues.text(user, section, "tenantId").isEmpty()) {
            reader.reject("values.nebiusCredentials.tenantId", "it is missing: the tenant of credentials.nebius",
                    ConfigReader.set("values.nebiusCredentials.tenantId", "TENANT_ID"));
        }
        var key = new Key(cloud, isKubernetes ? "kubeconfigSecretName" : cloud + "SecretName", values, data);
        Stream.concat(values.keySet().stream(), Stream.of(key.nameKey())).forEach(
                name -> ChartValues.rejectIfSet(reader, user, section + "." + name, "the stack sets it from " + path));
        return key;
    }

    /** The contents of a part, if they are valid. */
    private Optional<String> contents(String part) {
        var key = "credentials." + cloud + "." + part;
        var rule = Rule.of(cloud, part);
        var fix = ConfigReader.setSecret(key) + "    # or " + ConfigReader.set(key + "File", "PATH");
        var isFile = given.get(part) == null;
        var used = isFile ? key + "File" : key;
        var value = given.get(isFile ? part + "File" : part);
        if (value == null) {
            // The chart needs ~/.aws/config only for further profiles.
            if (!key.equals("credentials.aws.config")) {
                reader.reject(key, "it is missing; it must be " + rule.what(), fix);
            }
        } else if (!isFile && given.get(part + "File") != null) {
            reader.reject(key, "both " + part + " and " + part + "File are set", ConfigReader.remove(key + "File"));
        } else if (!(value instanceof String text)) {
            reader.reject(used, "it must be text", "pulumi config set --path --type string " + used + " VALUE");
        } else {
            try {
                if (!isFile && !PUBLIC.contains(part)) {
                    reader.rejectPlainText(key, text);
                }
                var contents = (isFile ? Files.readString(reader.folder().resolve(text)) : text).strip();
                if (rule.isValid().test(contents)) {
                    return Optional.of(contents);
                }
                reader.reject(used, "it must be " + rule.what(), fix);
            } catch (IOException | InvalidPathException unreadable) {
                reader.reject(used, "there is no such text file to read", ConfigReader.set(used, "FILE"));
            }
        }
        return Optional.empty();
    }

    /** Each part, by its contents and as a file. */
    private static List<String> names(Map<String, String> parts) {
        return parts.keySet().stream().sorted().flatMap(part -> Stream.of(part, part + "File")).toList();
    }
}
