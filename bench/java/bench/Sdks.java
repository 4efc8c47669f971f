package bench;

import rehearsal.tools.PinnedInstall;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Pulumi's SDKs for Node and Python, as pinned under bench/: installed once per user, beside the rehearsal's tools. */
final class Sdks {

    private Sdks() {
    }

    /** The folder that has {@code node_modules}. */
    static Path node(Path pinned, Consumer<String> progress) throws IOException {
        return PinnedInstall.install(Tools.cacheFolder(), "bench-node", pinned,
                List.of("package.json", "package-lock.json"), "Pulumi's SDKs for Node", progress,
                List.of(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")));
    }

    /** The folder that has {@code bin/python}. */
    static Path python(Path pinned, Consumer<String> progress) throws IOException {
        return PinnedInstall
                .install(Tools.cacheFolder(), "bench-python", pinned, List.of("requirements.txt"),
                        "Pulumi's SDKs for Python", progress,
                        List.of(List.of("python3", "-m", "venv", "venv"),
                                List.of("venv/bin/pip", "install", "--quiet", "--require-hashes", "-r",
                                        "requirements.txt")))
                .resolve("venv");
    }
}
