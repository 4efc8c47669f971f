package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;

/** This JDK, and those of later versions that are installed beside it. */
final class Jdks {

    /**
     * A JDK.
     *
     * @param home    its folder
     * @param version its feature version
     */
    record Jdk(Path home, int version) {
    }

    private Jdks() {
    }

    static List<Jdk> all() throws IOException {
        var found = new ArrayList<Jdk>();
        try (var beside = Files.list(Path.of(System.getProperty("java.home")).toRealPath().getParent())) {
            for (var home : beside
                    .filter(its -> !Files.isSymbolicLink(its) && Files.isExecutable(its.resolve("bin/javac")))
                    .toList()) {
                var version = version(home);
                if (version >= 17 && found.stream().noneMatch(its -> its.version() == version)) {
                    found.add(new Jdk(home, version));
                }
            }
        }
        found.sort(Comparator.comparing(Jdk::version));
        return found;
    }

    private static int version(Path home) throws IOException {
        var release = new Properties();
        if (Files.exists(home.resolve("release"))) {
            try (var file = Files.newBufferedReader(home.resolve("release"))) {
                release.load(file);
            }
        }
        return Integer.parseInt(release.getProperty("JAVA_VERSION", "0").replace("\"", "").split("[.+-]")[0]);
    }
}
