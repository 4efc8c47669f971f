package skystate.server;

import com.pulumi.core.Output;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.core.v1.Namespace;
import com.pulumi.kubernetes.core.v1.NamespaceArgs;
import com.pulumi.kubernetes.core.v1.PersistentVolume;
import com.pulumi.kubernetes.core.v1.Secret;
import com.pulumi.kubernetes.core.v1.SecretArgs;
import com.pulumi.kubernetes.helm.v3.Release;
import com.pulumi.kubernetes.helm.v3.ReleaseArgs;
import com.pulumi.kubernetes.helm.v3.inputs.RepositoryOptsArgs;
import com.pulumi.kubernetes.meta.v1.inputs.ObjectMetaArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import skystate.config.ChartValues;
import skystate.config.ClusterSettings;
import skystate.config.ServerSettings;
import skystate.engine.AbortUpdate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SkyPilot's API server: namespace, the Secrets of its login and its clouds, and the Helm Release.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #releaseName}, {@link #status}.
 */
public final class ApiServer extends ComponentResource {

    /**
     * What the server is made from.
     *
     * @param settings          the server's settings
     * @param state             where it keeps its state
     * @param createsNamespace  whether it creates the namespace
     * @param labels            labels of the namespace, which name the stack
     * @param rebuildGeneration a number; changing it replaces the release
     * @param reached           how a printed command reaches the cluster
     * @param cluster           the cluster's provider
     */
    public record Args(ServerSettings settings, StatePlace state, boolean createsNamespace, Map<String, String> labels,
                       int rebuildGeneration,
                       ClusterSettings reached, Provider cluster) {
    }

    /**
     * Where the server keeps its state.
     *
     * @param values     the chart's values that say so
     * @param needs      what the release depends on
     * @param volume     the PersistentVolume that its claim takes, if there is one: replacing it replaces the release
     * @param connection the connection string of its database, a secret, if the stack makes the Secret
     */
    public record StatePlace(Output<Map<String, Object>> values, Output<List<Resource>> needs,
                             Optional<PersistentVolume> volume,
                             Optional<Output<String>> connection) {
    }

    private final Release release;
    private final Output<String> status;

    public ApiServer(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:ApiServer", name, options);
        var settings = args.settings();
        var childOptions = CustomResourceOptions.builder().parent(this).provider(args.cluster())
                // Two contexts may name one cluster, in which old and new have the same name.
                .deleteBeforeReplace(true)
                .build();
        var before = new ArrayList<Resource>();
        if (args.createsNamespace()) {
            // It is never deleted: others put things in it, as SkyPilot does with jobs in its own cluster.
            before.add(new Namespace(name, NamespaceArgs.builder()
                    .metadata(ObjectMetaArgs.builder().name(settings.namespace()).labels(args.labels()).build())
                    .build(),
                    CustomResourceOptions.merge(childOptions,
                            CustomResourceOptions.builder().retainOnDelete(true).build())));
        }
        var inNamespace = CustomResourceOptions.merge(childOptions,
                CustomResourceOptions.builder().dependsOn(List.copyOf(before)).build());
        settings.login().htpasswd().ifPresent(htpasswd -> before.add(new Secret(name + "-auth",
                secret(settings, authSecret(settings), htpasswd.applyValue(line -> Map.of("auth", line))),
                inNamespace)));
        settings.credentials().keys().forEach(key -> before.add(new Secret(name + "-" + key.cloud(),
                secret(settings, key.secretName(settings.release()), key.secretData()), inNamespace)));
        args.state().connection().ifPresent(connection -> before.add(new Secret(name + "-database",
                secret(settings, settings.databaseSecret(),
                        connection.applyValue(text -> Map.of("connection_string", text))),
                inNamespace)));

        var chart = settings.chart();
        var releaseArgs = ReleaseArgs.builder()
                .name(settings.release())
                .namespace(settings.namespace())
                .chart(chart.name())
                .values(Output
                        .tuple(args.state().values(),
                                settings.valuesSecret() ? Output.ofSecret(settings) : Output.of(settings))
                        .applyValue(known -> values(known.t2, known.t1)))
                .timeout(settings.installSeconds());
        chart.repository().ifPresent(url -> releaseArgs.repositoryOpts(RepositoryOptsArgs.builder().repo(url).build()));
        chart.version().ifPresent(releaseArgs::version);
        if (chart.devel()) {
            releaseArgs.devel(true);
        }
        var releaseOptions = CustomResourceOptions.builder()
                .dependsOn(args.state().needs()
                        .applyValue(needs -> Stream.concat(before.stream(), needs.stream()).toList()))
                .replacementTrigger(Output.of(args.rebuildGeneration()));
        args.state().volume().ifPresent(volume -> releaseOptions
                // The claim is the release's, and a volume can't go while its claim is there.
                .replaceWith(volume)
                // A volume that was deleted by hand, with its claim, is created and not replaced: only its uid changes.
                .replacementTrigger(volume.metadata().applyValue(known -> known.uid().orElse(""))));
        this.release = new Release(name, releaseArgs.build(),
                CustomResourceOptions.merge(childOptions, releaseOptions.build()));
        this.status = Output
                .tuple(release.status(), args.state().volume().<Resource>map(volume -> volume).orElse(release).urn())
                .apply(known -> deployed(args, known.t1.status(), known.t2));
        registerOutputs(Map.of("release", releaseName(), "status", status()));
    }

    /** The release's name, once the server runs. */
    public Output<String> releaseName() {
        return release.name().applyValue(name -> name.orElseThrow());
    }

    /** The version of the chart that is installed. */
    public Output<String> chartVersion() {
        return release.status().applyValue(status -> status.version().orElse(""));
    }

    /** What Helm says of the release: {@code deployed}, or there is none. */
    public Output<String> status() {
        return status;
    }

    /**
     * Helm keeps a release whose install or upgrade failed or was interrupted, and the provider sees no difference in
     * it while its inputs stay the same: an up would change nothing and succeed, without a server. The claim of a
     * release that is being uninstalled doesn't come back either, so the volume is replaced with it.
     */
    private static Output<String> deployed(Args args, String status, String replaced) {
        var settings = args.settings();
        return status.equals("deployed") ? Output.of(status) : AbortUpdate.of("""
                The release %s is %s: its last install, upgrade or uninstall failed or was interrupted.
                See why:
                %s
                Then correct the value that was wrong, and run `pulumi up`. If none was, replace the release on the \
                same state:
                  pulumi up --replace '%s'
                """.formatted(settings.release(), status,
                args.reached()
                        .lines(args.reached().kubectl() + " --namespace " + settings.namespace() + " describe pod"),
                replaced));
    }

    /**
     * By {@code data}: plugin 4.0.0 loses {@code stringData} when it reads a Secret, and would replace it in every run.
     */
    private static SecretArgs secret(ServerSettings settings, String name, Output<Map<String, String>> contents) {
        return SecretArgs.builder()
                .metadata(ObjectMetaArgs.builder().name(name).namespace(settings.namespace()).build())
                .data(contents.applyValue(texts -> texts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                        text -> Base64.getEncoder().encodeToString(text.getValue().getBytes(StandardCharsets.UTF_8))))))
                .build();
    }

    private static String authSecret(ServerSettings settings) {
        return settings.release() + "-login";
    }

    /** All of the chart's values. @param state those that say where the state is: they take precedence */
    public static Map<String, Object> values(ServerSettings settings, Map<String, Object> state) {
        Map<String, Object> auth = switch (settings.login().mode()) {
            case INGRESS -> Map.of("ingress", Map.of("authSecret", authSecret(settings)));
            case USERS -> Map.of("apiService", Map.of("initialBasicAuthSecret", authSecret(settings)));
            case PROXY -> Map.of();
        };
        // With charts that know the key, the stack's config takes precedence over the one on the volume.
        Map<String, Object> config =
                settings.config().isPresent() ? Map.of("apiService", Map.of("configAuthoritative", true)) : Map.of();
        var ours = ChartValues.merge(settings.credentials().chartValues(settings.release()), auth);
        return ChartValues.merge(ChartValues.merge(ChartValues.merge(config, settings.values()), ours), state);
    }
}
