package skystate;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.ProviderArgs;
import com.pulumi.resources.ComponentResourceOptions;
import skystate.config.ConfigSource;
import skystate.config.DiskSettings;
import skystate.config.Settings;
import skystate.config.SettingsReader;
import skystate.disk.StateDisk;
import skystate.engine.RunnerThrottle;
import skystate.engine.StackLabel;
import skystate.server.ApiServer;
import skystate.volume.StateVolume;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A program that the benchmark puts in the place of {@link App}: as many servers as it is told, each on a disk of its
 * own.
 */
public final class Servers {

    private Servers() {
    }

    public static void main(String[] args) {
        var config = ConfigSource.fromEnvironment(System.getenv());
        System.exit(Pulumi.runAsync(context -> {
            RunnerThrottle.install();
            declare(context, config, Integer.parseInt(System.getenv("BENCH_SERVERS")));
        }).join());
    }

    private static void declare(Context context, ConfigSource config, int count) {
        var owner =
                StackLabel.of(context.organizationName(), context.projectName(), context.stackName(), Optional.empty());
        var cluster = new Provider("cluster", ProviderArgs.builder().context("bench").build());
        for (var number = 1; number <= count; number++) {
            var settings = settings(config, number);
            if (settings.state() instanceof DiskSettings settingsDisk) {
                var server = settings.server();
                var disk = new StateDisk("disk" + number, new StateDisk.Args(settingsDisk,
                        false, owner.diskLabels(), true, server.timeout()), ComponentResourceOptions.Empty);
                var volume = new StateVolume("volume" + number,
                        new StateVolume.Args(disk.volumeSource(), server.namespace(), server.claim(), owner.label(), 0,
                                false, cluster),
                        ComponentResourceOptions.builder().dependsOn(disk).build());
                new ApiServer("server" + number,
                        new ApiServer.Args(server, volume.place(), true, owner.label(), 0, settings.cluster(), cluster),
                        ComponentResourceOptions.builder().dependsOn(volume).build());
            }
        }
    }

    /** The config's settings, with a disk of its own for each server. */
    private static Settings settings(ConfigSource config, int number) {
        var values = new HashMap<>(config.values());
        values.putAll(Map.of("sky-api-server:diskName", "disk" + number, "sky-api-server:namespace", "server" + number,
                "sky-api-server:release", "server" + number));
        return SettingsReader.read(new ConfigSource(config.project(), values, config.secretKeys(), config.kubeconfig()),
                Path.of(""));
    }
}
