package bench;

import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Pulumi's SDKs for Node and Python, as pinned under bench/: installed once per user, beside the rehearsal's tools. */
final class Sdks {

    private static final String DONE = "done";

    private Sdks() {
    }

    /** The folder that has {@code node_modules}. */
    static Path node(Path pinned, Consumer<String> progress) throws IOException, InterruptedException {
        return install("bench-node", pinned, List.of("package.json", "package-lock.json"), progress,
                List.of(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")));
    }

    /** The folder that has {@code bin/python}. */
    static Path python(Path pinned, Consumer<String> progress) throws IOException, InterruptedException {
        return install("bench-python", pinned, List.of("requirements.txt"), progress,
                List.of(List.of("python3", "-m", "venv", "venv"), List.of("venv/bin/pip", "install", "--quiet", "--require-hashes", "-r", "requirements.txt")))
                .resolve("venv");
    }

    private static Path install(String name, Path pinned, List<String> files, Consumer<String> progress, List<List<String>> commands)
            throws IOException, InterruptedException {
        var text = new StringBuilder();
        for (var file : files) {
            text.append(Files.readString(pinned.resolve(file)));
        }
        var folder = Tools.cacheFolder().resolve(name + "-" + UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8)).toString().substring(0, 13));
        if (Files.exists(folder.resolve(DONE))) {
            return folder;
        }
        Files.createDirectories(folder);
        for (var file : files) {
            Files.copy(pinned.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        for (var command : commands) {
            progress.accept(String.join(" ", command) + " in " + folder);
            if (new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor() != 0) {
                throw new IOException("could not be installed: " + String.join(" ", command));
            }
        }
        Files.createFile(folder.resolve(DONE));
        return folder;
    }
}
