package skystate;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * {@code ./mvnw}, asked as pulumi-language-java asks it, in a project of two small classes with this project's plugins.
 */
@Timeout(600)
@DisplayName("mvnw")
class MvnwIT {

    private static final List<String> RUN = List.of("./mvnw", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "--no-transfer-progress", "compile", "exec:java");
    private static final List<String> PLUGINS = List.of("./mvnw", "-Dorg.slf4j.simpleLogger.logFile=System.err",
            "--no-transfer-progress", "compile", "exec:java",
            "-DmainClass=com.pulumi.bootstrap.internal.Main", "-DmainArgs=packages");

    private static final String ARCHIVE = Runtime.version().feature() < 25 ? "classes.jsa" : "classes.aot";

    @TempDir
    private Path home;
    private Path project;

    private record Ran(int exitCode, String output) {
    }

    /** A Maven that notes each of its starts lies in front of Maven itself. */
    @BeforeEach
    void project() throws IOException {
        project = Files.createDirectories(home.resolve("a project"));
        var maven = Files.createDirectories(home.resolve("bin")).resolve("mvn");
        write(maven, "#!/bin/sh\necho started >>'" + home.resolve("starts") + "'\nPATH=${PATH#*:} exec mvn \"$@\"\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
        Files.copy(Path.of("mvnw"), project.resolve("mvnw"));
        Files.setPosixFilePermissions(project.resolve("mvnw"), PosixFilePermissions.fromString("rwx------"));
        write(".mvn/jvm.config", Files.readString(Path.of(".mvn/jvm.config")));
        write("pom.xml", Files.readString(Path.of("pom.xml"))
                .replaceFirst("(?s)<dependencyManagement>.*</dependencies>", "").replace("skystate.App", "demo.App"));
        write("src/main/java/demo/App.java", app("App", "one"));
        write("src/main/java/demo/Other.java", app("Other", "other"));
        write(home.resolve("word"), "resource");
        Files.createSymbolicLink(Files.createDirectories(project.resolve("src/main/resources")).resolve("word"),
                home.resolve("word"));
        write("src/main/java/com/pulumi/bootstrap/internal/Main.java", """
                package com.pulumi.bootstrap.internal;

                public final class Main {

                    public static void main(String[] args) {
                        System.out.println("[" + args[0] + "]");
                    }
                }
                """);
    }

    @Test
    @DisplayName("Maven runs once; then it isn't started, for the plugins, the program and its archive of classes "
            + "alike, and nothing is left but in target")
    void kept() throws Exception {
        var before = sources();

        assertEquals(new Ran(0, "[packages]\n"), run(PLUGINS));
        assertEquals(1, starts());
        assertEquals(new Ran(0, "App one resource other\n"), run(RUN));
        var made = Files.getLastModifiedTime(kept(ARCHIVE).orElseThrow());
        assertEquals(new Ran(0, "App one resource other\n"), run(RUN));
        assertEquals(new Ran(0, "[packages]\n"), run(PLUGINS));

        write(kept("packages").orElseThrow(), "[kept]\n");
        assertEquals(new Ran(0, "[kept]\n"), run(PLUGINS));
        assertEquals(made, Files.getLastModifiedTime(kept(ARCHIVE).orElseThrow()));
        assertEquals(1, starts());
        assertEquals(before, sources());
    }

    @Test
    @DisplayName("What is edited is used: a source that keeps its time, a resource behind a link, the pom, and a "
            + "source that is deleted")
    void edited() throws Exception {
        assertEquals("App one resource other\n", run(RUN).output());
        var source = project.resolve("src/main/java/demo/App.java");
        var time = Files.getLastModifiedTime(source);

        write("src/main/java/demo/App.java", app("App", "two"));
        Files.setLastModifiedTime(source, time);
        write("src/main/resources/word", "resources");
        assertEquals("App two resources other\n", run(RUN).output());

        Files.delete(project.resolve("src/main/java/demo/Other.java"));
        assertEquals("App two resources none\n", run(RUN).output());

        write("src/main/java/demo/Other.java", app("Other", "other"));
        write("pom.xml", Files.readString(project.resolve("pom.xml")).replace("demo.App", "demo.Other"));
        assertEquals("Other other resources other\n", run(RUN).output());
        assertEquals(4, starts());
    }

    @Test
    @DisplayName("What Maven compiled otherwise, of an edit that was taken back, is not used; what was made of these "
            + "very sources is")
    void takenBack() throws Exception {
        for (var round = 1; round <= 2; round++) {
            write("src/main/java/demo/App.java", app("App", "two"));
            assertEquals(0, run(List.of("mvn", "-q", "compile")).exitCode());
            write("src/main/java/demo/App.java", app("App", "one"));
            Files.setLastModifiedTime(project.resolve("src/main/java/demo/App.java"), FileTime.fromMillis(0));

            assertEquals("App one resource other\n", run(RUN).output());
        }
        assertEquals(1, starts());
    }

    @Test
    @DisplayName("On the program's class path is what it depends on, and nothing that only its tests do")
    void classPath() throws Exception {
        write("pom.xml", Files.readString(project.resolve("pom.xml")).replaceFirst("</properties>", """
                </properties>
                <dependencies>
                  <dependency><groupId>com.google.code.gson</groupId><artifactId>gson</artifactId>\
                  <version>2.10</version></dependency>
                  <dependency><groupId>org.opentest4j</groupId><artifactId>opentest4j</artifactId>\
                  <version>1.3.0</version><scope>test</scope></dependency>
                </dependencies>"""));
        assertEquals("App one resource other\n", run(RUN).output());
        var jars = Files.readString(kept("jars").orElseThrow());
        assertTrue(jars.endsWith("gson-2.10.jar"), jars);
    }

    @Test
    @DisplayName("A jar that is gone from Maven's repository is for Maven to bring back")
    void jarGone() throws Exception {
        run(RUN);
        try (var kept = Files.walk(project.resolve("target/launch"), 2)) {
            Files.writeString(kept.filter(file -> file.endsWith("jars")).findFirst().orElseThrow(), "/no/such.jar");
        }

        assertEquals("App one resource other\n", run(RUN).output());
        assertEquals(2, starts());
    }

    @Test
    @DisplayName("An error of the compiler is shown as Maven shows it, and the program before the edit is not run")
    void broken() throws Exception {
        run(RUN);
        write("src/main/java/demo/App.java", "package demo;\n\nclass App { int x = \"\"; }\n");

        var ran = run(RUN);

        assertNotEquals(0, ran.exitCode());
        assertTrue(ran.output().contains(project.resolve("src/main/java/demo/App.java") + ":[3,"), ran.output());
    }

    @Test
    @DisplayName("Two that start side by side, with nothing kept yet, both run the program, and what is kept is whole")
    void sideBySide() throws Exception {
        var one = start(RUN);
        var other = start(RUN);

        assertEquals(new Ran(0, "App one resource other\n"), end(one));
        assertEquals(new Ran(0, "App one resource other\n"), end(other));
        var before = starts();
        assertEquals("App one resource other\n", run(RUN).output());
        assertEquals(before, starts());
    }

    @Test
    @DisplayName("All else is Maven's; and a program that fails does so with its own exit code")
    void mavens() throws Exception {
        assertTrue(run(List.of("./mvnw", "--version")).output().contains("Apache Maven"));
        assertEquals(1, starts());

        write("src/main/java/demo/App.java", app("App", "one").replace("System.out", "System.exit(3); System.out"));
        assertEquals(3, run(RUN).exitCode());
        assertEquals(3, run(RUN).exitCode());
    }

    @Test
    @DisplayName("What one JDK has made is not used by another, which Maven compiles with anew; each goes on with its "
            + "own")
    void otherJdk() throws Exception {
        var jdk = Path.of(System.getProperty("java.home"));
        var other = Files.createDirectories(home.resolve("jdk/bin")).resolve("java");
        write(other, "#!/bin/sh\nexec '" + jdk.resolve("bin/java") + "' \"$@\"\n");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
        write(home.resolve("jdk/release"),
                Files.readString(jdk.resolve("release")) + "IMPLEMENTOR_VERSION=\"another build\"\n");

        for (var java : List.of(jdk, home.resolve("jdk"), jdk, home.resolve("jdk"))) {
            assertEquals(new Ran(0, "App one resource other\n"), end(start(RUN, java)));
        }
        assertEquals(2, starts());
    }

    @Test
    @DisplayName("An archive of classes that is gone is made again, and one that is broken is passed over; Maven "
            + "isn't started for either")
    void archiveGone() throws Exception {
        run(RUN);
        Files.delete(kept(ARCHIVE).orElseThrow());

        assertEquals(new Ran(0, "App one resource other\n"), run(RUN));
        var archive = kept(ARCHIVE).orElseThrow();
        assertTrue(archive.toFile().setWritable(true));
        write(archive, "broken");
        assertTrue(run(RUN).output().endsWith("App one resource other\n"));
        assertEquals(1, starts());
    }

    private static String app(String name, String word) {
        return """
                package demo;

                public final class %1$s {

                    public static void main(String[] args) throws Exception {
                        String other;
                        try {
                            other = (String) Class.forName("demo.Other").getField("WORD").get(null);
                        } catch (ClassNotFoundException none) {
                            other = "none";
                        }
                        String word = new String(%1$s.class.getResourceAsStream("/word").readAllBytes());
                        System.out.println("%1$s " + WORD + " " + word + " " + other);
                    }

                    public static final String WORD = "%2$s";
                }
                """.formatted(name, word);
    }

    private void write(String file, String text) throws IOException {
        write(project.resolve(file), text);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Ran run(List<String> words) throws IOException, InterruptedException {
        return end(start(words));
    }

    private Process start(List<String> words) throws IOException {
        return start(words, Path.of(System.getProperty("java.home")));
    }

    private Process start(List<String> words, Path jdk) throws IOException {
        var builder = new ProcessBuilder(new ArrayList<>(words)).directory(project.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        return builder.start();
    }

    private static Ran end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());
        return new Ran(process.waitFor(), output);
    }

    private long starts() throws IOException {
        return Files.readAllLines(home.resolve("starts")).size();
    }

    private Optional<Path> kept(String name) throws IOException {
        try (var files = Files.walk(project.resolve("target/launch"), 2)) {
            return files.filter(file -> file.endsWith(name)).findFirst();
        }
    }

    /** All outside of target, with contents and times. */
    private TreeMap<String, String> sources() throws IOException {
        var all = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(project)) {
            for (var file : files.filter(Files::isRegularFile).filter(its -> !its.startsWith(project.resolve("target")))
                    .toList()) {
                all.put(file.toString(), Files.getLastModifiedTime(file) + Files.readString(file));
            }
        }
        return all;
    }
}
