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
     * this wrapper starts the class that it is asked for. What each start of the same class path would find out anew is
     * found out once and kept in the checkout's target folder: which plugins the SDKs name, and the archive of their
     * loaded classes. The JVM itself passes over an archive that isn't made from these very jars.
     */
    static void startAtOnce(Path checkout, Path folder) throws IOException {
        var jars = Files.readString(checkout.resolve("target/program.classpath")).strip();
        var kept = checkout.resolve("target/quick-%08x".formatted((jars + Runtime.version()).hashCode()));
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
                jars='%s' kept='%s'
                java=("$JAVA_HOME/bin/java" %s)
                if [ "$args" = packages ]; then
                    [ -f "$kept.packages" ] || { "${java[@]}" -cp "$jars" "$main" packages >"$kept.$$" && mv "$kept.$$" "$kept.packages"; } || exit
                    exec cat "$kept.packages"
                fi
                # The jars come first: an archive holds no class of a folder, nor of what follows one.
                if [ -f "$kept.jsa" ]; then
                    exec "${java[@]}" -XX:SharedArchiveFile="$kept.jsa" -cp "$jars:target/classes" "$main" $args
                fi
                "${java[@]}" -XX:DumpLoadedClassList="$kept.$$" -cp "$jars:target/classes" "$main" $args || exit
                "${java[@]}" -Xshare:dump -XX:SharedClassListFile="$kept.$$" -XX:SharedArchiveFile="$kept.$$.jsa" -cp "$jars" >"$kept.log" 2>&1 \\
                    && mv "$kept.$$.jsa" "$kept.jsa"
                rm -f "$kept.$$"
                """.formatted(jars, kept, Files.readString(folder.resolve(".mvn/jvm.config")).strip()));
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
