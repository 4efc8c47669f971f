package rehearsal.kubernetes;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import rehearsal.NeedsTools;
import rehearsal.cluster.ControlPlane;
import rehearsal.provider.InstalledPlugin;
import rehearsal.tools.Tool;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One control plane for all tests of a Kubernetes plugin; each test keeps to names of its own. */
final class FactsWorld implements ParameterResolver {

    /** Which plugin is held to the facts. */
    enum Kind {
        /** The rehearsal's, which plays where the cluster is in memory. */
        STAND_IN,
        /**
         * The official one: as the rehearsal builds it or, with {@code -Dplugins=installed}, as the user has installed
         * it.
         */
        OFFICIAL
    }

    /** The control plane, the tools, and a folder to write to. */
    record World(Kind kind, ControlPlane controlPlane, Tools tools, Path folder) implements AutoCloseable {

        Path helm() {
            return tools.path(Tool.HELM);
        }

        /** The official plugin's executable. */
        Path plugin() throws IOException {
            return "installed".equals(System.getProperty("plugins"))
                    ? InstalledPlugin.find("kubernetes", KubernetesProvider.VERSION)
                    : tools.path(Tool.PULUMI_KUBERNETES);
        }

        /** A chart folder whose one template is this. */
        Path chart(String name, String template) {
            try {
                var chart = Files.createDirectories(folder.resolve(name));
                Files.createDirectories(chart.resolve("templates"));
                Files.writeString(chart.resolve("Chart.yaml"),
                        "apiVersion: v2\nname: " + name + "\nversion: 1.2.3\nappVersion: \"9\"\n");
                Files.writeString(chart.resolve("templates/all.yaml"), template);
                return chart;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void close() throws IOException {
            controlPlane.close();
            try (var files = Files.walk(folder)) {
                files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
            }
        }
    }

    /** The world of each kind of plugin. */
    interface Worlds {

        World of(Kind kind);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Worlds.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return (Worlds) kind -> context.getRoot().getStore(Namespace.create(FactsWorld.class)).computeIfAbsent(kind,
                FactsWorld::start, World.class);
    }

    private static World start(Kind kind) {
        try {
            var tools = NeedsTools.get();
            var folder = Files.createTempDirectory("kubernetes-facts-");
            return new World(kind, ControlPlane.start(tools, folder.resolve("cluster"), "facts"), tools, folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
