package rehearsal.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import rehearsal.tools.Supervised;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A real Kubernetes control plane on this machine: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on
 * loopback ports of its own, ready within some seconds. It has no nodes: see {@link Cluster}. Its data, keys and logs
 * are in its home, which {@link #close()} leaves for its owner to read or delete.
 */
public final class ControlPlane implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Tools tools;
    private final Path home;
    private final String context;
    private final String userToken;
    private final String token = UUID.randomUUID().toString();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private String server;
    private String certificate;
    private KubernetesClient client;
    private Supervised manager;
    private final Map<Tool, List<String>> arguments = new EnumMap<>(Tool.class);
    private final Map<Tool, Supervised> processes = new EnumMap<>(Tool.class);

    private ControlPlane(Tools tools, Path home, String context, String userToken) {
        this.userToken = userToken;
        this.tools = tools;
        this.home = home;
        this.context = context;
    }

    /**
     * Starts one and returns when it is ready.
     *
     * @param tools   with etcd and the kube-… binaries
     * @param home    a folder that is new or empty
     * @param context the name of the context (and cluster and user) in its kubeconfig
     * @throws IllegalStateException with the end of the log of what failed, if it does not get ready
     */
    public static ControlPlane start(Tools tools, Path home, String context) {
        return start(tools, home, context, "");
    }

    /**
     * The same, where {@link Rights#USER} has a token that is good elsewhere too, no rights yet, and all that the user
     * does is noted.
     *
     * @param userToken the token
     */
    static ControlPlane start(Tools tools, Path home, String context, String userToken) {
        var controlPlane = new ControlPlane(tools, home.toAbsolutePath(), context, userToken);
        try {
            controlPlane.start();
            return controlPlane;
        } catch (IOException failed) {
            controlPlane.close();
            throw new IllegalStateException("Cannot start the control plane in " + home + ": " + failed.getMessage(),
                    failed);
        } catch (RuntimeException failed) {
            controlPlane.close();
            throw failed;
        }
    }

    /** A kubeconfig file with full rights, whose only and current context is {@link #context()}. */
    public Path kubeconfig() {
        return home.resolve("kubeconfig");
    }

    /** The context's name. */
    public String context() {
        return context;
    }

    /** The API server's URL. */
    public String server() {
        return server;
    }

    /** A client with full rights; closed with this control plane. */
    public KubernetesClient client() {
        return client;
    }

    /** The logs of its processes, a file each. */
    public Path logs() {
        return home.resolve("logs");
    }

    /** Where its API server notes what the user does. */
    Path audit() {
        return home.resolve("audit.log");
    }

    /** Kills its processes and frees its ports: to a client, the cluster is gone. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception failed) {
                if (failure == null) {
                    failure = new IllegalStateException(
                            "Cannot stop the control plane in " + home + ": " + failed.getMessage());
                }
                failure.addSuppressed(failed);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Runs a further server process (such as kwok) for as long as this control plane. */
    Supervised run(Tool tool, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(tools.path(tool).toString());
        command.addAll(arguments);
        var process = Supervised.start(tool.binary(), command, logs().resolve(tool.binary() + ".log"));
        open.push(process);
        this.arguments.put(tool, arguments);
        processes.put(tool, process);
        return process;
    }

    private void start() throws IOException {
        Files.createDirectories(logs());
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        var etcdPort = reserve();
        var port = reserve();
        server = "https://127.0.0.1:" + port;
        writeServiceAccountKeys();
        Files.writeString(home.resolve("tokens.csv"), token + ",admin,admin,system:masters\n"
                + (userToken.isEmpty() ? "" : userToken + "," + Rights.USER + "," + Rights.USER + "\n"));
        Files.writeString(home.resolve("audit.yaml"), Rights.AUDIT_POLICY);

        var etcd = run(Tool.ETCD, List.of(
                "--data-dir", home.resolve("etcd").toString(),
                "--unsafe-no-fsync",
                "--socket-reuse-port",
                "--log-level", "warn",
                "--listen-client-urls", "http://127.0.0.1:" + etcdPort,
                "--advertise-client-urls", "http://127.0.0.1:" + etcdPort,
                "--listen-peer-urls", "http://127.0.0.1:0"));
        var apiServer = run(Tool.KUBE_APISERVER, List.of(
                "--etcd-servers", "http://127.0.0.1:" + etcdPort,
                "--bind-address", "127.0.0.1",
                "--secure-port", String.valueOf(port),
                "--permit-port-sharing",
                // Nothing in the cluster reaches it by the kubernetes Service; an address that never is one's own.
                "--advertise-address", "192.0.2.1",
                "--endpoint-reconciler-type", "none",
                "--service-cluster-ip-range", "10.96.0.0/16",
                "--cert-dir", home.resolve("certs").toString(),
                "--token-auth-file", home.resolve("tokens.csv").toString(),
                "--authorization-mode", "RBAC",
                "--audit-policy-file", home.resolve("audit.yaml").toString(),
                "--audit-log-path", audit().toString(),
                "--service-account-issuer", "https://kubernetes.default.svc",
                "--service-account-key-file", home.resolve("service-account.pub").toString(),
                "--service-account-signing-key-file", home.resolve("service-account.key").toString(),
                // No pod needs a token, so none waits for its ServiceAccount; and no pod really runs, so a webhook that
                // a chart brings along (as ingress-nginx does) would have every later change refused.
                "--disable-admission-plugins", "ServiceAccount,MutatingAdmissionWebhook,ValidatingAdmissionWebhook",
                // An API server under load must not refuse a rehearsal's burst of requests.
                "--enable-priority-and-fairness=false"));
        awaitReady(etcd, apiServer);

        startControllers();
        var scheduler = run(Tool.KUBE_SCHEDULER, List.of(
                "--kubeconfig", kubeconfig().toString(),
                "--leader-elect=false",
                "--secure-port=0",
                "--kube-api-qps=200", "--kube-api-burst=400"));
        // The controller manager has started once it has given a namespace its ServiceAccount.
        until("kube-controller-manager is not at work", List.of(etcd, apiServer, manager, scheduler),
                () -> client.serviceAccounts().inNamespace("default").withName("default").get() != null);
    }

    /** Starts kube-controller-manager. */
    void startControllers() throws IOException {
        manager = run(Tool.KUBE_CONTROLLER_MANAGER, List.of(
                "--kubeconfig", kubeconfig().toString(),
                "--leader-elect=false",
                "--secure-port=0",
                "--service-account-private-key-file", home.resolve("service-account.key").toString(),
                "--pvclaimbinder-sync-period=2s",
                "--kube-api-qps=200", "--kube-api-burst=400"));
    }

    /** Ends kube-controller-manager. */
    void stopControllers() {
        manager.close();
        open.remove(manager);
    }

    /** Kills one of its servers, starts it anew on the same data, and returns once the API server is ready. */
    void crash(Tool tool) throws IOException {
        stop(tool);
        restart(tool);
    }

    /** Kills one of its servers. */
    void stop(Tool tool) {
        var process = processes.get(tool);
        process.close();
        open.remove(process);
    }

    /** Starts a server anew that was killed, on the same data, and returns once the API server is ready. */
    void restart(Tool tool) throws IOException {
        run(tool, arguments.get(tool));
        until("kube-apiserver is not ready again",
                List.of(processes.get(Tool.ETCD), processes.get(Tool.KUBE_APISERVER)),
                () -> "ok".equals(client.raw("/readyz")));
    }

    /** Has one of its servers stand still, or go on. */
    void pause(Tool tool, boolean still) {
        if (still) {
            processes.get(tool).pause();
        } else {
            processes.get(tool).resume();
        }
    }

    private int reserve() throws IOException {
        var port = ReservedPort.reserve();
        open.addLast(port);
        return port.number();
    }

    private void awaitReady(Supervised etcd, Supervised apiServer) throws IOException {
        var processes = List.of(etcd, apiServer);
        var certificate = home.resolve("certs/apiserver.crt");
        until("kube-apiserver has written no certificate", processes,
                () -> Files.exists(certificate) && Files.readString(certificate).contains("-----END CERTIFICATE-----"));
        this.certificate = Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
        writeKubeconfig();
        client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig().toFile())).build();
        open.push(client);
        until("kube-apiserver is not ready", processes, () -> "ok".equals(client.raw("/readyz")));
        until("the default namespace is not there", processes,
                () -> client.namespaces().withName("default").get() != null);
    }

    private void until(String otherwise, List<Supervised> processes, Condition condition) throws IOException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            processes.forEach(Supervised::checkAlive);
            KubernetesClientException notYet = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (KubernetesClientException refused) {
                notYet = refused;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%s after %d s. The end of the last log:%n%s".formatted(
                        otherwise, PATIENCE.toSeconds(), processes.get(processes.size() - 1).tail()), notYet);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the control plane was starting", interrupted);
        }
    }

    @FunctionalInterface
    private interface Condition {

        boolean holds() throws IOException;
    }

    private void writeServiceAccountKeys() throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            var keys = generator.generateKeyPair();
            Files.writeString(home.resolve("service-account.key"), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
            Files.writeString(home.resolve("service-account.pub"), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }

    private void writeKubeconfig() throws IOException {
        Files.writeString(kubeconfig(), """
                apiVersion: v1
                kind: Config
                current-context: %1$s
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %1$s
                  user:
                    token: %4$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                """.formatted(context, server, certificate, token));
    }
}
