package skystate;

import com.pulumi.Context;
import com.pulumi.core.Output;
import skystate.config.ChartValues;
import skystate.config.DiskSettings;
import skystate.config.DiskSource;
import skystate.config.Persistence;
import skystate.config.Settings;
import skystate.config.Volume;
import skystate.disk.ScheduleLookup;
import skystate.disk.StateDisk;
import skystate.engine.PreviousOutputs;
import skystate.engine.StackLabel;
import skystate.server.ApiServer;
import skystate.volume.StateVolume;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stack's outputs. None holds a secret. */
final class StackOutputs {

    private StackOutputs() {
    }

    /** Exports the disk. @param snapshot path of the snapshot that it was, or is, made from */
    static void disk(Context context, DiskSettings settings, Optional<String> snapshot, StateDisk disk,
                     ScheduleLookup.Found schedule) {
        context.export(PreviousOutputs.DISK_ID, disk.id());
        context.export("diskSelfLink", disk.selfLink());
        context.export(PreviousOutputs.DISK_SOURCE, Output.of(settings.source().word()));
        snapshot.ifPresent(path -> context.export(PreviousOutputs.DISK_SNAPSHOT, Output.of(path)));
        schedule.from(settings).ifPresent(path -> context.export(PreviousOutputs.SNAPSHOT_SCHEDULE, Output.of(path)));
    }

    /** Exports where the state is. */
    static void state(Context context, Settings settings, PreviousOutputs last) {
        var state = settings.state();
        context.export(PreviousOutputs.STATE_PLACE, Output.of(state.word()));
        context.export("onDestroy", Output.of("The namespace " + settings.server().namespace()
                + " stays, with whatever else is in it. " + onDestroy(state, last)));
        if (state instanceof Volume volume) {
            context.export(PreviousOutputs.VOLUME_SIZE, Output.of(String.valueOf(volume.sizeGib())));
        }
    }

    /** Exports the volume. */
    static void volume(Context context, Settings settings, StateVolume volume) {
        context.export("persistentVolume", volume.volumeName());
        context.export(PreviousOutputs.CLAIM, Output.of(settings.server().claim()));
    }

    /** Exports the server, and how it is reached. */
    static void server(Context context, Settings settings, StackLabel owner, int rebuildGeneration,
                       boolean createsNamespace, ApiServer server) {
        var cluster = settings.cluster();
        var namespace = settings.server().namespace();
        cluster.context().ifPresent(name -> context.export(PreviousOutputs.CONTEXT, Output.of(name)));
        cluster.kubeconfig().filter(given -> !cluster.secret())
                .ifPresent(path -> context.export(PreviousOutputs.KUBECONFIG, Output.of(path)));
        context.export(PreviousOutputs.CREATED_NAMESPACE, Output.of(createsNamespace ? namespace : ""));
        context.export(PreviousOutputs.OWNER, Output.of(owner.stack()));
        context.export(PreviousOutputs.NAMESPACE, Output.of(namespace));
        context.export("release", server.releaseName());
        context.export("status", server.status());
        settings.server().chart().origin().ifPresent(origin -> {
            context.export(PreviousOutputs.CHART, Output.of(origin));
            context.export(PreviousOutputs.CHART_VERSION, server.chartVersion());
        });
        context.export(PreviousOutputs.REBUILD_GENERATION, Output.of(String.valueOf(rebuildGeneration)));
        context.export("login", Output.of(login(settings)));
    }

    /** What destroy does to the place of the state. */
    private static String onDestroy(Persistence state, PreviousOutputs last) {
        if (!(state instanceof DiskSettings disk)) {
            return "pulumi destroy leaves " + state.named().replaceFirst("The", "the")
                    + " as it is: this stack does not own it.";
        }
        if (disk.source() == DiskSource.REFERENCE) {
            return "pulumi destroy leaves the disk " + disk.name() + " as it is: this stack does not own it.";
        }
        if (!disk.deleteOnDestroy()) {
            return "pulumi destroy keeps the disk " + disk.name() + ". To delete it with the stack:"
                    + " pulumi config set deleteDisk " + disk.name() + " && pulumi up && pulumi destroy";
        }
        return last.deletes(disk)
                ? "pulumi destroy DELETES the disk " + disk.name() + " and the state on it. To keep it:"
                        + " pulumi config rm deleteDisk && pulumi up"
                : "pulumi destroy keeps the disk " + disk.name() + ": this was the first up with it. To delete it with"
                        + " the stack: pulumi up && pulumi destroy";
    }

    /**
     * What to say when a resource failed: the engine has said which, and why.
     *
     * @param seen     what was seen of the place of the state after the failure, or how to look
     * @param warnings what is known of pods that are not ready, a line each
     */
    static String afterFailure(Settings settings, String seen, List<String> warnings) {
        var deletable = settings.state() instanceof DiskSettings disk && disk.deleteOnDestroy();
        // Outputs stay as they were, so onDestroy may not say yet what the engine has recorded of the disk.
        return "What was made before the failure still stands, and `pulumi stack` lists it.\n" + seen + "\n"
                + (deletable
                        ? "But deleteDisk is set, so `pulumi destroy` may delete it from now on, whatever onDestroy"
                                + " says. To keep it:\n  pulumi config rm deleteDisk && pulumi up\n"
                        : "")
                + (warnings.isEmpty() ? "" : "The server is not ready:\n  " + String.join("\n  ", warnings) + "\n")
                + "If the error says that something already exists, an earlier run was killed before it recorded it."
                + " This continues with it:\n"
                + "  PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up\n"
                + "Otherwise correct what the error says, and run the same command again;"
                + " README.md, \"When it fails\", has the known errors.";
    }

    /** A line that logs in, without the password. If the host is a secret, the line asks the cluster for it. */
    private static String login(Settings settings) {
        var server = settings.server();
        var cluster = settings.cluster();
        var values = server.valuesSecret() ? Map.<String, Object>of() : server.values();
        var user = switch (server.login().mode()) {
            case INGRESS, USERS -> server.login().user().orElse("USER") + ":PASSWORD@";
            case PROXY -> "";
        };
        var tls = ChartValues.isTrue(values, List.of("ingress", "tls", "enabled"));
        var line = "sky api login -e " + (tls ? "https://" : "http://") + user;
        return ChartValues.text(values, "ingress", "host").map(host -> line + host)
                .orElseGet(() -> (cluster.written().isEmpty() ? "" : cluster.written() + " && ")
                        + "HOST=$(" + cluster.kubectl() + " --namespace " + server.namespace() + " get service "
                        + server.release() + "-ingress-nginx-controller"
                        + " -o jsonpath='{.status.loadBalancer.ingress[0].ip}') && " + line + "$HOST");
    }
}
