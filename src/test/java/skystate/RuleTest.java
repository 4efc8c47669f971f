package skystate;

import com.pulumi.core.Output;
import com.pulumi.gcp.compute.Disk;
import com.pulumi.gcp.compute.DiskResourcePolicyAttachment;
import com.pulumi.gcp.compute.ResourcePolicy;
import com.pulumi.kubernetes.core.v1.NamespaceArgs;
import com.pulumi.kubernetes.core.v1.PersistentVolumeArgs;
import com.pulumi.kubernetes.core.v1.SecretArgs;
import com.pulumi.kubernetes.core.v1.inputs.ObjectReferenceArgs;
import com.pulumi.kubernetes.core.v1.inputs.PersistentVolumeSpecArgs;
import com.pulumi.kubernetes.helm.v3.ReleaseArgs;
import com.pulumi.kubernetes.meta.v1.inputs.ObjectMetaArgs;
import com.pulumi.kubernetes.storage.v1.StorageClassArgs;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.ResourceArgs;
import com.pulumi.resources.ResourceTransformation;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import skystate.config.ChartValues;
import skystate.config.GivenConfig;
import skystate.config.StateReaderTest;
import skystate.disk.Guardrails;
import skystate.disk.StateDisk;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static skystate.StackRun.ATTACHMENT;
import static skystate.StackRun.DISK;
import static skystate.StackRun.NAMESPACE;
import static skystate.StackRun.POLICY;
import static skystate.StackRun.RELEASE;
import static skystate.StackRun.SECRET;
import static skystate.StackRun.STORAGE_CLASS;
import static skystate.StackRun.VOLUME;

/** A version of the program that breaks a rule doesn't pass: {@link Guardrails} and {@link StackRules}. */
@ParameterizedClass(name = "preview: {0}")
@ValueSource(booleans = {true, false})
class RuleTest {

    /** A change of the program that breaks a rule, and the type of what it changes. */
    private record Change(String rule, String type, ResourceTransformation change) {
    }

    private static final List<Change> OPTIONS = List.of(
            new Change("disk-kept", DISK,
                    options(Disk.class,
                            CustomResourceOptions.builder().retainOnDelete(false).ignoreChanges(StateDisk.FIXED)
                                    .build())),
            new Change("disk-never-replaced", DISK, options(Disk.class,
                    CustomResourceOptions.builder().retainOnDelete(true)
                            .ignoreChanges(StateDisk.FIXED.stream().filter(key -> !key.equals("description")).toList())
                            .build())),
            new Change("disk-never-replaced", DISK, options(Disk.class,
                    CustomResourceOptions.builder().retainOnDelete(true)
                            .ignoreChanges(
                                    StateDisk.FIXED.stream().filter(key -> !key.equals("provisionedIops")).toList())
                            .build())),
            new Change("snapshots-go-on", POLICY,
                    options(ResourcePolicy.class, CustomResourceOptions.builder().retainOnDelete(false).build())),
            new Change("snapshots-go-on", ATTACHMENT, options(DiskResourcePolicyAttachment.class,
                    CustomResourceOptions.builder().retainOnDelete(false).build())));

    private static final List<Change> INPUTS = List.of(
            new Change("volume-retained", VOLUME, spec(spec -> spec.persistentVolumeReclaimPolicy("Delete"))),
            new Change("no-blank-disk", STORAGE_CLASS,
                    args(StorageClassArgs.class,
                            args -> StorageClassArgs.builder(args).provisioner("pd.csi.storage.gke.io").build())),
            new Change("volume-fits-disk", VOLUME, spec(spec -> spec.capacity(Map.of("storage", "11Gi")))),
            new Change("volume-fits-disk", VOLUME, spec(spec -> spec.capacity(Map.of("storage", "10G")))),
            new Change("volume-for-one-claim", VOLUME,
                    spec(spec -> spec.claimRef(ObjectReferenceArgs.builder().build()))),
            new Change("state-on-volume", RELEASE, values(Map.of("storage", Map.of("enabled", false)))),
            new Change("state-on-volume", RELEASE, values(Map.of("storage", Map.of("volumeName", "another")))),
            new Change("state-on-volume", RELEASE, values(Map.of("storage", Map.of("size", "11Gi")))),
            new Change("state-on-volume", RELEASE, values(Map.of("fullnameOverride", "sky"))),
            new Change("state-on-volume", RELEASE,
                    values(Map.of("apiService", Map.of("dbConnectionString", "postgresql://elsewhere")))),
            new Change("state-on-volume", RELEASE,
                    args(ReleaseArgs.class, args -> ReleaseArgs.builder(args).name("another").build())),
            new Change("one-writer", RELEASE, values(Map.of("apiService", Map.of("replicas", 2)))),
            new Change("one-writer", RELEASE, values(Map.of("apiService", Map.of("upgradeStrategy", "RollingUpdate")))),
            new Change("one-writer", RELEASE, values(Map.of("storage", Map.of("accessMode", "ReadWriteMany")))),
            new Change("secret-data", SECRET,
                    args(SecretArgs.class,
                            args -> SecretArgs.builder(args).stringData(Map.of("auth", "user:hash")).build())),
            new Change("no-plain-secret", NAMESPACE, args(NamespaceArgs.class, args -> NamespaceArgs.builder(args)
                    .metadata(ObjectMetaArgs.builder().name("skypilot")
                            .annotations(Map.of("login", "skypilot:" + GivenConfig.PASSWORD)).build())
                    .build())),
            new Change("no-plain-secret", RELEASE,
                    values(Map.of("apiService", Map.of("env", List.of(Map.of("value", GivenConfig.PASSWORD)))))));

    @Parameter
    private boolean preview;

    /** By the program itself, in every run. */
    @TestFactory
    Stream<DynamicTest> changeOfTheOptionsIsRefused() {
        return OPTIONS.stream().map(change -> dynamicTest(change.rule(), () -> {
            var run = StackRun.given(preview).programChange(change.change()).run();
            assertTrue(run.refusal().contains("The rule " + change.rule() + " is broken: "), run::refusal);
            assertEquals(1, run.result().errors().size(), () -> "told once:\n" + run.refusal());
            assertFalse(run.types().contains(change.type()), run.types()::toString);
        }));
    }

    /** By {@link StackRules}, in every test. */
    @TestFactory
    Stream<DynamicTest> changeOfTheInputsIsSeen() {
        return INPUTS.stream().map(change -> dynamicTest(change.rule(), () -> isSeen(change.rule(),
                StackRun.given(preview).programChange(change.change()))));
    }

    @TestFactory
    Stream<DynamicTest> changeThatTakesTheStateOutOfTheDatabaseIsSeen() {
        return Stream.<Map<String, Object>>of(Map.of("storage", Map.of("enabled", true)),
                Map.of("apiService", Map.of("dbConnectionSecretName", "")),
                Map.of("apiService", Map.of("config", "a: b")),
                Map.of("apiService", Map.of("dbConnectionString", "postgresql://elsewhere")))
                .map(change -> dynamicTest(change.toString(), () -> isSeen("state-on-volume", StackRun.given(preview)
                        .config(StateReaderTest.inDatabase()).programChange(values(change)))));
    }

    private static void isSeen(String rule, StackRun.Given given) {
        var seen = assertThrows(AssertionError.class, given::run);
        assertTrue(seen.getMessage().contains("The rule " + rule + " is broken"), seen::getMessage);
        assertFalse(seen.getMessage().contains(GivenConfig.PASSWORD), seen::getMessage);
    }

    /** Only the user's own word lets destroy delete the disk. */
    @Test
    void diskThatTheUserNamedNeedNotBeKept() {
        var given = StackRun.given(preview).lastDisk(StackRun.DISK_ID)
                .getDisk(StackRun.disk(10, "pd-balanced", StackRun.OWN_LABEL));
        var run = given.with("deleteDisk", "sky-api-server-state").run();
        assertEquals(List.of(), run.result().errors());
        assertFalse(run.request(DISK).getRetainOnDelete());
    }

    @Test
    void textsOfSecretsAreThoseThatStandNowhereElse() {
        var config = GivenConfig.complete().withSecret("authPassword", "correct-horse-battery")
                .withSecret("authHash", "short")
                .withSecret("kubeconfig", "sky-api-server-state").with("diskName", "sky-api-server-state")
                .withSecret("values", "{\"a\": [{\"b\": \"a-key-of-the-user\", \"c\": true}]}")
                .withSecret("credentials", "{\"nebius\": {\"tenantId\": \"tenant-0123456789\"}}");
        assertEquals(Set.of("correct-horse-battery", "a-key-of-the-user"), StackRules.secretTexts(config.source()));
    }

    /** One secret makes the whole key one. */
    @Test
    void textsBesideASecretAreNoneWhereTheyCantBe() {
        var config = GivenConfig.complete().withSecret("values",
                "{\"persistence\": {\"accessModes\": [\"ReadWriteOnce\", \"ReadWriteOncePod\"]}, \"password\": "
                        + "\"correct-horse-battery\"}");
        assertEquals(Set.of("correct-horse-battery"), StackRules.secretTexts(config.withSecret("database",
                "{\"connectionSecret\": \"a-secret-in-the-cluster\"}").source()));
        assertEquals(Set.of("correct-horse-battery", "postgresql://sky:hidden@db/sky"),
                StackRules.secretTexts(config.withSecret("database",
                        "{\"connection\": \"postgresql://sky:hidden@db/sky\"}").source()));
    }

    private static ResourceTransformation options(Class<?> type, CustomResourceOptions options) {
        return given -> type.isInstance(given.resource())
                ? Optional.of(new ResourceTransformation.Result(given.args(), CustomResourceOptions.merge(
                        CustomResourceOptions.builder().parent(given.options().getParent().orElseThrow()).build(),
                        options)))
                : Optional.empty();
    }

    private static <T extends ResourceArgs> ResourceTransformation args(Class<T> type, UnaryOperator<T> change) {
        return given -> type.isInstance(given.args())
                ? Optional.of(new ResourceTransformation.Result(change.apply(type.cast(given.args())), given.options()))
                : Optional.empty();
    }

    private static ResourceTransformation spec(UnaryOperator<PersistentVolumeSpecArgs.Builder> change) {
        return args(PersistentVolumeArgs.class, args -> PersistentVolumeArgs.builder(args)
                .spec(args.spec().orElseThrow()
                        .applyValue(spec -> change.apply(PersistentVolumeSpecArgs.builder(spec)).build()))
                .build());
    }

    private static ResourceTransformation values(Map<String, Object> others) {
        return args(ReleaseArgs.class, args -> ReleaseArgs.builder(args)
                .values(args.values().orElse(Output.of(Map.of()))
                        .applyValue(values -> ChartValues.merge(new LinkedHashMap<>(values), others)))
                .build());
    }
}
