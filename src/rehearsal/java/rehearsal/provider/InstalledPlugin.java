package rehearsal.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A provider plugin that is an executable: the user's own, or one that the rehearsal builds. */
public final class InstalledPlugin {

    private InstalledPlugin() {
    }

    /**
     * The plugin that the user has installed, of whatever version: the one that was installed last.
     *
     * @param name    the package, as in {@code gcp}
     * @param version what to install if there is none
     * @throws IllegalArgumentException if there is none; its message has the command that installs it
     */
    public static Path find(String name, String version) throws IOException {
        var plugins = Optional.ofNullable(System.getenv("PULUMI_HOME")).map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".pulumi")).resolve("plugins");
        try (var folders = Files.isDirectory(plugins) ? Files.list(plugins) : Stream.<Path>empty()) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("resource-" + name + "-v"))
                    .map(folder -> folder.resolve("pulumi-resource-" + name)).filter(Files::isExecutable)
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .map(Path::toAbsolutePath)
                    .orElseThrow(() -> new IllegalArgumentException("There is no " + name + " plugin in " + plugins
                            + ": pulumi plugin install resource " + name + " " + version));
        }
    }

    /** Puts a plugin into a PULUMI_HOME, as of this version. The engine passes over a folder that is itself a link. */
    public static void link(Path pulumiHome, String name, String version, Path executable) throws IOException {
        var folder = Files.createDirectories(pulumiHome.resolve("plugins/resource-" + name + "-v" + version));
        Files.createSymbolicLink(folder.resolve("pulumi-resource-" + name), executable);
    }
}
