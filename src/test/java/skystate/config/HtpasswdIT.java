package skystate.config;

import com.google.gson.Gson;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rehearsal.tools.Supervised;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What reads the hashes lets the right password in and no other: nginx, at the ingress, and passlib, in SkyPilot. More
 * passwords than the usual ones are tried with {@code -Dpasswords=2000}.
 */
@DisplayName("A password's line")
class HtpasswdIT {

    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "sky-api-server-rehearsal");
    private static final List<String> HARD = List.of("x", " ", "  spaces around  ", "a:b", ":", "$apr1$x$y", "\\n",
            "'\"`", "#no comment", "pässwörd", "密码", "🔑🔑",
            "e\u0301", "\u00e9", "{SHA}x", "%41", "+", "x".repeat(16), "x".repeat(17), "x".repeat(72), "x".repeat(73),
            "y".repeat(1000));

    @TempDir
    Path home;

    @Test
    @DisplayName("lets in whom it was made for, and nobody else, at a real nginx")
    void nginx() throws Exception {
        var nginx = found(() -> nginx(CACHE), "nginx: install it, or Debian's apt-get");
        var passwords = passwords();
        Files.writeString(home.resolve("auth"),
                String.join("\n", IntStream.range(0, passwords.size()).mapToObj(i -> line(passwords, i)).toList()));
        var address = "127." + ThreadLocalRandom.current().nextInt(1, 255) + ".0."
                + ThreadLocalRandom.current().nextInt(2, 255) + ":8080";
        Files.writeString(home.resolve("index.html"), "in");
        Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen %2$s;
                        root %1$s;
                        auth_basic "SkyPilot API Server";
                        auth_basic_user_file %1$s/auth;
                    }
                }
                """.formatted(home, address));
        try (var server = Supervised.start("nginx", List.of(nginx.toString(), "-e", "stderr", "-p", home.toString(),
                "-c", home.resolve("nginx.conf").toString()), home.resolve("log"))) {
            var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            var url = URI.create("http://" + address + "/index.html");
            while (!Files.exists(home.resolve("pid"))) {
                server.checkAlive();
                Thread.onSpinWait();
            }
            for (var i = 0; i < passwords.size(); i++) {
                assertEquals(200, status(client, url, "user" + i, passwords.get(i)), "right: " + i);
                assertEquals(401, status(client, url, "user" + i, passwords.get((i + 1) % passwords.size())),
                        "wrong: " + i);
                assertEquals(401, status(client, url, "user" + i, passwords.get(i) + "x"), "longer: " + i);
            }
        }
    }

    @Test
    @DisplayName("is verified by passlib, of the version that SkyPilot uses, for its password and no other")
    void passlib() throws Exception {
        var python = found(() -> passlib(CACHE), "passlib: install Python 3 with venv");
        var passwords = passwords();
        var pairs = IntStream.range(0, passwords.size()).boxed()
                .flatMap(i -> Stream
                        .of(passwords.get(i), passwords.get((i + 1) % passwords.size()), passwords.get(i) + "x")
                        .map(password -> List.of(line(passwords, i).replaceFirst("^[^:]*:", ""), password)))
                .toList();
        var gson = new Gson();
        var input =
                Files.writeString(home.resolve("pairs"), String.join("\n", pairs.stream().map(gson::toJson).toList()));
        var verify = new ProcessBuilder(python.toString(), resource("passlib/verify.py").toString())
                .redirectInput(input.toFile()).redirectErrorStream(true).start();
        var told = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, verify.waitFor(), told::toString);
        assertEquals(passwords.stream().flatMap(each -> Stream.of("True", "False", "False")).toList(), told);
    }

    private static String line(List<String> passwords, int i) {
        return Htpasswd.line("user" + i, passwords.get(i), "test");
    }

    /** The hard ones, and made-up ones of any characters but those that no login can send, the same in each run. */
    private static List<String> passwords() {
        var random = new Random(1);
        var passwords = new ArrayList<>(HARD);
        while (passwords.size() < Integer.getInteger("passwords", 60)) {
            var password = random.ints(1 + random.nextInt(40), 0x20, 0x1ffff)
                    .filter(point -> !Character.isISOControl(point) && Character.isDefined(point)
                            && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            if (!password.isEmpty()) {
                passwords.add(password);
            }
        }
        return passwords;
    }

    private static int status(HttpClient client, URI url, String user, String password)
            throws IOException, InterruptedException {
        var credentials = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return client.send(HttpRequest.newBuilder(url).header("Authorization", "Basic " + credentials).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @FunctionalInterface
    private interface Search {

        Optional<Path> find() throws IOException, InterruptedException;
    }

    private static Path found(Search search, String install) throws IOException, InterruptedException {
        return search.find().orElseGet(() -> Assumptions.abort("There is no " + install));
    }

    /** The one on the PATH, or that of Debian's package, which apt checks and which is unpacked and not installed. */
    private static Optional<Path> nginx(Path cache) throws IOException, InterruptedException {
        var installed = Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, "nginx")).filter(Files::isExecutable).findFirst();
        var folder = cache.resolve("nginx");
        return installed.isPresent() ? installed : made(folder, folder.resolve("usr/sbin/nginx"),
                "apt-get download nginx && dpkg-deb -x nginx_*.deb . && rm nginx_*.deb && ./usr/sbin/nginx -v");
    }

    private static Optional<Path> passlib(Path cache) throws IOException, InterruptedException {
        var folder = cache.resolve("passlib-1.7.4");
        return made(folder, folder.resolve("bin/python"),
                "python3 -m venv . && bin/pip install --quiet --require-hashes --no-deps --only-binary :all: -r '"
                        + resource("passlib/requirements.txt") + "'");
    }

    /** A file of a folder that a shell makes, once: it has its name when it is whole. */
    private static Optional<Path> made(Path folder, Path file, String commands)
            throws IOException, InterruptedException {
        if (!Files.isExecutable(file)) {
            Files.createDirectories(folder.getParent());
            var making = Files.createTempDirectory(folder.getParent(), folder.getFileName() + "-");
            var shell = new ProcessBuilder("sh", "-c", commands).directory(making.toFile()).redirectErrorStream(true)
                    .start();
            var told = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (shell.waitFor() != 0) {
                System.err.println("Could not be had: " + told);
                try (var files = Files.walk(making)) {
                    files.sorted(java.util.Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
                }
                return Optional.empty();
            }
            Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return Optional.of(file);
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources", name).toAbsolutePath();
    }
}
