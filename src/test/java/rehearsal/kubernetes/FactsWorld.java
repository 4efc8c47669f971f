package rehearsal.kubernetes;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import rehearsal.NeedsTools;
import rehearsal.cluster.ControlPlane;
import rehearsal.tools.Tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One control plane for all tests of the kubernetes stand-in; each test keeps to names of its own. */
final class FactsWorld implements BeforeAllCallback, ParameterResolver {

    /** The control plane, helm, and a folder to write to. */
    record World(ControlPlane controlPlane, Path helm, Path folder) implements AutoCloseable {

        /** A chart folder whose one template is this. */
        Path chart(String name, String template) {
            try {
                var chart = Files.createDirectories(folder.resolve(name));
                Files.createDirectories(chart.resolve("templates"));
                Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: " + name + "\nversion: 1.2.3\nappVersion: \"9\"\n");
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

    @Override
    public void beforeAll(ExtensionContext context) {
        world(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == World.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return world(context);
    }

    private static World world(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(FactsWorld.class))
                .computeIfAbsent(World.class, key -> start(), World.class);
    }

    private static World start() {
        try {
            var tools = NeedsTools.get();
            var folder = Files.createTempDirectory("kubernetes-facts-");
            return new World(ControlPlane.start(tools, folder.resolve("cluster"), "facts"), tools.path(Tool.HELM), folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
