package rehearsal.world;

import rehearsal.cluster.Server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shell in a world, for a user to type in what a GKE user types; with a few commands for what happens around it: a
 * cluster is lost, a fresh one is made. Each of these is a script that asks this JVM by a loopback connection.
 */
public final class ShellSession {

    /** What happens on a command: its words, to what it answers. */
    @FunctionalInterface
    private interface Action {

        String answer(List<String> words) throws Exception;
    }

    private final World world;
    private final Map<String, Action> actions = new LinkedHashMap<>();

    private ShellSession(World world) {
        this.world = world;
        actions.put("fresh-cluster", this::freshCluster);
        actions.put("lose-cluster", this::loseCluster);
        actions.put("disks",
                words -> String.join("\n", world.google().console().disks(World.PROJECT, World.ZONE, "").stream()
                        .map(disk -> disk.get("name").getAsString() + "  " + disk.get("sizeGb").getAsString()
                                + " GiB  users: "
                                + (disk.has("users") ? disk.get("users") : "none"))
                        .toList()));
        actions.put("day-passes", words -> {
            world.google().dayPasses();
            return String.join("\n", world.google().console().snapshots(World.PROJECT, "").stream()
                    .map(snapshot -> snapshot.get("creationTimestamp").getAsString() + "  "
                            + snapshot.get("name").getAsString())
                    .toList());
        });
        actions.put("server-write", words -> {
            newest().write(String.join(" ", words));
            return "written to the server's state";
        });
        actions.put("server-read", words -> newest().read());
    }

    /** What the commands are called and do, for help. */
    public static final String HELP = """
              fresh-cluster NAME [ZONE]  makes a cluster with a node in the zone, and its context the current one
              lose-cluster NAME          loses it: control plane and machines
              disks                      the disks in Google's console
              day-passes                 a day passes: snapshot schedules take theirs; lists all snapshots
              server-write TEXT          has the API server write to its state
              server-read                what its state holds
            """;

    /**
     * Opens a shell and returns its exit code when it ends.
     *
     * @param world the world, with a cluster
     */
    public static int open(World world) throws IOException, InterruptedException {
        var session = new ShellSession(world);
        try (var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var bin = Files.createDirectories(world.home().resolve("bin"));
            for (var name : session.actions.keySet()) {
                script(bin.resolve(name), name, door.getLocalPort());
            }
            var thread = new Thread(() -> session.accept(door), "shell");
            thread.setDaemon(true);
            thread.start();
            var rc = world.home().resolve("bashrc");
            var bash = System.console() == null ? world.cli().builder("bash")
                    : world.cli().builder("bash", "--rcfile", rc.toString(), "-i");
            var path = bin + ":" + bash.environment().get("PATH");
            bash.environment().put("PATH", path);
            // An interactive shell reads the user's own settings, which may set the PATH anew.
            Files.writeString(rc, "[ -f ~/.bashrc ] && . ~/.bashrc\nPATH='" + path + "'\nPS1='rehearsal \\$ '\n");
            return world.cli().start(bash.inheritIO()).waitFor();
        }
    }

    private String freshCluster(List<String> words) throws IOException {
        if (words.isEmpty() || !words.get(0).matches("[a-z][-a-z0-9]{0,30}")
                || world.clusters().containsKey(words.get(0))) {
            throw new IllegalArgumentException(
                    "fresh-cluster NAME [ZONE]: a name of lower-case letters that no cluster has");
        }
        var zone = words.size() > 1 ? words.get(1) : World.ZONE;
        world.startCluster(words.get(0), zone);
        return "ready; its context: " + World.context(words.get(0), zone);
    }

    private String loseCluster(List<String> words) {
        if (words.size() != 1 || !world.clusters().containsKey(words.get(0))) {
            throw new IllegalArgumentException("lose-cluster NAME: one of " + world.clusters().keySet());
        }
        world.loseCluster(words.get(0));
        return "gone";
    }

    private Server newest() {
        return world.server(world.clusters().keySet().stream().reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalStateException("there is no cluster: fresh-cluster NAME")));
    }

    private void accept(ServerSocket door) {
        while (!door.isClosed()) {
            try (var connection = door.accept()) {
                answer(connection);
            } catch (IOException closed) {
                // The command was interrupted, or the shell has ended.
            }
        }
    }

    private void answer(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        var words = List.of(in.readLine().split("\t"));
        String answer;
        try {
            answer = "0\n" + actions.get(words.get(0)).answer(words.subList(1, words.size())) + "\n";
        } catch (Exception refused) {
            answer = "1\n" + refused.getMessage() + "\n";
        }
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    private static void script(Path file, String name, int port) throws IOException {
        Files.writeString(file, """
                #!/usr/bin/env bash
                exec 3<>/dev/tcp/127.0.0.1/%d || exit 1
                IFS=$'\\t'; printf '%%s\\n' "%s${*:+$IFS$*}" >&3
                read -r code <&3; cat <&3; exit "$code"
                """.formatted(port, name));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
