package rehearsal.world;

import rehearsal.google.Google;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A copy of this very project, with what Maven has compiled of it, so that a world's stacks leave nothing in the
 * checkout and two worlds don't meet in it.
 */
final class Project {

    private static final List<String> PARTS = List.of(
            "Pulumi.yaml", "Pulumi.dev.yaml", "pom.xml", "mvnw", ".mvn", "src/main", "target/classes",
            "target/maven-status");
    private static final String LAUNCH = "target/launch";

    private Project() {
    }

    /**
     * Copies the project. What the copy has besides is how to reach the rehearsal's Google. What mvnw keeps is kept in
     * the checkout, for all copies.
     *
     * @param checkout the checkout
     * @param folder   the copy's folder
     * @param google   the rehearsal's Google
     */
    static void copy(Path checkout, Path folder, Google google) throws IOException {
        for (var part : PARTS) {
            copyTree(checkout.resolve(part), folder.resolve(part));
        }
        Files.createSymbolicLink(folder.resolve(LAUNCH), Files.createDirectories(checkout.resolve(LAUNCH)));
        var yaml = folder.resolve("Pulumi.yaml");
        Files.writeString(yaml, google.configured(Files.readString(yaml)));
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
