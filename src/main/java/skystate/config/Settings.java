package skystate.config;

import com.github.zafarkhaja.semver.Version;
import com.pulumi.core.Output;
import org.apache.commons.codec.digest.DigestUtils;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stack's config, read and checked.
 *
 * @param state           where the API server keeps its state
 * @param cluster         how to reach the Kubernetes cluster
 * @param server          the API server's release
 * @param computeEndpoint URL of the Compute Engine API, with a slash at its end
 */
public record Settings(Persistence state, Cluster cluster, Server server, String computeEndpoint) {

    /** The same settings with this version of the chart. {@link Chart#known} stays. */
    public Settings ofChartVersion(String version) {
        var chart = new Chart(server.chart.name, server.chart.repository, Optional.of(version), server.chart.known);
        return new Settings(state, cluster, new Server(server.namespace, server.release, chart, server.installSeconds,
                server.login, server.credentials, server.values, server.valuesSecret, server.allowUnauthenticated),
                computeEndpoint);
    }

    /** Where the disk comes from. */
    public enum DiskSource {
        /** This stack creates the disk. */
        CREATE,
        /** The disk exists, and this stack owns it from now on. */
        ADOPT,
        /** The disk exists. This stack doesn't own it, so it never labels, resizes or deletes it. */
        REFERENCE,
        /** This stack creates the disk from a snapshot. */
        RESTORE;

        /** Its name in the config and in outputs. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The persistent disk that keeps the state. One with a replica zone is regional.
     *
     * @param kmsKey                path of the Cloud KMS key that encrypts it; Google's own key if empty
     * @param snapshot              path of the snapshot to restore
     * @param allowBlankReplacement whether a blank disk may replace a lost one: only if the user named this very disk
     * @param deleteOnDestroy       whether {@code pulumi destroy} deletes the disk: only if the user named this very
     *                              disk
     * @param snapshotDays          for how many days daily snapshots are kept; 0: this stack schedules none
     */
    public record Disk(String project, String zone, Optional<String> replicaZone, String name, int sizeGib, String type,
                       Optional<String> kmsKey, DiskSource source, Optional<String> snapshot,
                       boolean allowBlankReplacement,
                       boolean deleteOnDestroy, int snapshotDays)
            implements Persistence {

        /** Google's CSI driver for persistent disks. */
        public static final String DRIVER = "pd.csi.storage.gke.io";
        /** The maximum of Compute Engine. */
        private static final int LONGEST_NAME = 63;

        /** The disk's id for Google, Pulumi and the CSI driver, which all spell it in this way (facts: G6, G7). */
        @Override
        public String id() {
            return regional() ? regionalId(project, region(), name) : zonalId(project, zone, name);
        }

        /** Whether it has a replica in a second zone. */
        public boolean regional() {
            return replicaZone.isPresent();
        }

        /** The region of its zone. */
        public String region() {
            return region(zone);
        }

        /** The region of any zone. */
        static String region(String zone) {
            return zone.replaceFirst("-[^-]*$", "");
        }

        /** Its region if it is regional, else its zone. */
        public String location() {
            return regional() ? region() : zone;
        }

        /** Its zones, sorted, so that it doesn't matter which is the replica's. The server runs only in these. */
        public List<String> zones() {
            return Stream.concat(Stream.of(zone), replicaZone.stream()).sorted().toList();
        }

        /** The gcloud options for its project and location. */
        public String gcloudPlace() {
            return gcloudPlace(id());
        }

        /** The gcloud options for the project and location of any disk's id. */
        public static String gcloudPlace(String id) {
            var part = id.split("/");
            return "--project " + part[1] + (part[2].equals("regions") ? " --region " : " --zone ") + part[3];
        }

        @Override
        public String named() {
            return "The disk " + id();
        }

        @Override
        public String word() {
            return "disk";
        }

        @Override
        public String driver() {
            return DRIVER;
        }

        @Override
        public String handle() {
            return id();
        }

        @Override
        public Map<String, List<String>> topology() {
            return Map.of("topology.gke.io/zone", zones());
        }

        /** The id of a zonal disk. */
        public static String zonalId(String project, String zone, String name) {
            return "projects/" + project + "/zones/" + zone + "/disks/" + name;
        }

        /** The id of a regional disk. */
        public static String regionalId(String project, String region, String name) {
            return "projects/" + project + "/regions/" + region + "/disks/" + name;
        }

        /** The command that lists the snapshots of a disk, the newest first. */
        public static String listSnapshots(String project, String disk) {
            return "gcloud compute snapshots list --project " + project + " --filter='sourceDisk~/disks/" + disk
                    + "$' --sort-by='~creationTimestamp'";
        }

        /** Name of the snapshot schedule. It doesn't depend on the stack, as the schedule goes with the disk. */
        public String scheduleName() {
            var whole = name + "-" + location() + "-daily";
            return whole.length() <= LONGEST_NAME ? whole
                    : whole.substring(0, LONGEST_NAME - 9) + "-" + DigestUtils.sha256Hex(whole).substring(0, 8);
        }

        /** Id of the snapshot schedule, as Google and Pulumi spell it. */
        public String scheduleId() {
            return "projects/" + project + "/regions/" + region() + "/resourcePolicies/" + scheduleName();
        }

        /** Pulumi's id of the schedule's attachment to the disk. */
        public String attachmentId() {
            return String.join("/", project, location(), name, scheduleName());
        }

        /** The size in Gi, not G: a 10Gi claim never binds to a 10G volume. */
        public String quantity() {
            return sizeGib + "Gi";
        }
    }

    /**
     * How to reach the Kubernetes cluster.
     *
     * @param kubeconfig    path of a kubeconfig, or its contents; the default kubeconfig if empty
     * @param secret        whether the kubeconfig is a secret, as contents always are
     * @param context       context in it; its current one if empty, which only contents of a kubeconfig may leave out
     * @param nodesOnDemand whether the cluster makes a node in the disk's zone once a pod needs one
     * @param ambient       what KUBECONFIG says where the program runs: one file or several; empty if nothing
     */
    public record Cluster(Optional<String> kubeconfig, boolean secret, Optional<String> context, boolean nodesOnDemand,
                          String ambient) {

        /** Where a printed command has the kubeconfig that the config holds by its contents. */
        private static final String WRITTEN = "sky-api-server.kubeconfig";

        /** A line that names another cluster. */
        public String another() {
            return "pulumi config set context CONTEXT";
        }

        /**
         * How to call kubectl, with the kubeconfig that this program uses, whatever KUBECONFIG is where you type it.
         */
        public String kubectl() {
            return printed("kubectl", "--context");
        }

        /** How to call Helm: see {@link #kubectl}. */
        public String helm() {
            return printed("helm", "--kube-context");
        }

        /**
         * How this program calls kubectl.
         *
         * @param program kubectl
         * @param written where the contents of the kubeconfig are, if the config holds them
         */
        public ProcessBuilder command(String program, Path written) {
            var command = new ArrayList<>(List.of(program));
            kubeconfig.ifPresent(given -> command.addAll(List.of("--kubeconfig",
                    isContents(given) ? written.toString() : absolute(given))));
            context.ifPresent(name -> command.addAll(List.of("--context", name)));
            var builder = new ProcessBuilder(command);
            // It has every secret of the stack.
            builder.environment().remove("PULUMI_CONFIG");
            if (!ambient.isEmpty()) {
                builder.environment().put("KUBECONFIG", ambient);
            }
            return builder;
        }

        /** The kubeconfig, if the config holds its contents. */
        public Optional<String> contents() {
            return kubeconfig.filter(Cluster::isContents);
        }

        /** Lines to type that call {@link #kubectl} or {@link #helm}, as a message shows them. */
        public String lines(String... lines) {
            return Stream.concat(Stream.of(written()).filter(line -> !line.isEmpty())
                    .map(line -> line + "    # once: these lines need it as a file"), Stream.of(lines))
                    .map(line -> "  " + line).collect(Collectors.joining("\n"));
        }

        /** The line that writes the file that {@link #kubectl} names, if the config holds a kubeconfig's contents. */
        public String written() {
            return contents().map(its -> "(umask 077 && pulumi config get kubeconfig > " + WRITTEN + ")").orElse("");
        }

        private String printed(String tool, String contextOption) {
            var several = kubeconfig.isEmpty() && ambient.contains(File.pathSeparator);
            return (several ? "KUBECONFIG=" + quoted(ambient) + " " + tool : tool + " --kubeconfig " + file())
                    + context.map(name -> " " + contextOption + " " + quoted(name)).orElse("");
        }

        private String file() {
            return kubeconfig.map(given -> isContents(given) ? WRITTEN
                    : secret ? "\"$(pulumi config get kubeconfig)\"" : quoted(absolute(given)))
                    .orElse(ambient.isEmpty() ? "~/.kube/config" : quoted(ambient));
        }

        private static String absolute(String file) {
            return Path.of(file).toAbsolutePath().normalize().toString();
        }

        /** A word as a shell takes it. */
        private static String quoted(String word) {
            return word.matches("[-\\w./:@%+=,]+") ? word : "'" + word.replace("'", "'\\''") + "'";
        }

        /** Whether a kubeconfig is given by its contents, and not by its path. */
        public static boolean isContents(String kubeconfig) {
            return kubeconfig.contains("\n") || kubeconfig.stripLeading().startsWith("{");
        }

        /** The kubeconfig for the provider, as secret as it is. */
        public Optional<Output<String>> kubeconfigOutput() {
            return kubeconfig.map(text -> secret ? Output.ofSecret(text) : Output.of(text));
        }

        /** Without the kubeconfig: it may be secret. */
        @Override
        public String toString() {
            return "Cluster[" + context.orElse("") + "]";
        }
    }

    /**
     * The API server's release.
     *
     * @param installSeconds       timeout of an install, upgrade or uninstall, and of a change of the disk
     * @param values               the user's values of the chart
     * @param valuesSecret         whether the values contain a secret
     * @param allowUnauthenticated whether the user allows a server that anybody can use without logging in
     */
    public record Server(String namespace, String release, Chart chart, int installSeconds, Login login,
                         Credentials credentials, Map<String, Object> values, boolean valuesSecret,
                         boolean allowUnauthenticated) {

        private static final String CLAIM_SUFFIX = "-state";

        /** The timeout. */
        public Duration timeout() {
            return Duration.ofSeconds(installSeconds);
        }

        /** The contents of the server's config.yaml, if the user's values have it. */
        public Optional<String> config() {
            return ChartValues.text(values, "apiService", "config");
        }

        /** Name of the Secret that this stack creates for the connection string of a database. */
        public String databaseSecret() {
            return release + "-database";
        }

        /** Name of the chart's claim. */
        public String claim() {
            return release + CLAIM_SUFFIX;
        }

        /** Whether a claim has a name that the chart gives. */
        public static boolean isClaim(String name) {
            return name.endsWith(CLAIM_SUFFIX);
        }

        /** The release that has a claim, if the chart gave its name. */
        public static String releaseOf(String claim) {
            return isClaim(claim) ? claim.substring(0, claim.length() - CLAIM_SUFFIX.length()) : claim;
        }

        /** Without login and values, which may be secret. */
        @Override
        public String toString() {
            return "Server[" + namespace + "/" + release + ", " + chart + "]";
        }
    }

    /**
     * How users log in.
     *
     * @param mode     who asks for the login
     * @param user     user of the password; empty if only the secret line has it, or if there is no password
     * @param htpasswd the line {@code user:hash}, a secret; empty with {@link Mode#PROXY}
     */
    public record Login(Mode mode, Optional<String> user, Optional<Output<String>> htpasswd) {

        /** Who asks for the login. */
        public enum Mode {
            /** The ingress, for one user's password. */
            INGRESS,
            /** The server, by SkyPilot's user management. */
            USERS,
            /** A proxy: the chart's for OAuth, or the user's own. */
            PROXY
        }

        /** Without the line, which is secret. */
        @Override
        public String toString() {
            return "Login[" + mode + "]";
        }
    }

    /**
     * The chart.
     *
     * @param name       name in the repository, or path of a folder
     * @param repository URL of the repository; empty for a folder
     * @param version    pinned version; the newest one if empty, which for skypilot-nightly is a development version
     * @param known      the version if it is known before the install: the pinned one, or that of the folder
     */
    public record Chart(String name, Optional<String> repository, Optional<String> version, Optional<Version> known) {

        /** Name and repository; empty for a folder, which has one version only. */
        public Optional<String> origin() {
            return repository.map(url -> name + " from " + url);
        }

        /** Whether Helm may take a development version. Not left out with a pinned one: that would be a change. */
        public boolean devel() {
            return name.endsWith("-nightly");
        }
    }
}
