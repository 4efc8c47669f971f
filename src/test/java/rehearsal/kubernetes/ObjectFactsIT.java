package rehearsal.kubernetes;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pulumirpc.Provider.DiffResponse.DiffChanges;
import rehearsal.kubernetes.FactsWorld.World;
import rehearsal.provider.Wire;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FactsWorld.class)
@ParameterizedClass
// One of them never ends with the official plugin of 2026-01, which also takes over what exists (before 4.29.0).
@EnumSource(value = FactsWorld.Kind.class, names = "STAND_IN")
@DisplayName("Kubernetes objects behave as the official provider's (facts 1, 2, 4 to 7, 13)")
class ObjectFactsIT {

    private final World world;
    private Plugin plugin;

    ObjectFactsIT(FactsWorld.Kind kind, FactsWorld.Worlds worlds) {
        this.world = worlds.of(kind);
    }

    @BeforeEach
    void start() throws IOException {
        plugin = Plugin.start(world);
    }

    @AfterEach
    void end() throws IOException {
        plugin.close();
    }

    @Test
    @DisplayName("1: the same kubeconfig path is no change, whatever the file says; another server is a replacement "
            + "of everything")
    void onlyAnotherActiveClusterReplaces() throws IOException {
        var file = Files.copy(world.controlPlane().kubeconfig(), world.folder().resolve("moved"));
        var contents = Files.readString(file);
        var elsewhere = contents.replace(world.controlPlane().server(), "https://127.0.0.1:1");

        Files.writeString(file, elsewhere);
        assertEquals(DiffChanges.DIFF_NONE,
                plugin.diffConfig(Map.of("kubeconfig", file.toString()), Map.of("kubeconfig", file.toString()))
                        .getChanges());
        var moved = plugin.diffConfig(Map.of("kubeconfig", contents), Map.of("kubeconfig", elsewhere));
        assertEquals(List.of("kubeconfig"), moved.getReplacesList());
        var renewed =
                plugin.diffConfig(Map.of("kubeconfig", contents), Map.of("kubeconfig", contents + "\n# renewed\n"));
        assertEquals(DiffChanges.DIFF_SOME, renewed.getChanges());
        assertEquals(List.of(), renewed.getReplacesList());
    }

    @Test
    @DisplayName("1 and 4: a volume that is gone is unchanged to a plain preview, and gone to a refresh")
    void goneIsOnlySeenByRefresh() {
        var inputs = Manifests.volume("gone", "gone-claim");
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "gone"), inputs);
        assertTrue(plugin.refresh(volume).isPresent());
        plugin.delete(volume);

        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(volume, inputs).getChanges());
        assertTrue(plugin.refresh(volume).isEmpty());
    }

    @Test
    @DisplayName("2: with a dead cluster a refresh and a deletion fail, unless PULUMI_K8S_DELETE_UNREACHABLE says to "
            + "forget")
    void deadCluster() throws IOException {
        var inputs = Manifests.volume("dead", "dead-claim");
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "dead"), inputs);
        var dead = Files.writeString(world.folder().resolve("dead"),
                Files.readString(world.controlPlane().kubeconfig()).replace(world.controlPlane().server(),
                        "https://127.0.0.1:1"));

        try (var cut = Plugin.start(world, dead, Map.of())) {
            assertEquals(DiffChanges.DIFF_NONE, cut.diff(volume, inputs).getChanges());
            assertTrue(assertThrows(StatusRuntimeException.class, () -> cut.refresh(volume)).getMessage()
                    .contains("failed to read resource state due to unreachable cluster"));
            assertTrue(assertThrows(StatusRuntimeException.class, () -> cut.delete(volume)).getMessage()
                    .contains("PULUMI_K8S_DELETE_UNREACHABLE"));
            assertTrue(assertThrows(StatusRuntimeException.class,
                    () -> cut.create(Plugin.urn(Plugin.VOLUME, "other"), inputs)).getMessage()
                    .contains("configured Kubernetes cluster is unreachable"));
        }
        try (var forgetful = Plugin.start(world, dead, Map.of("PULUMI_K8S_DELETE_UNREACHABLE", "true"))) {
            assertTrue(forgetful.refresh(volume).isEmpty());
            forgetful.delete(volume);
        }
        plugin.delete(volume);
    }

    @Test
    @DisplayName("5: a volume whose claim stays is not gone until the claim is: the deletion times out on "
            + "pv-protection")
    void claimHoldsVolume() {
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "held"), Manifests.volume("held", "held-claim"));
        claim("held-claim", "held");

        var failure = assertThrows(StatusRuntimeException.class, () -> plugin.delete(volume, 2));
        assertTrue(failure.getMessage().contains("timed out waiting for the condition"), failure.getMessage());
        assertTrue(Plugin.leftBehind(failure).orElseThrow().getReasonsList().toString()
                .contains("kubernetes.io/pv-protection"));
        assertTrue(plugin.refresh(volume).isPresent());

        world.controlPlane().client().persistentVolumeClaims().inNamespace("default").withName("held-claim").delete();
        plugin.delete(volume);
    }

    @Test
    @DisplayName("6: a claimRef without uid: Available, bound by that claim only, and no difference afterwards")
    void preBound() {
        var inputs = Manifests.volume("prebound", "prebound-claim");
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "prebound"), inputs);
        assertEquals("Available", Tree.text(volume.values(), "status", "phase"));
        claim("prebound-claim", "prebound");

        var bound = plugin.refresh(volume).orElseThrow();
        assertEquals("Bound", Tree.text(bound.values(), "status", "phase"));
        assertFalse(Tree.text(bound.values(), "spec", "claimRef", "uid").isEmpty());
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(bound, inputs).getChanges());
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(volume, inputs).getChanges());
    }

    @Test
    @DisplayName("6: spec.csi alone replaces a volume, deleting the old one first")
    void csiReplaces() {
        var volume =
                plugin.create(Plugin.urn(Plugin.VOLUME, "replaced"), Manifests.volume("replaced", "replaced-claim"));
        var handle = plugin.diff(volume, Manifests.volume("replaced",
                Map.of("namespace", "default", "name", "replaced-claim"), "projects/p/zones/z/disks/another", "1Gi"));
        assertEquals(List.of("spec.csi.volumeHandle"), handle.getReplacesList());
        assertTrue(handle.getDeleteBeforeReplace());

        var grown = plugin.diff(volume, Manifests.volume("replaced",
                Map.of("namespace", "default", "name", "replaced-claim"), "projects/p/zones/z/disks/replaced", "2Gi"));
        assertEquals(DiffChanges.DIFF_SOME, grown.getChanges());
        assertEquals(List.of(), grown.getReplacesList());
        plugin.delete(volume);
    }

    @Test
    @DisplayName("6: a bound volume can grow in place; its claimRef cannot be moved to another namespace in place")
    void claimRefConflicts() {
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "moving"), Manifests.volume("moving", "moving-claim"));
        claim("moving-claim", "moving");
        var grown = plugin.update(volume, Manifests.volume("moving",
                Map.of("namespace", "default", "name", "moving-claim"), "projects/p/zones/z/disks/moving", "2Gi"));
        assertEquals("2Gi", Tree.text(grown.values(), "spec", "capacity", "storage"));

        var elsewhere = Manifests.volume("moving",
                Map.of("namespace", "elsewhere", "name", "moving-claim"), "projects/p/zones/z/disks/moving", "2Gi");
        // The server takes the first change, and the controller, which knows the claim by its uid, takes it back.
        var moved = plugin.update(grown, elsewhere);
        world.controlPlane().client().persistentVolumes().withName("moving").waitUntilCondition(
                pv -> "default".equals(pv.getSpec().getClaimRef().getNamespace()), 20, TimeUnit.SECONDS);
        var back = plugin.refresh(moved).orElseThrow();
        assertEquals(DiffChanges.DIFF_SOME, plugin.diff(back, elsewhere).getChanges());
        var failure = assertThrows(StatusRuntimeException.class, () -> plugin.update(back, elsewhere));
        assertTrue(failure.getMessage().contains("Server-Side Apply field conflict detected"), failure.getMessage());
        assertTrue(failure.getMessage().contains(".spec.claimRef.namespace"), failure.getMessage());
    }

    @Test
    @DisplayName("7: a Released volume never counts as ready; the volume is kept in the state as it is")
    void releasedIsNotReady() {
        var dead = Manifests.volume("released",
                Map.of("namespace", "default", "name", "released-claim", "uid", UUID.randomUUID().toString()),
                "projects/p/zones/z/disks/released", "1Gi");
        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.VOLUME, "released"), dead, 2));
        assertTrue(failure.getMessage().contains("Timeout occurred polling for 'released'"), failure.getMessage());
        var left = Plugin.leftBehind(failure).orElseThrow();
        assertEquals("released", left.getId());
        assertEquals("Released", Tree.text(Wire.read(left.getProperties()), "status", "phase"));
    }

    @Test
    @DisplayName("13: creating what exists already fails, and the preview before it does not tell")
    void createRefusesExisting() {
        var inputs = Manifests.volume("existing", "existing-claim");
        plugin.create(Plugin.urn(Plugin.VOLUME, "existing"), inputs);

        assertEquals("PersistentVolume", plugin.preview(Plugin.urn(Plugin.VOLUME, "second"), inputs).get("kind"));
        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.VOLUME, "second"), inputs));
        assertTrue(failure.getMessage().contains("persistentvolumes \"existing\" already exists"),
                failure.getMessage());
        assertTrue(Plugin.leftBehind(failure).isEmpty());
    }

    @Test
    @DisplayName("A Secret's data is secret in inputs and outputs, and a change of it replaces the Secret")
    void secretData() {
        var type = "kubernetes:core/v1:Secret";
        var inputs = Map.<String, Object>of("apiVersion", "v1", "kind", "Secret",
                "metadata", Map.of("name", "login"), "stringData", Map.of("auth", "user:hash"));
        var secret = plugin.create(Plugin.urn(type, "login"), inputs);
        for (var properties : List.of(secret.inputs(), secret.outputs())) {
            assertTrue(Wire.read(properties).get("data") instanceof Wire.Secret);
        }
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(secret, inputs).getChanges());
        var changed = plugin.diff(secret, Map.of("apiVersion", "v1", "kind", "Secret",
                "metadata", Map.of("name", "login"), "stringData", Map.of("auth", "user:other")));
        assertEquals(List.of("data.auth"), changed.getReplacesList());
        plugin.delete(secret);
    }

    @Test
    @DisplayName("An object without a name gets one, keeps it, and lands in the context's namespace")
    void autonaming() {
        var type = "kubernetes:core/v1:ConfigMap";
        var inputs = Map.<String, Object>of("apiVersion", "v1", "kind", "ConfigMap", "data", Map.of("a", "1"));
        var named = plugin.create(Plugin.urn(type, "settings"), inputs);
        assertTrue(named.id().matches("default/settings-[0-9a-f]{8}"), named.id());
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(named, inputs).getChanges());
        var replaced = plugin.diff(named, Map.of("apiVersion", "v1", "kind", "ConfigMap", "data", Map.of("a", "2")));
        assertEquals(List.of("data.a"), replaced.getReplacesList());
        assertFalse(replaced.getDeleteBeforeReplace());
        plugin.delete(named);
    }

    @Test
    @DisplayName("A claim is waited for until it is bound, and a deletion until the namespace is gone")
    void claimAndNamespace() {
        var claim = Map.<String, Object>of("apiVersion", "v1", "kind", "PersistentVolumeClaim",
                "metadata", Map.of("name", "lonely", "namespace", "facts-claims"),
                "spec", Map.of("storageClassName", "facts-class", "accessModes", List.of("ReadWriteOnce"),
                        "resources", Map.of("requests", Map.of("storage", "1Gi"))));
        var namespace = plugin.create(Plugin.urn("kubernetes:core/v1:Namespace", "facts-claims"),
                Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", "facts-claims")));
        assertEquals("facts-claims", namespace.id());
        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn("kubernetes:core/v1:PersistentVolumeClaim", "lonely"), claim, 1));
        assertTrue(failure.getMessage().contains("Timeout occurred polling for 'lonely'"), failure.getMessage());
        assertEquals("facts-claims/lonely", Plugin.leftBehind(failure).orElseThrow().getId());

        plugin.delete(namespace);
        assertTrue(plugin.refresh(namespace).isEmpty());
    }

    @Test
    @DisplayName("10: an object that the stack does not own is read by its id alone")
    void readForeign() {
        var system = new Plugin.State(Plugin.urn("kubernetes:core/v1:Namespace", "kube-system"), "kube-system",
                Wire.write(Map.of()), Wire.write(Map.of()));
        var read = plugin.refresh(system).orElseThrow().values();
        assertEquals(world.controlPlane().client().namespaces().withName("kube-system").get().getMetadata().getUid(),
                Tree.text(read, "metadata", "uid"));
    }

    /** A claim on the volume, bound. */
    private void claim(String name, String volume) {
        var claims = world.controlPlane().client().persistentVolumeClaims().inNamespace("default");
        claims.resource(new PersistentVolumeClaimBuilder()
                .withNewMetadata().withName(name).endMetadata()
                .withNewSpec()
                .withStorageClassName("facts-class").withAccessModes("ReadWriteOnce").withVolumeName(volume)
                .withNewResources().addToRequests("storage", new Quantity("1Gi")).endResources()
                .endSpec().build()).create();
        claims.withName(name).waitUntilCondition(claim -> claim != null && "Bound".equals(claim.getStatus().getPhase()),
                20, TimeUnit.SECONDS);
    }
}
