package bench;

import bench.Contender.Kind;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import rehearsal.tools.Tools;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The command line of {@code bench/run}: see bench/README.md. */
public final class Bench {

    /** The plugins that each language's SDKs ask for. */
    static final Map<String, Map<String, String>> PLUGINS = Map.of(
            "nodejs", Map.of("gcp", "7.0.0", "kubernetes", "4.1.1"),
            "python", Map.of("gcp", "7.0.0", "kubernetes", "4.0.0"));

    private static final Logger SERVER = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");
    private static final int GROWTH_ROUNDS = 3;
    private static final List<String> PREVIEW = List.of("preview", "--expect-no-changes");
    private static final List<String> UP = List.of("up", "--yes", "--skip-preview");
    private static final List<String> DESTROY = List.of("destroy", "--yes", "--skip-preview");

    /** What is measured, in the table's order, with what is done for it. */
    private enum Step {
        FIRST_UP("first up, on a disk that is there", UP), PREVIEW("no-op preview", Bench.PREVIEW),
        NO_OP_UP("no-op up", UP), DESTROY("destroy", Bench.DESTROY);

        private final String title;
        private final List<String> words;

        Step(String title, List<String> words) {
            this.title = title;
            this.words = words;
        }
    }

    private final Arena arena;
    private final int rounds;
    private final Map<Contender, Map<Step, List<Command.Taken>>> taken = new LinkedHashMap<>();
    private final Map<Contender, List<List<Duration>>> phases = new LinkedHashMap<>();

    private Bench(Arena arena, int rounds) {
        this.arena = arena;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        // The engine asks a plugin for a method without a name, to see whether it is there, and the server would warn
        // of it.
        SERVER.setLevel(Level.OFF);
        var rounds = 10;
        var only = List.<String>of();
        for (var i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--rounds" -> rounds = Integer.parseInt(args[++i]);
                case "--only" -> only = List.of(args[++i].split(","));
                default -> {
                    System.err.println("bench: what is " + args[i] + "? bench/run [--rounds N] [--only NAME,...]");
                    System.exit(2);
                }
            }
        }
        var tools = Tools.get(System.err::println);
        try (var arena = Arena.open(Path.of("").toAbsolutePath(), tools, only)) {
            var bench = new Bench(arena, rounds);
            bench.run();
            bench.tell();
        }
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        System.err.println("a first round, which doesn't count: it compiles, and fills caches");
        var inputs = new LinkedHashMap<String, Map<String, JsonObject>>();
        for (var contender : arena.contenders()) {
            taken.put(contender, new LinkedHashMap<>());
            for (var step : steps(contender, 0)) {
                var first = take(contender, step);
                if (contender.kind() == Kind.GROWTH) {
                    taken.get(contender).put(step, new ArrayList<>(List.of(first)));
                }
                if (step == Step.FIRST_UP && contender.full()) {
                    inputs.put(contender.name(), inputs(contender));
                }
            }
        }
        refuseUnlessSame(inputs);
        for (var round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds);
            for (var contender : arena.contenders()) {
                for (var step : steps(contender, round)) {
                    taken.get(contender).computeIfAbsent(step, none -> new ArrayList<>()).add(take(contender, step));
                    if (step == Step.PREVIEW && contender.full() && contender.name().startsWith("Java")) {
                        phases.computeIfAbsent(contender, none -> new ArrayList<>())
                                .add(Phases.of(arena.pulumi(contender, Phases.PREVIEW)));
                    }
                }
            }
        }
    }

    /**
     * A stack of a hundred servers goes up once and never down: the engine takes minutes to write its state as often as
     * it has resources.
     */
    private static List<Step> steps(Contender contender, int round) {
        return contender.kind() != Kind.GROWTH ? List.of(Step.values())
                : round == 0 ? List.of(Step.FIRST_UP) : round <= GROWTH_ROUNDS ? List.of(Step.PREVIEW) : List.of();
    }

    private Command.Taken take(Contender contender, Step step) throws IOException, InterruptedException {
        return arena.pulumi(contender, step.words);
    }

    /**
     * What each resource was asked for, by its URN: without what differs by the SDK's version, or by the contender's
     * own Google and cluster.
     */
    private Map<String, JsonObject> inputs(Contender contender) throws IOException, InterruptedException {
        var state =
                JsonParser.parseString(arena.pulumi(contender, List.of("stack", "export", "--show-secrets")).output())
                        .getAsJsonObject();
        var inputs = new TreeMap<String, JsonObject>();
        state.getAsJsonObject("deployment").getAsJsonArray("resources").forEach(entry -> {
            var resource = entry.getAsJsonObject();
            var its = resource.has("inputs") ? resource.getAsJsonObject("inputs") : new JsonObject();
            if (resource.get("type").getAsString().startsWith("pulumi:providers:")) {
                List.of("version", "accessToken", "computeCustomEndpoint", "kubeconfig").forEach(its::remove);
            }
            inputs.put(resource.get("urn").getAsString().replaceFirst("::default_[0-9_]+$", "::default"), its);
        });
        return inputs;
    }

    private static void refuseUnlessSame(Map<String, Map<String, JsonObject>> inputs) {
        inputs.forEach((name, its) -> {
            var first = inputs.entrySet().iterator().next();
            if (!its.keySet().equals(first.getValue().keySet())) {
                throw new IllegalStateException(name + " has other resources than " + first.getKey() + ":\n"
                        + its.keySet() + "\n" + first.getValue().keySet());
            }
            its.forEach((urn, asked) -> {
                if (!asked.equals(first.getValue().get(urn))) {
                    throw new IllegalStateException(name + " asks for something else than " + first.getKey() + " of "
                            + urn + ":\n" + asked + "\n" + first.getValue().get(urn));
                }
            });
        });
    }

    private void tell() throws IOException {
        System.out.println("\n" + arena.describe(LocalDate.now()) + "; " + rounds
                + " rounds, interleaved; median (least to most), and the ratio to TypeScript's median\n");
        var full = arena.contenders().stream().filter(Contender::full).toList();
        head(full);
        for (var step : Step.values()) {
            row(step.title, full, step, its -> seconds(its.wall()), "%.2f s");
        }
        row("no-op preview: first line", full, Step.PREVIEW, its -> seconds(its.firstLine()), "%.2f s");
        row("no-op preview: CPU time, all processes", full, Step.PREVIEW, its -> seconds(its.cpu()), "%.2f s");
        row("no-op preview: peak memory, program", full, Step.PREVIEW, its -> its.peakKib() / 1024.0, "%.0f MiB");
        phases();
        var growth = arena.contenders().stream().filter(its -> its.kind() == Kind.GROWTH).toList();
        if (!growth.isEmpty()) {
            System.out.println("\nGrowth: the components in a loop, without the looks\n");
            head(growth);
            row("first up, once", growth, Step.FIRST_UP, its -> seconds(its.wall()), "%.2f s");
            row("no-op preview", growth, Step.PREVIEW, its -> seconds(its.wall()), "%.2f s");
            row("peak memory, program", growth, Step.PREVIEW, its -> its.peakKib() / 1024.0, "%.0f MiB");
        }
        var floors = arena.contenders().stream().filter(its -> its.kind() == Kind.FLOOR).toList();
        if (!floors.isEmpty()) {
            System.out.println("\nFloors: what a preview takes that has nothing to do\n");
            head(floors);
            row("no-op preview", floors, Step.PREVIEW, its -> seconds(its.wall()), "%.2f s");
            row("CPU time, all processes", floors, Step.PREVIEW, its -> seconds(its.cpu()), "%.2f s");
            row("peak memory, program", floors, Step.PREVIEW, its -> its.peakKib() / 1024.0, "%.0f MiB");
        }
        System.out.println();
        for (var jdk : Jdks.all()) {
            ratio("no-op preview, " + Arena.java(jdk.version()) + " / TypeScript: ", jdk.version());
        }
        ratio("no-op preview, Java / TypeScript: ", Runtime.version().feature());
    }

    private void ratio(String title, int jdk) {
        ToDoubleFunction<Command.Taken> wall = its -> seconds(its.wall());
        named(Arena.java(jdk)).ifPresent(java -> named(Arena.TYPESCRIPT).ifPresent(typescript -> System.out.println(
                title + text("%.2f",
                        median(sorted(java, Step.PREVIEW, wall)) / median(sorted(typescript, Step.PREVIEW, wall))))));
    }

    /** Where the time of this stack's preview goes, by the engine's log and the processes that were seen. */
    private void phases() {
        if (phases.isEmpty()) {
            return;
        }
        var contenders = List.copyOf(phases.keySet());
        System.out.println("\nPhases of a no-op preview: median seconds\n");
        head(contenders);
        for (var i = 0; i < Phases.TITLES.size(); i++) {
            var phase = i;
            System.out.println("| " + Phases.TITLES.get(i) + String.join("", contenders.stream()
                    .map(its -> " | " + text("%.2f",
                            median(phases.get(its).stream().map(run -> seconds(run.get(phase))).sorted().toList())))
                    .toList()) + " |");
        }
    }

    private Optional<Contender> named(String name) {
        return arena.contenders().stream().filter(its -> its.name().equals(name)).findFirst();
    }

    private static void head(List<Contender> contenders) {
        System.out.println("| | " + String.join(" | ", contenders.stream().map(Contender::name).toList()) + " |");
        System.out.println("|---|" + "---|".repeat(contenders.size()));
    }

    private void row(String title, List<Contender> contenders, Step step, ToDoubleFunction<Command.Taken> of,
                     String format) {
        var line = new StringBuilder("| " + title);
        for (var contender : contenders) {
            var values = sorted(contender, step, of);
            line.append(" | ").append(text(format, median(values))).append(" (").append(number(values.get(0)))
                    .append("–").append(number(values.get(values.size() - 1))).append(")");
            named(Arena.TYPESCRIPT).filter(its -> contender.full() && its != contender).ifPresent(its -> line
                    .append(" **").append(text("%.2f", median(values) / median(sorted(its, step, of)))).append("**"));
        }
        System.out.println(line + " |");
    }

    private List<Double> sorted(Contender contender, Step step, ToDoubleFunction<Command.Taken> of) {
        return taken.get(contender).get(step).stream().map(of::applyAsDouble).sorted().toList();
    }

    private static double median(List<Double> sorted) {
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String number(double value) {
        return value < 20 ? text("%.2f", value) : text("%.0f", value);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
