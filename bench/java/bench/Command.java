package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A command that runs, and what it takes: sampled from outside, the same way for every language. */
final class Command {

    /**
     * What a command took.
     *
     * @param wall      from start to end
     * @param firstLine until the first line was printed
     * @param cpu       of all its processes: the CLI, the language host and the program
     * @param peakKib   the most memory that a process of the program had resident: java, node or python
     * @param output    what it printed
     * @param began     when it was started
     * @param processes its processes
     */
    record Taken(Duration wall, Duration firstLine, Duration cpu, long peakKib, String output, Instant began,
                 List<Seen> processes) {
    }

    /**
     * A process that was seen.
     *
     * @param name    its program's
     * @param words   its command lines: an exec changes it
     * @param first   when it was seen first
     * @param last    when it was seen last
     * @param ticks   CPU time that it had then
     * @param peakKib memory that it had resident at most, if it is a program's
     */
    record Seen(String name, String words, Instant first, Instant last, long ticks, long peakKib) {
    }

    private static final Duration PERIOD = Duration.ofMillis(15);
    private static final long TICKS_PER_SECOND = 100;
    private static final Pattern RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Set<String> PROGRAMS = Set.of("java", "node", "python", "python3");

    private final Process process;
    private final Map<Long, Seen> seen = new HashMap<>();

    private Command(Process process) {
        this.process = process;
    }

    /** Runs a command to its end, which must be a good one. */
    static Taken run(Path folder, Map<String, String> environment, List<String> words)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var at = Instant.now();
        var began = System.nanoTime();
        var command = new Command(builder.start());
        var watch = new Thread(command::watch, "watch");
        watch.start();
        var output = new StringBuilder();
        var first = 0L;
        command.process.getOutputStream().close();
        try (var lines =
                new BufferedReader(new InputStreamReader(command.process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                first = first == 0 && !line.isBlank() ? System.nanoTime() : first;
                output.append(line).append('\n');
            }
        }
        var exitCode = command.process.waitFor();
        var ended = System.nanoTime();
        watch.join();
        if (exitCode != 0) {
            throw new IllegalStateException(
                    "exit code " + exitCode + ": " + String.join(" ", words) + " in " + folder + "\n" + output);
        }
        return new Taken(Duration.ofNanos(ended - began), Duration.ofNanos(first - began),
                Duration.ofMillis(
                        command.seen.values().stream().mapToLong(Seen::ticks).sum() * 1000 / TICKS_PER_SECOND),
                command.seen.values().stream().mapToLong(Seen::peakKib).max().orElse(0), output.toString(), at,
                List.copyOf(command.seen.values()));
    }

    private void watch() {
        while (process.isAlive()) {
            look();
            try {
                Thread.sleep(PERIOD.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void look() {
        var parents = new HashMap<Long, Long>();
        var stats = new HashMap<Long, String[]>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var folder : processes) {
                try {
                    var stat = Files.readString(folder.resolve("stat"));
                    var pid = Long.parseLong(folder.getFileName().toString());
                    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    parents.put(pid, Long.parseLong(fields[1]));
                    stats.put(pid, new String[]{stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                            fields[11], fields[12]});
                } catch (IOException gone) {
                    // It has ended since.
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        for (var pid : ours(parents)) {
            var stat = stats.get(pid);
            var ticks = Long.parseLong(stat[1]) + Long.parseLong(stat[2]);
            var before = seen.get(pid);
            var words = before == null ? words(pid)
                    : before.name().equals(stat[0]) ? before.words() : before.words() + "; " + words(pid);
            seen.put(pid, new Seen(stat[0], words, before == null ? Instant.now() : before.first(), Instant.now(),
                    ticks,
                    Math.max(before == null ? 0 : before.peakKib(), PROGRAMS.contains(stat[0]) ? resident(pid) : 0)));
        }
    }

    /** The command's processes, and the programs that a language host of ours has started for it. */
    private Set<Long> ours(Map<Long, Long> parents) {
        var roots = new HashSet<Long>();
        roots.add(process.pid());
        LanguageHost.RUNNING.forEach(program -> roots.add(program.pid()));
        var ours = new HashSet<Long>();
        parents.keySet().forEach(pid -> {
            var chain = new ArrayList<Long>();
            for (Long at = pid; at != null; at = parents.get(at)) {
                chain.add(at);
                if (roots.contains(at)) {
                    ours.add(pid);
                    break;
                }
            }
        });
        return ours;
    }

    private static String words(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    private static long resident(long pid) {
        try {
            var found = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return found.find() ? Long.parseLong(found.group(1)) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }
}
