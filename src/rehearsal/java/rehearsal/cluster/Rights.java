package rehearsal.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What docs/rights.md has a user of the stack given in a cluster, and what a user made use of. */
public final class Rights {

    /** The user's name in every cluster of a world. */
    public static final String USER = "user";

    /**
     * A right.
     *
     * @param group    the API group, empty for the core
     * @param resource the plural, with a subresource as in {@code deployments/scale}
     */
    public record Right(String group, String resource, String verb) implements Comparable<Right> {

        private static final Comparator<Right> ORDER =
                Comparator.comparing(Right::group).thenComparing(Right::resource).thenComparing(Right::verb);

        @Override
        public int compareTo(Right other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
        }
    }

    /** Has the API server note what the user does, and nobody else. */
    static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - {level: Metadata, users: [%s]}
            - {level: None}
            """.formatted(USER);

    private Rights() {
    }

    /** The roles of docs/rights/kubernetes.yaml, in its order. */
    public static List<ClusterRole> roles() {
        try (var file = Rights.class.getResourceAsStream("/rehearsal/rights/kubernetes.yaml")) {
            return Stream.of(new String(file.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^---\n"))
                    .map(role -> Serialization.unmarshal(role, ClusterRole.class)).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Gives the user all of {@link #roles}, as an administrator of the cluster. */
    static void grant(KubernetesClient client) {
        roles().forEach(role -> {
            client.resource(role).create();
            client.resource(new ClusterRoleBindingBuilder()
                    .withNewMetadata().withName(role.getMetadata().getName()).endMetadata()
                    .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                    .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                    .build()).create();
        });
    }

    /** Each right of {@link #roles} by itself. */
    public static Set<Right> granted() {
        return roles().stream().flatMap(role -> role.getRules().stream()).flatMap(Rights::each)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the user did, by the API server's own log; what was refused left out. */
    static Set<Right> used(Path auditLog) {
        try (var lines = Files.lines(auditLog)) {
            return lines.flatMap(Rights::event)
                    .filter(event -> event.has("objectRef") && event.getAsJsonObject("objectRef").has("resource")
                            && event.getAsJsonObject("annotations").get("authorization.k8s.io/decision").getAsString()
                                    .equals("allow"))
                    .map(event -> {
                        var of = event.getAsJsonObject("objectRef");
                        return new Right(of.has("apiGroup") ? of.get("apiGroup").getAsString() : "",
                                of.get("resource").getAsString()
                                        + (of.has("subresource") ? "/" + of.get("subresource").getAsString() : ""),
                                event.get("verb").getAsString());
                    }).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A line of the log; none if a server that was killed left it unfinished. */
    private static Stream<JsonObject> event(String line) {
        try {
            return Stream.of(JsonParser.parseString(line).getAsJsonObject());
        } catch (JsonSyntaxException unfinished) {
            return Stream.empty();
        }
    }

    private static Stream<Right> each(PolicyRule rule) {
        return rule.getApiGroups().stream().flatMap(group -> rule.getResources().stream()
                .flatMap(resource -> rule.getVerbs().stream().map(verb -> new Right(group, resource, verb))));
    }
}
