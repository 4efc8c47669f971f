package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rehearsal.NeedsTools;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A real API server lets the user do what docs/rights/kubernetes.yaml says, and no more. */
class RightsIT {

    private static final String TOKEN = "token-of-the-user";
    private static final String CHART_ROLES = "sky-api-server-chart-roles";
    /** As broad as that of SkyPilot's chart, which nobody has who is not an administrator. */
    private static final PolicyRule BROAD =
            new PolicyRuleBuilder().withApiGroups("*").withResources("*").withVerbs("*").build();

    @TempDir
    static Path home;

    private static ControlPlane controlPlane;
    private static KubernetesClient user;

    @BeforeAll
    static void start() {
        controlPlane = ControlPlane.start(NeedsTools.get(), home, "rights", TOKEN);
        Rights.grant(controlPlane.client());
        user = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(controlPlane.client().getConfiguration()).withOauthToken(TOKEN).build())
                .build();
        controlPlane.client().resource(
                new ClusterRoleBuilder().withNewMetadata().withName("broad").endMetadata().withRules(BROAD).build())
                .create();
        controlPlane.client().resource(new RoleBuilder().withNewMetadata().withName("broad").withNamespace("default")
                .endMetadata().withRules(BROAD).build()).create();
    }

    @AfterAll
    static void close() {
        if (user != null) {
            user.close();
        }
        if (controlPlane != null) {
            controlPlane.close();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"escalate, clusterroles, ClusterRole", "escalate, roles, Role",
            "bind, clusterroles, ClusterRoleBinding", "bind, roles, RoleBinding"})
    void theChartsOwnRolesTakeBindAndEscalate(String verb, String resource, String kind) {
        var made = made(kind);
        assertFalse(forbidden(made));
        var whole = Rights.roles().stream().filter(role -> role.getMetadata().getName().equals(CHART_ROLES)).findFirst()
                .orElseThrow();

        controlPlane.client().resource(without(verb, resource, whole)).update();
        try {
            // The API server learns of a role's change as any other client does, by a watch.
            ClusterIT.await(() -> verb + " on " + resource + " is needed", () -> forbidden(made));
        } finally {
            controlPlane.client().resource(whole).update();
        }
        ClusterIT.await(() -> "all is as it was", () -> !forbidden(made));
    }

    private static boolean forbidden(HasMetadata made) {
        try {
            user.resource(made).dryRun(true).create();
            return false;
        } catch (KubernetesClientException refused) {
            assertEquals(403, refused.getCode(), refused.getMessage());
            return true;
        }
    }

    @Test
    void whatIsNotListedIsRefusedAndNotNotedAsUsed() {
        user.persistentVolumes().withName("none").get();
        assertEquals(403, assertThrows(KubernetesClientException.class,
                () -> user.pods().inNamespace("default").withName("none").delete()).getCode());

        var used = Rights.used(controlPlane.audit());
        assertTrue(used.contains(new Rights.Right("", "persistentvolumes", "get")), used::toString);
        var beyond = new TreeSet<>(used);
        beyond.removeAll(Rights.granted());
        assertEquals(new TreeSet<>(), beyond);
    }

    private static HasMetadata made(String kind) {
        return switch (kind) {
            case "ClusterRole" ->
                    new ClusterRoleBuilder().withNewMetadata().withName("made").endMetadata().withRules(BROAD).build();
            case "Role" -> new RoleBuilder().withNewMetadata().withName("made").withNamespace("default").endMetadata()
                    .withRules(BROAD).build();
            case "ClusterRoleBinding" ->
                    new ClusterRoleBindingBuilder().withNewMetadata().withName("made").endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "broad").build();
            default ->
                    new RoleBindingBuilder().withNewMetadata().withName("made").withNamespace("default").endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "Role", "broad").build();
        };
    }

    private static ClusterRole without(String verb, String resource, ClusterRole role) {
        var rules = role.getRules().stream()
                .flatMap(rule -> rule.getResources().stream()
                        .map(each -> new PolicyRuleBuilder(rule).withResources(each)
                                .withVerbs(rule.getVerbs().stream()
                                        .filter(has -> !has.equals(verb) || !each.equals(resource)).toList())
                                .build()))
                .toList();
        return new ClusterRoleBuilder(role).withRules(List.copyOf(rules)).build();
    }
}
