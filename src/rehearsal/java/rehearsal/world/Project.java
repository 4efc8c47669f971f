package rehearsal.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A copy of this very project, with what Maven has compiled of it, so that a world's stacks leave nothing in the
 * checkout and two worlds don't meet in it.
 */
final class Project {

    private static final List<String> PARTS = List.of(
            "Pulumi.yaml", "Pulumi.dev.yaml", "pom.xml", ".mvn", "src/main", "target/classes", "target/maven-status");

    private Project() {
    }

    /**
     * Copies the project. What the copy has besides is how to reach the rehearsal's Google, as project config, so
     * that the commands that a user types are those for Google's own.
     *
     * @param checkout the checkout
     * @param folder   the copy's folder
     * @param google   config of the gcp provider: full keys and values
     */
    static void copy(Path checkout, Path folder, List<String> google) throws IOException {
        for (var part : PARTS) {
            copyTree(checkout.resolve(part), folder.resolve(part));
        }
        var config = new StringBuilder();
        google.forEach(line -> config.append("  ").append(line).append('\n'));
        var yaml = folder.resolve("Pulumi.yaml");
        Files.writeString(yaml, Files.readString(yaml).replaceFirst("(?m)^config:\n", "config:\n" + config));
    }

    /**
     * Has the language host run the copy without Maven: it prefers a Maven wrapper in the project to Maven itself, and
     * this wrapper starts the class that it is asked for.
     */
    static void startAtOnce(Path checkout, Path folder) throws IOException {
        var wrapper = folder.resolve("mvnw");
        Files.writeString(wrapper, """
                #!/usr/bin/env bash
                main=skystate.App args=
                for word; do
                    case $word in
                        -DmainClass=*) main=${word#*=} ;;
                        -DmainArgs=*) args=${word#*=} ;;
                    esac
                done
                exec "$JAVA_HOME/bin/java" %s -cp 'target/classes:%s' "$main" $args
                """.formatted(Files.readString(folder.resolve(".mvn/jvm.config")).strip(),
                Files.readString(checkout.resolve("target/program.classpath")).strip()));
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static void copyTree(Path from, Path to) throws IOException {
        if (Files.notExists(from)) {
            return;
        }
        Files.createDirectories(to.getParent());
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                // Maven compiles again what is younger than its class file.
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
