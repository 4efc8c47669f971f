package skystate;

import com.pulumi.Context;
import com.pulumi.core.Output;
import skystate.config.ChartValues;
import skystate.config.Settings;
import skystate.config.Settings.DiskSource;
import skystate.config.Persistence;
import skystate.config.Volume;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The stack's outputs. None holds a secret. */
final class Exports {

    private Exports() {
    }

    /** Exports what an operator, and the next up, needs to know of the disk. */
    static void disk(Context context, Settings.Disk settings, DiskLookup.Found found, StateDisk disk, ScheduleLookup.Found schedule) {
        context.export("diskId", disk.id());
        context.export("diskSelfLink", disk.selfLink());
        context.export("diskSource", Output.of(settings.source().word()));
        found.snapshot().ifPresent(path -> context.export("diskSnapshot", Output.of(path)));
        schedule.from(settings).ifPresent(path -> context.export("snapshotSchedule", Output.of(path)));
    }

    /** Exports where the state is, for the next up to know. */
    static void state(Context context, Settings settings, LastUp last) {
        var state = settings.state();
        context.export("statePlace", Output.of(state.word()));
        context.export("onDestroy", Output.of("The namespace " + settings.server().namespace() + " stays, with whatever else is in it. "
                + onDestroy(state, last)));
        if (state instanceof Volume volume) {
            context.export("volumeSize", Output.of(String.valueOf(volume.sizeGib())));
        }
    }

    /** Exports what an operator needs to know of the volume. */
    static void volume(Context context, Settings settings, StateVolume volume) {
        context.export("persistentVolume", volume.volumeName());
        context.export("claim", Output.of(settings.server().claim()));
    }

    /** Exports what an operator, and the next up, needs to know of the server. */
    static void server(Context context, Settings settings, Owner owner, int remade, boolean createsNamespace, ApiServer server) {
        settings.cluster().context().ifPresent(name -> context.export(LastUp.CONTEXT, Output.of(name)));
        settings.cluster().kubeconfig().filter(given -> !settings.cluster().secret()).ifPresent(path -> context.export(LastUp.KUBECONFIG, Output.of(path)));
        context.export(LastUp.CREATED_NAMESPACE, Output.of(createsNamespace ? settings.server().namespace() : ""));
        context.export("owner", Output.of(owner.stack()));
        context.export("namespace", Output.of(settings.server().namespace()));
        context.export("release", server.releaseName());
        context.export("status", server.status());
        settings.server().chart().origin().ifPresent(origin -> {
            context.export(LastUp.CHART, Output.of(origin));
            context.export(LastUp.CHART_VERSION, server.chartVersion());
        });
        context.export("serverRemade", Output.of(String.valueOf(remade)));
        context.export("login", Output.of(login(settings)));
    }

    /** What destroy does to what the state is on. */
    private static String onDestroy(Persistence state, LastUp last) {
        return state instanceof Settings.Disk disk ? onDestroy(disk, last) : "pulumi destroy leaves " + state.named().replaceFirst("The", "the") + " as it is: this stack does not own it.";
    }

    /** What destroy does to the disk. */
    private static String onDestroy(Settings.Disk disk, LastUp last) {
        if (disk.source() == DiskSource.REFERENCE) {
            return "pulumi destroy leaves the disk " + disk.name() + " as it is: this stack does not own it.";
        }
        if (disk.deleteOnDestroy() && !last.deletes(disk)) {
            return "pulumi destroy keeps the disk " + disk.name() + ": this was the first up with it. To delete it with the stack: pulumi up && pulumi destroy";
        }
        return disk.deleteOnDestroy()
                ? "pulumi destroy DELETES the disk " + disk.name() + " and the state on it. To keep it: pulumi config rm deleteDisk && pulumi up"
                : "pulumi destroy keeps the disk " + disk.name() + ". To delete it with the stack: pulumi config set deleteDisk "
                        + disk.name() + " && pulumi up && pulumi destroy";
    }

    /**
     * What to say when a resource failed: the engine has told which, and why.
     *
     * @param seen     what was seen of the state's place after the failure, or how to look
     * @param warnings what is said of pods that don't get ready, a line each
     */
    static String afterFailure(Settings settings, String seen, List<String> warnings) {
        return "What was made before the failure still stands, and `pulumi stack` lists it.\n" + seen + "\n"
                // Outputs stay as they were, so that onDestroy may not tell yet what the engine has recorded of the disk.
                + deletable(settings.state()).map(key -> "But " + key + " is set, so `pulumi destroy` may delete it from now on, whatever onDestroy says."
                        + " To keep it:\n  pulumi config rm " + key + " && pulumi up\n").orElse("")
                + (warnings.isEmpty() ? "" : "The server is not ready:\n  " + String.join("\n  ", warnings) + "\n")
                + "If it says that something already exists, an earlier run was killed before it knew; this takes up what that one made:\n"
                + "  PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up\n"
                + "Else mend what the error says and run the same command again; README.md, \"When it fails\", has the known errors.";
    }

    /** The key that has destroy delete what the state is on, if it is set. */
    private static Optional<String> deletable(Persistence state) {
        return state instanceof Settings.Disk disk && disk.deleteOnDestroy() ? Optional.of("deleteDisk") : Optional.empty();
    }

    /** A line that logs in, but for the password. A host that is a secret is asked of the cluster, as one that isn't known. */
    private static String login(Settings settings) {
        var server = settings.server();
        var values = server.valuesSecret() ? Map.<String, Object>of() : server.values();
        var user = switch (server.login().mode()) {
            case INGRESS, USERS -> server.login().user().orElse("USER") + ":PASSWORD@";
            case PROXY -> "";
        };
        var scheme = ChartValues.isTrue(values, List.of("ingress", "tls", "enabled")) ? "https://" : "http://";
        return ChartValues.text(values, "ingress", "host").map(host -> "sky api login -e " + scheme + user + host)
                .orElseGet(() -> Stream.of(settings.cluster().written()).filter(line -> !line.isEmpty()).map(line -> line + " && ").findFirst().orElse("")
                        + "HOST=$(" + settings.cluster().kubectl() + " --namespace " + server.namespace() + " get service " + server.release() + "-ingress-nginx-controller"
                        + " -o jsonpath='{.status.loadBalancer.ingress[0].ip}') && sky api login -e " + scheme + user + "$HOST");
    }
}
