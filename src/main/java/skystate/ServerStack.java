package skystate;

import com.pulumi.Context;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.ProviderArgs;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.StackReference;
import com.pulumi.resources.StackReferenceArgs;
import skystate.config.ConfigSource;
import skystate.config.Settings;
import skystate.config.SettingsReader;

import java.nio.file.Path;
import java.util.Optional;

/** The whole stack: config, read and checked once, then disk, volume, server and outputs. */
final class ServerStack {

    private ServerStack() {
    }

    /**
     * Declares the stack.
     *
     * @param context Pulumi's context
     * @param source  the stack's config
     * @throws com.pulumi.exceptions.RunException if the config, or the disk as Google has it, is not in order; nothing is
     *                                            registered then
     * @return what the stack was made from
     */
    static Settings declare(Context context, ConfigSource source) {
        var settings = SettingsReader.read(source, Path.of(""));
        var labels = DiskLabels.of(context.organizationName(), context.projectName(), context.stackName());
        var found = DiskLookup.look(settings.disk(), labels.owner());
        DiskLookup.refuseUnlessTheSame(settings.disk(), found, lastDisk(context));
        if (found.exists() && settings.disk().blankMeant()) {
            context.log().warn("blankDisk is still set: were the disk lost, a blank one would take its place. pulumi config rm blankDisk");
        }

        var cluster = ProviderArgs.builder();
        settings.cluster().kubeconfig().ifPresent(cluster::kubeconfig);
        settings.cluster().context().ifPresent(cluster::context);
        var provider = new Provider("cluster", cluster.build());

        var disk = new StateDisk("disk", new StateDisk.Args(settings.disk(), found, labels.all()),
                ComponentResourceOptions.Empty);
        var volume = new StateVolume("volume",
                new StateVolume.Args(disk, settings.disk(), settings.server().namespace(), settings.server().claim(), provider),
                ComponentResourceOptions.builder().dependsOn(disk).build());
        var server = new ApiServer("server",
                new ApiServer.Args(settings.server(), settings.disk().quantity(), volume, provider),
                ComponentResourceOptions.builder().dependsOn(volume).build());
        Exports.export(context, settings, disk, volume, server);
        return settings;
    }

    /** The disk in this stack's outputs as the last finished {@code up} left them: what the stack had, whatever is left of it. */
    private static Optional<String> lastDisk(Context context) {
        var self = new StackReference("self", StackReferenceArgs.builder()
                .name(String.join("/", context.organizationName(), context.projectName(), context.stackName()))
                .build());
        return self.outputDetailsAsync("diskId").join().getValue().map(Object::toString);
    }
}
