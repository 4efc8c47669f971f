package rehearsal.kubernetes;

import com.pulumi.Context;
import com.pulumi.automation.AutomationException;
import com.pulumi.automation.CommandException;
import com.pulumi.automation.CommandResult;
import com.pulumi.automation.CommandRunOptions;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.OperationType;
import com.pulumi.automation.PulumiCommand;
import com.pulumi.automation.UpOptions;
import com.pulumi.automation.Version;
import com.pulumi.automation.WorkspaceStack;
import com.pulumi.core.Output;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.ProviderArgs;
import com.pulumi.kubernetes.core.v1.PersistentVolume;
import com.pulumi.kubernetes.core.v1.PersistentVolumeArgs;
import com.pulumi.kubernetes.core.v1.inputs.CSIPersistentVolumeSourceArgs;
import com.pulumi.kubernetes.core.v1.inputs.ObjectReferenceArgs;
import com.pulumi.kubernetes.core.v1.inputs.PersistentVolumeSpecArgs;
import com.pulumi.kubernetes.helm.v3.Release;
import com.pulumi.kubernetes.helm.v3.ReleaseArgs;
import com.pulumi.kubernetes.meta.v1.inputs.ObjectMetaArgs;
import com.pulumi.resources.CustomResourceOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rehearsal.NeedsTools;
import rehearsal.kubernetes.FactsWorld.World;
import rehearsal.provider.InstalledPlugin;
import rehearsal.provider.PluginHost;
import rehearsal.tools.Tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FactsWorld.class)
@ParameterizedClass
@EnumSource(FactsWorld.Kind.class)
@DisplayName("Under the real engine, the kubernetes stand-in behaves as the official plugin (facts 1, 2, 11, 14)")
class EngineFactsIT {

    private static final String SECRET = "open-sesame-to-the-engine";
    /** The SDK's inline runner leaves its channels to the garbage collector, and gRPC says so at length. */
    private static final Logger ORPHANS = Logger.getLogger("io.grpc.internal.ManagedChannelOrphanWrapper");

    static {
        ORPHANS.setLevel(Level.OFF);
    }

    @TempDir
    private Path folder;
    private final World world;
    private PluginHost host;

    EngineFactsIT(FactsWorld.Kind kind, FactsWorld.Worlds worlds) {
        this.world = worlds.of(kind);
    }

    @BeforeEach
    void serve() throws IOException {
        if (world.kind() == FactsWorld.Kind.STAND_IN) {
            host = PluginHost.serve(folder.resolve("home"), "kubernetes", KubernetesProvider.VERSION,
                    launch -> new KubernetesProvider(launch, world.helm()));
        } else {
            InstalledPlugin.link(folder.resolve("home"), "kubernetes", KubernetesProvider.VERSION, world.plugin());
        }
    }

    @AfterEach
    void end() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @Test
    @DisplayName("1 and 11: up, clean preview, no secret in the state; a lost cluster is unchanged until a refresh, "
            + "then made anew")
    void freshCluster() throws Exception {
        var chart = world.chart("engine", Manifests.CLAIM_CHART);
        try (var stack = stack(program("engine", chart, CustomResourceOptions.Empty), Map.of())) {
            assertEquals(4, stack.up().summary().resourceChanges().get(OperationType.CREATE));
            assertEquals("Bound", phase("engine"));
            stack.up(UpOptions.builder().expectNoChanges(true).build());
            var state = Files.readString(folder.resolve("backend/.pulumi/stacks/facts/facts.json"));
            assertTrue(state.contains("pd.csi.storage.gke.io"));
            assertFalse(state.contains(SECRET));

            helm("uninstall", "engine", "--wait");
            world.controlPlane().client().persistentVolumes().withName("engine").delete();
            assertEquals(Map.of(OperationType.SAME, 4), stack.up().summary().resourceChanges());
            assertNull(world.controlPlane().client().persistentVolumes().withName("engine").get());

            stack.refresh();
            assertEquals(2, stack.up().summary().resourceChanges().get(OperationType.CREATE));
            assertEquals("Bound", phase("engine"));
            stack.destroy();
            assertNull(world.controlPlane().client().persistentVolumes().withName("engine").get());
        }
    }

    @Test
    @DisplayName("2: PULUMI_K8S_DELETE_UNREACHABLE of the pulumi command reaches the plugin: refresh drops all, "
            + "destroy then works")
    void deadCluster() throws Exception {
        var chart = world.chart("enginedead", Manifests.CONFIG_CHART);
        var kubeconfig = Files.copy(world.controlPlane().kubeconfig(), folder.resolve("kubeconfig"));
        var program = program("enginedead", kubeconfig, chart, CustomResourceOptions.Empty);
        try (var stack = stack(program, Map.of())) {
            stack.up();
            Files.writeString(kubeconfig,
                    Files.readString(kubeconfig).replace(world.controlPlane().server(), "https://127.0.0.1:1"));
            assertTrue(assertThrows(AutomationException.class, stack::destroy).getMessage()
                    .contains("can't delete Helm Release with unreachable cluster"));
        }
        try (var forgetful = stack(program, Map.of("PULUMI_K8S_DELETE_UNREACHABLE", "true"))) {
            assertTrue(assertThrows(AutomationException.class, forgetful::destroy).getMessage()
                    .contains("can't delete Helm Release with unreachable cluster"));
            assertTrue(forgetful.refresh().standardOutput()
                    .contains("Deleting the unreachable resource from Pulumi state"));
            forgetful.destroy();
        }
        helm("uninstall", "enginedead");
    }

    @Test
    @DisplayName("14: protect makes destroy fail at that resource; retainOnDelete leaves it in the cluster")
    void protectAndRetain() throws Exception {
        var chart = world.chart("engineretain", Manifests.CONFIG_CHART);
        try (var stack = stack(program("engineretain", chart, CustomResourceOptions.builder().protect(true).build()),
                Map.of())) {
            stack.up();
            assertTrue(assertThrows(AutomationException.class, stack::destroy).getMessage().contains("protected"));
        }
        var retained = CustomResourceOptions.builder().retainOnDelete(true).build();
        try (var stack = stack(program("engineretain", chart, retained), Map.of())) {
            stack.up();
            stack.destroy();
            assertNotNull(world.controlPlane().client().persistentVolumes().withName("engineretain").get());
        }
    }

    @Test
    @DisplayName("A failed install stays in the state, and the next up with a good value upgrades it")
    void failedInstall() throws Exception {
        var chart = world.chart("enginefails",
                "{{ if eq .Values.volume \"enginefails\" }}\n" + Manifests.CLAIM_CHART + "\n{{ end }}");
        try (var stack = stack(
                context -> release("enginefails", chart, 2, "enginefails", provider(world.controlPlane().kubeconfig())),
                Map.of())) {
            var failure = assertThrows(AutomationException.class, stack::up);
            assertTrue(failure.getMessage().contains("was created, but failed to initialize completely"),
                    failure.getMessage());
        }
        try (var stack =
                stack(context -> release("enginefails", chart, 20, "none", provider(world.controlPlane().kubeconfig())),
                        Map.of())) {
            assertEquals(1, stack.up().summary().resourceChanges().get(OperationType.UPDATE));
            stack.destroy();
        }
    }

    private Consumer<Context> program(String name, Path chart, CustomResourceOptions options) {
        return program(name, world.controlPlane().kubeconfig(), chart, options);
    }

    /** The stack's shape: a volume with these options, and a release whose claim takes it. */
    private static Consumer<Context> program(String name, Path kubeconfig, Path chart, CustomResourceOptions options) {
        return context -> {
            var provider = provider(kubeconfig);
            var volume = new PersistentVolume(name, PersistentVolumeArgs.builder()
                    .metadata(ObjectMetaArgs.builder().name(name).build())
                    .spec(PersistentVolumeSpecArgs.builder()
                            .storageClassName("facts-class")
                            .capacity(Map.of("storage", "1Gi"))
                            .accessModes("ReadWriteOnce")
                            .persistentVolumeReclaimPolicy("Retain")
                            .claimRef(ObjectReferenceArgs.builder().namespace("default").name(name + "-state").build())
                            .csi(CSIPersistentVolumeSourceArgs.builder()
                                    .driver("pd.csi.storage.gke.io").volumeHandle("projects/p/zones/z/disks/" + name)
                                    .build())
                            .build())
                    .build(),
                    CustomResourceOptions.merge(options, CustomResourceOptions.builder().provider(provider).build()));
            new Release(name,
                    args(name, chart, 20, volume.metadata().applyValue(metadata -> metadata.name().orElseThrow())),
                    CustomResourceOptions.builder().provider(provider).dependsOn(volume).build());
        };
    }

    private static void release(String name, Path chart, int timeout, String volume, Provider provider) {
        new Release(name, args(name, chart, timeout, Output.of(volume)),
                CustomResourceOptions.builder().provider(provider).build());
    }

    private static ReleaseArgs args(String name, Path chart, int timeout, Output<String> volume) {
        return ReleaseArgs.builder()
                .name(name).namespace("default").chart(chart.toString()).timeout(timeout)
                .values(volume.applyValue(known -> Map.<String, Object>of("volume", known, "greeting", SECRET))
                        .asSecret())
                .build();
    }

    private static Provider provider(Path kubeconfig) {
        return new Provider("cluster", ProviderArgs.builder().kubeconfig(kubeconfig.toString()).build(),
                CustomResourceOptions.builder().version(KubernetesProvider.VERSION).build());
    }

    private WorkspaceStack stack(Consumer<Context> program, Map<String, String> more) throws Exception {
        var known = Files.exists(folder.resolve("backend"));
        var environment = new HashMap<>(more);
        environment.putAll(Map.of(
                "PULUMI_BACKEND_URL", "file://" + Files.createDirectories(folder.resolve("backend")),
                "TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString(),
                "PULUMI_CONFIG_PASSPHRASE", "facts",
                "PULUMI_SKIP_UPDATE_CHECK", "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"));
        var options = LocalWorkspaceOptions.builder()
                .workDir(Files.createDirectories(folder.resolve("project")))
                .pulumiHome(folder.resolve("home"))
                .environmentVariables(environment)
                .pulumiCommand(new Cli(NeedsTools.get().path(Tool.PULUMI)))
                .build();
        return known
                ? LocalWorkspace.selectStack("facts", "facts", program, options)
                : LocalWorkspace.createStack("facts", "facts", program, options);
    }

    private String phase(String volume) {
        return world.controlPlane().client().persistentVolumes().withName(volume).get().getStatus().getPhase();
    }

    private void helm(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(world.helm().toString(), "--kubeconfig", world.controlPlane().kubeconfig().toString(),
                        "--namespace", "default"));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
    }

    /** The rehearsal's own pulumi, wherever PATH points. */
    private record Cli(Path binary) implements PulumiCommand {

        @Override
        public Version version() {
            return Version.of(3, 274, 1);
        }

        @Override
        public CommandResult run(List<String> arguments, CommandRunOptions options) throws AutomationException {
            var command = new ArrayList<>(List.of(binary.toString(), "--non-interactive"));
            command.addAll(arguments);
            var builder = new ProcessBuilder(command).directory(options.workingDir().toFile());
            builder.environment().putAll(options.additionalEnv());
            builder.environment().put("PATH", binary.getParent() + ":" + System.getenv("PATH"));
            try {
                var process = builder.start();
                process.getOutputStream().write((options.standardInput() == null ? "" : options.standardInput())
                        .getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().close();
                var errors = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
                var result = new CommandResult(0, text(process.getInputStream()), errors.join());
                var code = process.waitFor();
                if (code != 0) {
                    throw new CommandException(
                            new CommandResult(code, result.standardOutput(), result.standardError()));
                }
                return result;
            } catch (IOException | InterruptedException failed) {
                throw new AutomationException(failed);
            }
        }

        private static String text(InputStream in) {
            try {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
