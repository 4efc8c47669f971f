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
 * The stack's config once it is read and checked: what the components are made from.
 *
 * @param state           where the API server keeps its state
 * @param cluster         how to reach the Kubernetes cluster
 * @param server          the API server's release
 * @param computeEndpoint where Google is asked what the provider has no function for, with a slash at its end
 */
public record Settings(State state, Cluster cluster, Server server, String computeEndpoint) {

    /** The same with the server from this version of its chart. What was known of the version before stays so. */
    public Settings ofChartVersion(String version) {
        var chart = new Chart(server.chart.name, server.chart.repository, Optional.of(version), server.chart.known);
        return new Settings(state, cluster, new Server(server.namespace, server.release, chart, server.installSeconds, server.login,
                server.credentials, server.values, server.valuesSecret, server.openMeant), computeEndpoint);
    }

    /** Where the disk comes from. */
    public enum DiskSource {
        /** This stack makes the disk. */
        CREATE,
        /** The disk is there already, and this stack owns it from now on. */
        ADOPT,
        /** The disk is there already, and this stack uses it without owning it: it never labels, resizes or deletes it. */
        REFERENCE,
        /** This stack makes the disk from a snapshot. */
        RESTORE;

        /** The word for it in the config and in outputs. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The persistent disk that holds the state.
     *
     * @param project         GCP project id
     * @param zone            zone, as in us-east5-b; also the only zone in which the server can run, unless there is a replica
     * @param replicaZone     second zone of the same region, in which the disk is kept too and the server can run too: the disk is regional then
     * @param name            name of the disk
     * @param sizeGib         size in GiB, also of the PersistentVolume and of the claim
     * @param type            its type, as in pd-balanced
     * @param kmsKey          key of Cloud KMS that encrypts it, projects/P/locations/L/keyRings/R/cryptoKeys/K; Google's own if empty
     * @param source          where the disk comes from
     * @param snapshot        path of the snapshot to restore, projects/P/global/snapshots/S; only with {@link DiskSource#RESTORE}
     * @param blankMeant      whether a blank disk may take the place of one that is gone: only if the user named this very disk
     * @param deleteOnDestroy whether {@code pulumi destroy} deletes the disk: only if the user named this very disk
     * @param snapshotDays    days for which the disk's daily snapshots are kept; 0: this stack has none taken
     */
    public record Disk(String project, String zone, Optional<String> replicaZone, String name, int sizeGib, String type,
                       Optional<String> kmsKey, DiskSource source, Optional<String> snapshot, boolean blankMeant,
                       boolean deleteOnDestroy, int snapshotDays) implements State {

        /** Google's CSI driver for persistent disks. */
        public static final String DRIVER = "pd.csi.storage.gke.io";
        /** Compute Engine's names have up to 63 characters. */
        private static final int LONGEST_NAME = 63;

        /** The disk's id for Google, for Pulumi and for the CSI driver: one spelling everywhere (facts: G6, G7). */
        @Override
        public String id() {
            return regional() ? regionalId(project, region(), name) : zonalId(project, zone, name);
        }

        /** Whether it is kept in two zones at once. */
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

        /** Where Google has it: its zone, or its region if it is kept in two. */
        public String location() {
            return regional() ? region() : zone;
        }

        /** The zones in which it is kept and the server can run, in an order that doesn't depend on which of the two is the replica. */
        public List<String> zones() {
            return Stream.concat(Stream.of(zone), replicaZone.stream()).sorted().toList();
        }

        /** How gcloud is told where it is. */
        public String gcloudPlace() {
            return gcloudPlace(id());
        }

        /** How gcloud is told where the disk of an id is. */
        public static String gcloudPlace(String id) {
            var part = id.split("/");
            return "--project " + part[1] + (part[2].equals("regions") ? " --region " : " --zone ") + part[3];
        }

        @Override
        public String named() {
            return "The disk " + id();
        }

        @Override
        public String persistence() {
            return "disk";
        }

        @Override
        public String word() {
            return persistence();
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

        /** The id of any zonal disk. */
        public static String zonalId(String project, String zone, String name) {
            return "projects/" + project + "/zones/" + zone + "/disks/" + name;
        }

        /** The id of any regional disk. */
        public static String regionalId(String project, String region, String name) {
            return "projects/" + project + "/regions/" + region + "/disks/" + name;
        }

        /** The command that lists the snapshots of a disk that a project has, the newest first. */
        public static String listSnapshots(String project, String disk) {
            return "gcloud compute snapshots list --project " + project + " --filter='sourceDisk~/disks/" + disk + "$' --sort-by='~creationTimestamp'";
        }

        /** Name of the snapshot schedule that a stack makes for this disk. Whichever stack it is, it is the same: the schedule goes with the disk. */
        public String scheduleName() {
            var whole = name + "-" + location() + "-daily";
            return whole.length() <= LONGEST_NAME ? whole : whole.substring(0, LONGEST_NAME - 9) + "-" + DigestUtils.sha256Hex(whole).substring(0, 8);
        }

        /** That schedule's id for Google and for Pulumi: one spelling everywhere, as for the disk. */
        public String scheduleId() {
            return "projects/" + project + "/regions/" + region() + "/resourcePolicies/" + scheduleName();
        }

        /** Pulumi's id of its attachment to the disk. */
        public String attachmentId() {
            return String.join("/", project, location(), name, scheduleName());
        }

        /** The size as Kubernetes writes it; Gi, since a 10Gi claim never binds to a 10G volume. */
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

        /** How to call kubectl, with the kubeconfig that this program uses, whatever KUBECONFIG is where you type it. */
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
     * @param namespace       namespace of the release
     * @param release         name of the Helm release
     * @param chart           the chart
     * @param installSeconds  seconds that an install, an upgrade and an uninstall each wait for the server, and that Google is waited for as it makes, changes or deletes a disk
     * @param login           how users log in
     * @param credentials     the keys with which the server reaches clouds
     * @param values          further values of the chart
     * @param valuesSecret    whether the values hold a secret
     * @param openMeant       whether it is meant that anybody can use the server without logging in
     */
    public record Server(String namespace, String release, Chart chart, int installSeconds,
                         Login login, Credentials credentials, Map<String, Object> values, boolean valuesSecret, boolean openMeant) {

        private static final String CLAIM_SUFFIX = "-state";

        /** How long anything is waited for. */
        public Duration patience() {
            return Duration.ofSeconds(installSeconds);
        }

        /** The contents of the server's config.yaml, if the chart's values have it. */
        public Optional<String> config() {
            return ChartValues.text(values, "apiService", "config");
        }

        /** Name of the Secret with the database's connection string, where the stack makes it. */
        public String databaseSecret() {
            return release + "-database";
        }

        /** The chart's claim: {@code <release>-state}. */
        public String claim() {
            return release + CLAIM_SUFFIX;
        }

        /** Whether a claim's name is one that the chart gives. */
        public static boolean isClaim(String name) {
            return name.endsWith(CLAIM_SUFFIX);
        }

        /** The release that has a claim of this name, if it is the chart's. */
        public static String releaseOf(String claim) {
            return isClaim(claim) ? claim.substring(0, claim.length() - CLAIM_SUFFIX.length()) : claim;
        }

        /** Without the login and the chart's values: they may be secret. */
        @Override
        public String toString() {
            return "Server[" + namespace + "/" + release + ", " + chart + "]";
        }
    }

    /**
     * How users log in.
     *
     * @param mode     who asks them
     * @param user     user of the password; empty if only the secret htpasswd line tells it, or there is none
     * @param htpasswd the line {@code user:hash}, a secret; empty with {@link Mode#PROXY}
     */
    public record Login(Mode mode, Optional<String> user, Optional<Output<String>> htpasswd) {

        /** Who asks users who they are. */
        public enum Mode {
            /** The ingress, for the one user's password. */
            INGRESS,
            /** The server, whose first user is this one: SkyPilot's own user management. */
            USERS,
            /** A proxy: the chart's for OAuth, or the user's own. */
            PROXY
        }

        /** Without the line: it is secret. */
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
     * @param version    pinned version; empty: the newest, which for skypilot-nightly is a development version
     * @param known      the version where it is known before the install: the pinned one, or that of the folder's chart
     */
    public record Chart(String name, Optional<String> repository, Optional<String> version, Optional<Version> known) {

        /** Name and repository; empty for a folder, which has one version only. */
        public Optional<String> origin() {
            return repository.map(url -> name + " from " + url);
        }

        /** Whether Helm may choose a development version. It ignores this where there is a version; to leave it out there would be a change of the release. */
        public boolean devel() {
            return name.endsWith("-nightly");
        }
    }
}
