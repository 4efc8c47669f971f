package skystate.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The stacks' config files. The engine tells that something in a structured key is a secret, and not what: so they are searched for it. */
final class ConfigFiles {

    private ConfigFiles() {
    }

    /**
     * Whether one of them has a secret in plain text.
     *
     * @param folder   the project's folder
     * @param contents the secret
     */
    static boolean hold(Path folder, String contents) {
        var line = contents.lines().map(String::strip).max(Comparator.comparing(String::length)).orElse("");
        try (var files = Files.newDirectoryStream(folder.toAbsolutePath(), "Pulumi.*.yaml")) {
            for (var file : files) {
                if (line.length() >= 8 && Files.readString(file).contains(line)) {
                    return true;
                }
            }
            return false;
        } catch (IOException noProject) {
            return false;
        }
    }
}
