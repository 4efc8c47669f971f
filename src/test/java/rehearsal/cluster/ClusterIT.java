package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.apache.commons.codec.digest.Md5Crypt;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.NeedsTools;
import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterIT {

    private static final String ZONE = "us-east5-b";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path home;

    private static Tools tools;
    @AutoClose
    private static TestCluster world;
    private static Google google;
    private static Cluster cluster;
    private static Volumes volumes;

    @BeforeAll
    static void start() throws IOException {
        tools = NeedsTools.get();
        world = TestCluster.start(home, ClusterSpec.zonal("p", "shared", ZONE));
        google = world.google();
        volumes = new Volumes(google);
        cluster = world.cluster();
    }

    @Test
    @DisplayName("a pod runs on a disk that Google has attached to its node, which formats it when it is blank, and "
            + "the disk is let go with the pod")
    void podRunsOnItsDisk() {
        var disk = volumes.disk(ZONE, "runs");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");

        var server = serverOn(cluster, disk);

        var attached = google.disk(disk).orElseThrow();
        assertEquals(1, attached.users().size());
        assertEquals("ext4", attached.filesystem().orElseThrow().type());
        server.write("a user's doing");
        assertTrue(server.read().endsWith("a user's doing\n"));
        assertEquals("Retain", cluster.client().persistentVolumes().withName("runs").get().getSpec()
                .getPersistentVolumeReclaimPolicy());

        cluster.client().pods().inNamespace("runs").withName("server").delete();

        await(() -> "the disk is let go", () -> google.disk(disk).orElseThrow().users().isEmpty());
        assertThrows(IllegalStateException.class, server::read);
    }

    @Test
    @DisplayName("a lost cluster's node holds the disk, so a fresh cluster's pod waits, says why, and reads the same "
            + "bytes once it is let go")
    void heldByAnotherNode() {
        var disk = volumes.disk(ZONE, "held");
        var old = Cluster.start(tools, google, home.resolve("old"), ClusterSpec.zonal("p", "sky", ZONE));
        String written;
        InstanceName holder;
        try {
            Volumes.volume(old.client(), disk);
            Volumes.pod(old.client(), disk, "");
            var server = serverOn(old, disk);
            server.write("written before");
            written = server.read();
            holder = google.disk(disk).orElseThrow().users().get(0);
            old.lose();
            assertThrows(IllegalStateException.class, server::read);

            Volumes.volume(cluster.client(), disk);
            Volumes.pod(cluster.client(), disk, "");
            awaitWarning(disk, "FailedAttachVolume", "already being used by", holder.name());
            assertEquals(List.of(holder), google.disk(disk).orElseThrow().users());
        } finally {
            old.close();
        }

        var recovered = serverOn(cluster, disk);

        assertEquals(written, recovered.read());
        assertEquals(2, recovered.starts().size());
        assertEquals(Optional.empty(), google.console().findInstance(holder));
    }

    @Test
    @DisplayName("a claim may ask for more once its class is an object that says so; disk, volume and filesystem then "
            + "grow while the server runs on")
    void growsInPlace() {
        var disk = volumes.disk(ZONE, "expands");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");
        var server = serverOn(cluster, disk);

        var refused = assertThrows(KubernetesClientException.class, () -> ask(disk, "20Gi"));
        assertTrue(refused.getMessage()
                .contains("only dynamically provisioned pvc can be resized and the storageclass that provisions"
                        + " the pvc must support resize"),
                refused.getMessage());
        cluster.client().storage().v1().storageClasses()
                .resource(new StorageClassBuilder().withNewMetadata().withName("by-hand").endMetadata()
                        .withProvisioner("kubernetes.io/no-provisioner").withAllowVolumeExpansion(true).build())
                .create();
        await(() -> "the API server lets the claim ask for more", () -> {
            try {
                ask(disk, "20Gi");
                return true;
            } catch (KubernetesClientException notYet) {
                return false;
            }
        });

        await(() -> "the claim has 20 GiB",
                () -> cluster.client().persistentVolumeClaims().inNamespace("expands").withName("state").get()
                        .getStatus().getCapacity().get("storage").toString().equals("20Gi"));
        assertEquals("20Gi", cluster.client().persistentVolumes().withName("expands").get().getSpec().getCapacity()
                .get("storage").toString());
        var grown = google.disk(disk).orElseThrow();
        assertEquals(20, grown.sizeGb());
        assertEquals(20, grown.filesystem().orElseThrow().sizeGb());
        assertEquals(1, server.starts().size());

        // As large already, as when Pulumi has resized it: nothing is asked of Google.
        google.console().resizeDisk(disk, 30);
        google.forgetRequests();
        ask(disk, "30Gi");
        await(() -> "the filesystem has 30 GiB",
                () -> google.disk(disk).orElseThrow().filesystem().orElseThrow().sizeGb() == 30);
        assertTrue(google.writes().stream().noneMatch(request -> request.path().endsWith("/resize")),
                () -> google.writes().toString());
    }

    @Test
    @DisplayName("a disk goes with its claim where the reclaim policy is Delete and the driver is said to have "
            + "provisioned it: what Retain is for")
    void reclaims() {
        var disk = volumes.disk(ZONE, "reclaimed");
        Volumes.volume(cluster.client(), disk);
        cluster.client().persistentVolumes().withName("reclaimed").patch(PatchContext.of(PatchType.JSON_MERGE),
                """
                {"metadata": {"annotations": {"pv.kubernetes.io/provisioned-by": "pd.csi.storage.gke.io"}}, \
                "spec": {"persistentVolumeReclaimPolicy": "Delete"}}""");
        Volumes.pod(cluster.client(), disk, "");
        serverOn(cluster, disk);

        cluster.client().pods().inNamespace("reclaimed").withName("server").delete();
        assertTrue(google.disk(disk).isPresent(), "as long as there is a claim");
        cluster.client().persistentVolumeClaims().inNamespace("reclaimed").withName("state").delete();

        await(() -> "the disk is gone", () -> google.disk(disk).isEmpty());
        await(() -> "the volume is gone",
                () -> cluster.client().persistentVolumes().withName("reclaimed").get() == null);
    }

    @Test
    @DisplayName("without a node in the disk's zone the pod stays Pending")
    void wrongZone() {
        var disk = volumes.disk("us-east5-a", "elsewhere");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");

        // Not the event: the scheduler counts a second FailedScheduling with the first, and keeps the first one's
        // words.
        await(() -> "the scheduler's word on the node affinity",
                () -> cluster.client().pods().inNamespace(disk.name()).withName("server").get()
                        .getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("PodScheduled")
                                && String.valueOf(condition.getMessage())
                                        .contains("didn't match PersistentVolume's node affinity")));
    }

    @Test
    @DisplayName("a volume whose handle names another zone than the disk's meets Google's own error")
    void handleOfAnotherZone() {
        var disk = volumes.disk("us-east5-a", "mislabelled");
        Volumes.volume(cluster.client(), new DiskName("p", ZONE, "mislabelled"));
        Volumes.pod(cluster.client(), disk, "");

        awaitWarning(disk, "FailedAttachVolume", "was not found");
    }

    @Test
    @DisplayName("a missing disk is named on the pod")
    void missingDisk() {
        var disk = new DiskName("p", ZONE, "missing");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");

        awaitWarning(disk, "FailedAttachVolume",
                "The resource 'projects/p/zones/us-east5-b/disks/missing' was not found");
    }

    @Test
    @DisplayName("another filesystem is neither mounted nor erased")
    void otherFilesystem() throws IOException {
        var disk = volumes.disk(ZONE, "xfs");
        google.disk(disk).orElseThrow().format("xfs");
        var file = Files.writeString(google.disk(disk).orElseThrow().files().resolve("file"), "kept");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");

        awaitWarning(disk, "FailedMount", "xfs");
        assertEquals("kept", Files.readString(file));
    }

    @Test
    @DisplayName("a filesystem grows when a disk that grew is mounted again")
    void grows() {
        var disk = volumes.disk(ZONE, "grows");
        google.disk(disk).orElseThrow().format("ext4");
        google.console().resizeDisk(disk, 20);
        assertEquals(10, google.disk(disk).orElseThrow().filesystem().orElseThrow().sizeGb());
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");

        serverOn(cluster, disk);

        assertEquals(20, google.disk(disk).orElseThrow().filesystem().orElseThrow().sizeGb());
    }

    @Test
    @DisplayName("a disk detached under a running server is an input/output error, not a silent success (facts: G3)")
    void detachedUnderIt() {
        var disk = volumes.disk(ZONE, "detached");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "");
        var server = serverOn(cluster, disk);

        google.console().detachDisk(google.disk(disk).orElseThrow().users().get(0), disk.name());

        assertTrue(assertThrows(IllegalStateException.class, () -> server.write("lost")).getMessage()
                .startsWith("Input/output error"));
    }

    @Test
    @DisplayName("a pod waits for a Secret that isn't there, says so, and starts when it comes")
    void missingSecret() {
        var disk = volumes.disk(ZONE, "secret");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "- {name: login, secret: {secretName: login}}");
        awaitWarning(disk, "FailedMount", "secret \"login\" not found");

        cluster.client().secrets().inNamespace("secret").resource(new SecretBuilder()
                .withNewMetadata().withName("login").endMetadata().build()).create();

        serverOn(cluster, disk);
    }

    @Test
    @DisplayName("an image of a registry that can't exist is not pulled: the pod waits with a kubelet's reasons, and "
            + "its disk stays attached")
    void missingImage() {
        var disk = volumes.disk(ZONE, "image");
        Volumes.volume(cluster.client(), disk);
        Volumes.pod(cluster.client(), disk, "", "registry.invalid/server:none");

        awaitWarning(disk, "Failed", "Error: ErrImagePull");
        await(() -> "the back-off", () -> {
            var waiting = cluster.client().pods().inNamespace("image").withName("server").get().getStatus()
                    .getContainerStatuses().get(0).getState().getWaiting();
            return waiting.getReason().equals("ImagePullBackOff")
                    && waiting.getMessage().contains("lookup registry.invalid: no such host");
        });
        assertTrue(cluster.podWarnings().stream().anyMatch(line -> line.startsWith(
                "image/server: Failed: Failed to pull image \"registry.invalid/server:none\"")),
                cluster.podWarnings()::toString);
        assertEquals(1, google.disk(disk).orElseThrow().users().size());
        assertTrue(cluster.servers().stream().noneMatch(server -> server.disk().equals(disk.path())));
    }

    @Test
    @DisplayName("the chart's server runs on the disk, asks for the login that the stack's Secret holds, and leaves "
            + "the disk with the release")
    void chart() throws Exception {
        var disk = volumes.disk(ZONE, "chart");
        Volumes.namespace(cluster.client(), disk);
        Volumes.persistentVolume(cluster.client(), disk, "sky-state");
        cluster.client().secrets().inNamespace("chart")
                .resource(new SecretBuilder().withNewMetadata().withName("login").endMetadata()
                        .addToStringData("auth", "skypilot:" + Md5Crypt.apr1Crypt("secret", "abcdefgh")).build())
                .create();

        helm("install", "sky", "src/rehearsal/chart", "--wait", "--timeout", "60s", "--set",
                "storage.enabled=true,storage.storageClassName=by-hand,storage.volumeName=chart,ingress.authSecret="
                        + "login");

        var server = serverOn(cluster, disk);
        assertTrue(server.admits("skypilot", "secret"));
        assertFalse(server.admits("skypilot", "guess"));
        assertTrue(Files.exists(google.disk(disk).orElseThrow().files().resolve(".sky/state.db")),
                "at the path of the chart's mount");

        helm("uninstall", "sky", "--wait");

        assertEquals("Released", cluster.client().persistentVolumes().withName("chart").get().getStatus().getPhase());
        await(() -> "the disk is let go", () -> google.disk(disk).orElseThrow().users().isEmpty());
    }

    @Test
    @DisplayName("a Service of type LoadBalancer gets an address, and a Job completes, as charts wait for")
    void loadBalancersAndJobs() {
        var client = cluster.client();
        client.load(Volumes.stream("""
                apiVersion: v1
                kind: Service
                metadata: {name: balanced, namespace: default}
                spec: {type: LoadBalancer, ports: [{port: 80}]}
                ---
                apiVersion: batch/v1
                kind: Job
                metadata: {name: job, namespace: default}
                spec: {template: {spec: {restartPolicy: Never, containers: [{name: job, image: job}]}}}
                """)).create();

        await(() -> "the address", () -> !client.services().inNamespace("default").withName("balanced").get()
                .getStatus().getLoadBalancer().getIngress().isEmpty());
        await(() -> "the Job",
                () -> Integer.valueOf(1).equals(client.batch().v1().jobs().inNamespace("default").withName("job").get()
                        .getStatus().getSucceeded()));
    }

    private static void helm(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(tools.path(Tool.HELM).toString(), "--kubeconfig",
                cluster.kubeconfig().toString(), "-n", "chart"));
        command.addAll(List.of(arguments));
        var helm = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(helm.getInputStream().readAllBytes());
        assertEquals(0, helm.waitFor(), said);
    }

    private static Server serverOn(Cluster cluster, DiskName disk) {
        await(() -> "a server runs on " + disk.name() + "; warnings: " + cluster.podWarnings(),
                () -> cluster.servers().stream().anyMatch(server -> server.disk().equals(disk.path())));
        return cluster.servers().stream().filter(server -> server.disk().equals(disk.path())).findFirst().orElseThrow();
    }

    private static void awaitWarning(DiskName disk, String reason, String... words) {
        await(() -> "a warning " + reason + " with " + List.of(words) + " among " + cluster.podWarnings(),
                () -> cluster.podWarnings().stream()
                        .anyMatch(line -> line.startsWith(disk.name() + "/server: " + reason + ": ")
                                && List.of(words).stream().allMatch(line::contains)));
    }

    private static void ask(DiskName disk, String size) {
        cluster.client().persistentVolumeClaims().inNamespace(disk.name()).withName("state")
                .edit(claim -> new PersistentVolumeClaimBuilder(claim)
                        .editSpec().editResources().addToRequests("storage", new Quantity(size)).endResources()
                        .endSpec().build());
    }

    static void await(Supplier<String> what, BooleanSupplier condition) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "not within " + PATIENCE.toSeconds() + " s: " + what.get());
            try {
                Thread.sleep(50);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }
}
