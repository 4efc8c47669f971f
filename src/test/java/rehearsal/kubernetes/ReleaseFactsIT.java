package rehearsal.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FactsWorld.class)
@ParameterizedClass
@EnumSource(FactsWorld.Kind.class)
@DisplayName("Helm releases behave as the official provider's (facts 2 to 4, 8, 9, 11, 12)")
class ReleaseFactsIT {

    private final World world;
    private final KubernetesClient client;
    private Plugin plugin;

    ReleaseFactsIT(FactsWorld.Kind kind, FactsWorld.Worlds worlds) {
        this.world = worlds.of(kind);
        this.client = world.controlPlane().client();
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
    @DisplayName("A release is installed, upgraded in place, replaced under another name, and uninstalled")
    void lifecycle() {
        var chart = world.chart("lifecycle", Manifests.CONFIG_CHART);
        var installed = release("life", chart, Map.of("greeting", "one"));
        assertEquals("default/life", installed.id());
        assertEquals("deployed", Tree.text(installed.values(), "status", "status"));
        assertEquals("1.2.3", Tree.text(installed.values(), "status", "version"));
        assertEquals("9", Tree.text(installed.values(), "status", "appVersion"));
        assertEquals(1L, ((Number) Tree.get(installed.values(), "status", "revision").orElseThrow()).longValue());
        assertEquals(Map.of("ConfigMap/v1", List.of("life-config")), installed.values().get("resourceNames"));
        assertEquals(DiffChanges.DIFF_NONE,
                plugin.diff(installed, Manifests.release("life", chart, 20, Map.of("greeting", "one"))).getChanges());

        var changed = Manifests.release("life", chart, 20, Map.of("greeting", "two"));
        assertEquals(List.of(), plugin.diff(installed, changed).getReplacesList());
        assertTrue(plugin.diff(installed, changed).containsDetailedDiff("values.greeting"));
        var upgraded = plugin.update(installed, changed);
        assertEquals(2L, ((Number) Tree.get(upgraded.values(), "status", "revision").orElseThrow()).longValue());
        assertEquals("two", greeting("life"));
        assertEquals(List.of("name"),
                plugin.diff(upgraded, Manifests.release("renamed", chart, 20, Map.of("greeting", "two")))
                        .getReplacesList());

        plugin.delete(upgraded);
        assertNull(client.configMaps().inNamespace("default").withName("life-config").get());
        assertTrue(plugin.refresh(upgraded).isEmpty());
    }

    @Test
    @DisplayName("2: a release of a dead cluster cannot be deleted, not even with PULUMI_K8S_DELETE_UNREACHABLE; a "
            + "refresh drops it then")
    void deadCluster() throws IOException {
        var installed =
                release("deadrelease", world.chart("deadrelease", Manifests.CONFIG_CHART), Map.of("greeting", "x"));
        var dead = Files.writeString(world.folder().resolve("dead-release"),
                Files.readString(world.controlPlane().kubeconfig()).replace(world.controlPlane().server(),
                        "https://127.0.0.1:1"));
        try (var forgetful = Plugin.start(world, dead, Map.of("PULUMI_K8S_DELETE_UNREACHABLE", "true"))) {
            assertTrue(assertThrows(StatusRuntimeException.class, () -> forgetful.delete(installed)).getMessage()
                    .contains("can't delete Helm Release with unreachable cluster"));
            assertTrue(forgetful.refresh(installed).isEmpty());
        }
        plugin.delete(installed);
    }

    @Test
    @DisplayName("3: after a helm uninstall by hand the volume is Released, and the reinstalled chart's claim waits "
            + "in vain")
    void claimOnReleasedVolume() throws Exception {
        var volume = plugin.create(Plugin.urn(Plugin.VOLUME, "reused"), Manifests.volume("reused", "reused-state"));
        var chart = world.chart("reused", Manifests.CLAIM_CHART);
        var values = Map.<String, Object>of("volume", "reused", "greeting", "x");
        var installed = release("reused", chart, values);
        assertEquals("Bound", phase("reused"));

        helm("uninstall", "reused", "--namespace", "default", "--wait");
        client.persistentVolumes().withName("reused").waitUntilCondition(
                pv -> "Released".equals(pv.getStatus().getPhase()), 20, TimeUnit.SECONDS);
        assertTrue(plugin.refresh(installed).isEmpty());
        var kept = plugin.refresh(volume).orElseThrow();
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(kept, Manifests.volume("reused", "reused-state")).getChanges());

        var failure =
                assertThrows(StatusRuntimeException.class, () -> plugin.create(Plugin.urn(Plugin.RELEASE, "reused"),
                        Manifests.release("reused", chart, 3, values)));
        assertTrue(failure.getMessage().contains("failed to become available within allocated timeout"),
                failure.getMessage());
        assertEquals("Released", phase("reused"));

        // The volume made anew binds again, and the release that failed is upgraded.
        var left = Plugin.leftBehind(failure).orElseThrow();
        var failed = new Plugin.State(Plugin.urn(Plugin.RELEASE, "reused"), left.getId(),
                plugin.check(Plugin.urn(Plugin.RELEASE, "reused"), null, Manifests.release("reused", chart, 3, values))
                        .getInputs(),
                left.getProperties());
        assertEquals("failed", Tree.text(failed.values(), "status", "status"));
        client.persistentVolumeClaims().inNamespace("default").withName("reused-state").delete();
        plugin.delete(kept);
        plugin.create(Plugin.urn(Plugin.VOLUME, "reused"), Manifests.volume("reused", "reused-state"));
        var healed = plugin.update(failed, Manifests.release("reused", chart, 20, values));
        assertEquals("deployed", Tree.text(healed.values(), "status", "status"));
        assertEquals("Bound", phase("reused"));
    }

    @Test
    @DisplayName("4: a refresh does not notice that an object of the chart is gone")
    void innerObjectsGoUnnoticed() {
        var chart = world.chart("inner", Manifests.CONFIG_CHART);
        var installed = release("inner", chart, Map.of("greeting", "x"));
        client.configMaps().inNamespace("default").withName("inner-config").delete();

        var refreshed = plugin.refresh(installed).orElseThrow();
        assertEquals(installed.values(), refreshed.values());
        assertEquals(DiffChanges.DIFF_NONE,
                plugin.diff(refreshed, Manifests.release("inner", chart, 20, Map.of("greeting", "x"))).getChanges());
        plugin.delete(refreshed);
    }

    @Test
    @DisplayName("8: an install that is cut off leaves the release in the cluster only; helm uninstall clears it")
    void interruptedInstall() throws Exception {
        var chart = world.chart("cut", Manifests.CLAIM_CHART);
        var inputs = Manifests.release("cut", chart, 60, Map.of("volume", "no-such-volume", "greeting", "x"));
        var cut = Plugin.start(world);
        var install = CompletableFuture.supplyAsync(() -> cut.create(Plugin.urn(Plugin.RELEASE, "cut"), inputs));
        client.persistentVolumeClaims().inNamespace("default").withName("cut-state").waitUntilCondition(
                claim -> claim != null, 30, TimeUnit.SECONDS);
        cut.close();
        assertThrows(Exception.class, () -> install.get(20, TimeUnit.SECONDS));

        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.RELEASE, "cut"), inputs));
        assertTrue(failure.getMessage().contains("cannot re-use a name that is still in use"), failure.getMessage());
        assertTrue(Plugin.leftBehind(failure).isEmpty());

        helm("uninstall", "cut", "--namespace", "default", "--wait");
        var chartAnew = world.chart("cut", Manifests.CONFIG_CHART);
        plugin.delete(release("cut", chartAnew, Map.of("greeting", "x")));
    }

    @Test
    @DisplayName("An install that was cut off, and that Helm was made to forget, is taken up by the next install: the "
            + "claim is the same")
    void forgottenInstall() throws Exception {
        var chart = world.chart("forgotten", Manifests.CLAIM_CHART);
        var inputs = Manifests.release("forgotten", chart, 60, Map.of("volume", "no-such-volume", "greeting", "x"));
        var cut = Plugin.start(world);
        var install = CompletableFuture.supplyAsync(() -> cut.create(Plugin.urn(Plugin.RELEASE, "forgotten"), inputs));
        var claims = client.persistentVolumeClaims().inNamespace("default").withName("forgotten-state");
        var claim = claims.waitUntilCondition(found -> found != null, 30, TimeUnit.SECONDS).getMetadata().getUid();
        cut.close();
        assertThrows(Exception.class, () -> install.get(20, TimeUnit.SECONDS));

        client.secrets().inNamespace("default")
                .withLabels(Map.of("owner", "helm", "name", "forgotten", "status", "pending-install")).delete();
        var taken = Manifests.release("forgotten", chart, 2, Map.of("volume", "no-such-volume", "greeting", "x"));
        var late = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.RELEASE, "forgotten"), taken));

        assertTrue(late.getMessage().contains("was created, but failed to initialize completely"), late.getMessage());
        assertEquals(claim, claims.get().getMetadata().getUid());
    }

    @Test
    @DisplayName("8: an upgrade of a release that another operation has left pending says so")
    void pendingUpgrade() throws Exception {
        var chart = world.chart("pending", Manifests.CONFIG_CHART);
        var installed = release("pending", chart, Map.of("greeting", "x"));
        var waiting = world.chart("waiting", Manifests.CLAIM_CHART);
        var cut = Plugin.start(world);
        var upgrade = CompletableFuture.supplyAsync(() -> cut.update(installed,
                Manifests.release("pending", waiting, 60, Map.of("volume", "no-such-volume", "greeting", "y"))));
        client.persistentVolumeClaims().inNamespace("default").withName("pending-state").waitUntilCondition(
                claim -> claim != null, 30, TimeUnit.SECONDS);
        cut.close();
        assertThrows(Exception.class, () -> upgrade.get(20, TimeUnit.SECONDS));

        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.update(installed, Manifests.release("pending", chart, 20, Map.of("greeting", "z"))));
        assertTrue(failure.getMessage().contains("another operation (install/upgrade/rollback) is in progress"),
                failure.getMessage());
        plugin.delete(installed);
    }

    @Test
    @DisplayName("9: deleting a release that is gone fails unless a refresh came first")
    void deletingTwiceFails() throws Exception {
        var installed = release("twice", world.chart("twice", Manifests.CONFIG_CHART), Map.of("greeting", "x"));
        helm("uninstall", "twice", "--namespace", "default");
        var failure = assertThrows(StatusRuntimeException.class, () -> plugin.delete(installed));
        assertTrue(failure.getMessage().contains("uninstall: Release not loaded: twice: release: not found"),
                failure.getMessage());
        assertTrue(plugin.refresh(installed).isEmpty());
    }

    @Test
    @DisplayName("11: the state has the whole inputs as a secret, and nothing of a secret value in the open")
    void secrets() throws IOException {
        var chart = world.chart("sealed", Manifests.CONFIG_CHART);
        var installed = plugin.create(Plugin.urn(Plugin.RELEASE, "sealed"), Manifests.release("sealed", chart, 20,
                Map.of("greeting", new Wire.Secret("open-sesame"))));
        var outputs = Wire.read(installed.outputs());
        assertTrue(outputs.get("__inputs") instanceof Wire.Secret);
        for (var properties : List.of(installed.inputs(), installed.outputs())) {
            assertFalse(Wire.read(properties).toString().contains("open-sesame"));
        }
        assertEquals("open-sesame", greeting("sealed"));
        assertFalse(filesWith("open-sesame"), "a file of Helm's was left with the values in it");
        plugin.delete(installed);
    }

    @Test
    @DisplayName("12: atomic uninstalls a first install that failed, and its claim goes with it")
    void atomic() {
        var inputs = Manifests.release("atom", world.chart("atom", Manifests.CLAIM_CHART), 2,
                Map.of("volume", "no-such-volume", "greeting", "x"));
        inputs.put("atomic", true);
        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.RELEASE, "atom"), inputs));
        assertTrue(failure.getMessage().contains("uninstalled due to atomic being set"), failure.getMessage());
        assertTrue(Plugin.leftBehind(failure).isEmpty());
        assertNull(client.persistentVolumeClaims().inNamespace("default").withName("atom-state").get());
    }

    @Test
    @DisplayName("A failed first install stays, with Helm's reason, and is tried again by an upgrade")
    void failedInstallStays() {
        var chart = world.chart("stays", Manifests.CLAIM_CHART);
        var failure =
                assertThrows(StatusRuntimeException.class, () -> plugin.create(Plugin.urn(Plugin.RELEASE, "stays"),
                        Manifests.release("stays", chart, 2, Map.of("volume", "no-such-volume", "greeting", "x"))));
        assertTrue(failure.getMessage().contains("was created, but failed to initialize completely"),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("context deadline exceeded"), failure.getMessage());
        assertEquals("default/stays", Plugin.leftBehind(failure).orElseThrow().getId());
        assertNotNull(client.persistentVolumeClaims().inNamespace("default").withName("stays-state").get());
    }

    @Test
    @DisplayName("A chart that is not there fails the check with Helm's words; one that does not render fails the "
            + "install")
    void badChart() {
        var missing = plugin.check(Plugin.urn(Plugin.RELEASE, "bad"), null,
                Manifests.release("bad", world.folder().resolve("no-such-chart"), 20, Map.of())).getFailuresList();
        assertEquals("chart", missing.get(0).getProperty());
        assertTrue(missing.get(0).getReason().endsWith("; check the chart name and repository configuration."),
                missing.toString());
        var broken =
                Manifests.release("bad", world.chart("broken", "{{ fail \"storage is required\" }}"), 20, Map.of());
        assertEquals(List.of(), plugin.check(Plugin.urn(Plugin.RELEASE, "bad"), null, broken).getFailuresList());
        var failure = assertThrows(StatusRuntimeException.class,
                () -> plugin.create(Plugin.urn(Plugin.RELEASE, "bad"), broken));
        assertTrue(failure.getMessage().contains("storage is required"), failure.getMessage());
    }

    @Test
    @DisplayName("A changed template of a chart folder is no change of the release; another version of the chart is")
    void changedChart() throws IOException {
        var chart = world.chart("edited", Manifests.CONFIG_CHART);
        var installed = release("edited", chart, Map.of("greeting", "x"));
        world.chart("edited", Manifests.CONFIG_CHART.replace("greeting:", "farewell:"));
        var inputs = Manifests.release("edited", chart, 20, Map.of("greeting", "x"));
        assertEquals(DiffChanges.DIFF_NONE, plugin.diff(installed, inputs).getChanges());
        Files.writeString(chart.resolve("Chart.yaml"),
                Files.readString(chart.resolve("Chart.yaml")).replace("1.2.3", "1.2.4"));
        assertTrue(plugin.diff(installed, inputs).containsDetailedDiff("version"));
        plugin.delete(installed);
    }

    private Plugin.State release(String name, Path chart, Map<String, Object> values) {
        return plugin.create(Plugin.urn(Plugin.RELEASE, name), Manifests.release(name, chart, 20, values));
    }

    private String greeting(String release) {
        return client.configMaps().inNamespace("default").withName(release + "-config").get().getData().get("greeting");
    }

    private String phase(String volume) {
        return client.persistentVolumes().withName(volume).get().getStatus().getPhase();
    }

    private static boolean filesWith(String text) throws IOException {
        try (var folders =
                Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "kubernetes-provider-*")) {
            for (var folder : folders) {
                try (var files = Files.walk(folder)) {
                    for (var file : files.filter(Files::isRegularFile).toList()) {
                        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Helm, as a user runs it by hand. */
    private void helm(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(world.helm().toString(), "--kubeconfig", world.controlPlane().kubeconfig().toString()));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
    }
}
