package bench;

import com.google.gson.JsonParser;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Where the time of a preview of this stack goes: by the processes that were seen, and by what the engine's log says.
 */
final class Phases {

    /** What comes after what. */
    static final List<String> TITLES = List.of("CLI start; it asks java, javac and mvn for their versions",
            "plugin discovery", "plugins' start, refresh",
            "program's start to first registration", "looks and registrations", "shutdown");
    /** A preview that logs. */
    static final List<String> PREVIEW = List.of("preview", "--expect-no-changes", "--logtostderr", "-v=5");

    private Phases() {
    }

    /** How long each took. */
    static List<Duration> of(Command.Taken taken) {
        // mvnw is there for a moment only, and may not be seen: what it starts is.
        var program = process(taken,
                words -> words.contains("compile exec:java") && !words.contains("-DmainArgs=packages")
                        || words.contains(" skystate."))
                .orElseThrow(() -> new IllegalStateException("too quick to be seen: " + taken.processes()));
        var discovery = process(taken, words -> words.contains("-DmainArgs=packages"));
        var listed = discovery.map(Command.Seen::last).orElse(program.first());
        var first = said(taken, "ResourceMonitor.RegisterResource received").get(0);
        var last = said(taken, "ResourceMonitor.RegisterResourceOutputs received");
        var times = List.of(taken.began(), discovery.map(Command.Seen::first).orElse(listed), listed, program.first(),
                first, last.get(last.size() - 1), taken.began().plus(taken.wall()));
        return IntStream.range(0, TITLES.size())
                .mapToObj(phase -> Duration.between(times.get(phase), times.get(phase + 1))).toList();
    }

    private static Optional<Command.Seen> process(Command.Taken taken, Predicate<String> words) {
        return taken.processes().stream().filter(its -> words.test(its.words()))
                .min(Comparator.comparing(Command.Seen::first));
    }

    private static List<Instant> said(Command.Taken taken, String message) {
        return taken.output().lines().filter(line -> line.contains("{\"time\"") && line.contains(message))
                .map(line -> Instant.parse(JsonParser.parseString(line.substring(line.indexOf("{\"time\"")))
                        .getAsJsonObject().get("time").getAsString()))
                .toList();
    }
}
