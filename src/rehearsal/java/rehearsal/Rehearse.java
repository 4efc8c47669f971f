package rehearsal;

import rehearsal.lives.Act;
import rehearsal.lives.Lives;
import rehearsal.lives.WorldTheatre;
import rehearsal.memory.MemoryTheatre;
import rehearsal.postgres.Postgres;
import rehearsal.scenario.Scenarios;
import rehearsal.tools.MissingToolsException;
import rehearsal.tools.Tools;
import rehearsal.world.Options;
import rehearsal.world.Scenario;
import rehearsal.world.ShellSession;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line of {@code ./rehearse}. */
public final class Rehearse {

    private static final String HELP = """
            Rehearses a SkyPilot API server and its disk on this machine, with no cloud account: the real Pulumi \
            engine, its
            official Kubernetes plugin and a real Kubernetes control plane, with stand-ins for Google and its plugin.

              ./rehearse                 the main story, step by step
              ./rehearse NAME            one scenario
              ./rehearse all             every scenario
              ./rehearse list            their names
              ./rehearse lives           random lives: see src/rehearsal/lives.md
              ./rehearse shell           a shell in the same world, to type pulumi and kubectl in

            Options:
              --chart DIR                        a real chart's folder in place of our own small one
              --kubernetes-provider installed    the kubernetes plugin of your own PULUMI_HOME in place of our build
              --gcp-provider installed           the gcp plugin of your own PULUMI_HOME in place of the stand-in
              --help

            Of lives:
              --fast                             clusters in memory, and one engine for all commands: seconds a life, \
              not minutes
              --count N                          how many; 1
              --at-once N                        how many at the same time; 1
              --seed S                           seed of the first, each further one's being the next number; 1
              --length N                         how many acts each has; 10
              --acts 'up, kill up 7, …'          one life of these acts in their place
              --shrink N                         how many shorter lives are tried once one fails; 4

            In the shell, besides pulumi, kubectl and helm:
            """ + ShellSession.HELP + """

            The first run builds the tools that are not on the PATH from pinned Go modules, once, into a cache of yours.
            """;

    private record Arguments(String command, Options options, Lives.Order lives, boolean fast) {
    }

    private Rehearse() {
    }

    public static void main(String[] args) {
        try {
            System.exit(run(parse(new ArrayDeque<>(List.of(args)))));
        } catch (IllegalArgumentException refused) {
            System.err.println("rehearse: " + refused.getMessage());
            System.exit(2);
        } catch (MissingToolsException missing) {
            System.err.println("rehearse: nothing was rehearsed: " + missing.getMessage());
            // A CI run has nothing to mend where the module proxy refuses a module.
            System.exit(missing.refused() && "true".equals(System.getenv("CI")) ? 0 : 3);
        } catch (Exception failed) {
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static int run(Arguments arguments) throws Exception {
        return switch (arguments.command()) {
            case "help" -> {
                System.out.print(HELP);
                yield 0;
            }
            case "list" -> {
                Scenarios.ALL.forEach(scenario -> System.out.printf("%-16s %s%n", scenario.name(), scenario.what()));
                yield 0;
            }
            case "lives" -> lives(arguments) == 0 ? 0 : 1;
            case "shell" -> shell(arguments.options());
            case "all" -> play(Scenarios.ALL, arguments.options());
            case "" -> play(Scenarios.ALL.subList(0, 1), arguments.options());
            default -> play(List.of(Scenarios.named(arguments.command()).orElseThrow(() -> new IllegalArgumentException(
                    "there is no scenario " + arguments.command() + "; ./rehearse list names them"))),
                    arguments.options());
        };
    }

    private static int play(List<Scenario> scenarios, Options options) throws Exception {
        var tools = Tools.get(System.out::println);
        var rows = new ArrayList<String>();
        var failed = 0;
        var skipped = scenarios.stream().filter(scenario -> scenario.needsPostgres() && !Postgres.isHere()).toList();
        for (var scenario : scenarios.stream().filter(scenario -> !skipped.contains(scenario)).toList()) {
            System.out.println("\n" + scenario.name() + ": " + scenario.what());
            var start = System.nanoTime();
            Stage stage = null;
            try (var world = World.open(Path.of(""), tools, options)) {
                stage = new Stage(world, System.out);
                if (scenario.playsSkyPilot()) {
                    world.serveSkyPilot(System.out::println);
                }
                scenario.play(stage);
                stage.holds("no process and no file showed others a secret " + world.exposed(),
                        world.exposed().isEmpty());
                stage.held().forEach(held -> rows.add("%8s  %2d rules held  %s".formatted(
                        Stage.seconds(held.took()), held.rules(), held.title())));
                rows.add("%8s  %s passed".formatted(since(start), scenario.name()));
            } catch (Stage.Broken broken) {
                failed++;
                System.out.println("\n   ✗ " + broken.getMessage());
                rows.add("%8s  %s FAILED in step %d".formatted(since(start), scenario.name(), stage.held().size() + 1));
            }
        }
        System.out.println("\n" + String.join("\n", rows));
        System.out.println("\n" + (scenarios.size() - skipped.size() - failed) + " passed, " + failed + " failed"
                + (skipped.isEmpty() ? "" : "; not played, for there is no"
                        + " PostgreSQL for this platform: "
                        + String.join(", ", skipped.stream().map(Scenario::name).toList())));
        return failed == 0 ? 0 : 1;
    }

    private static int lives(Arguments arguments) throws Exception {
        var checkout = Path.of("");
        if (arguments.fast()) {
            var tools = Tools.get(MemoryTheatre.TOOLS, System.out::println);
            return new Lives(checkout, () -> MemoryTheatre.open(checkout, tools), System.out).play(arguments.lives());
        }
        var tools = Tools.get(System.out::println);
        return new Lives(checkout, () -> WorldTheatre.open(checkout, tools), System.out).play(arguments.lives());
    }

    private static int shell(Options options) throws Exception {
        var tools = Tools.get(System.out::println);
        try (var world = World.open(Path.of(""), tools, options)) {
            world.startCluster("first", World.ZONE);
            System.out.println("""
                    A cluster is ready in %s; its context is %s. For example:

                      pulumi stack init dev
                      pulumi config set gcp:project %s
                      pulumi config set context %s
                      pulumi config set chart %s
                      pulumi config set --path values.apiService.skipResourceCheck true
                      pulumi config set --secret authPassword
                      pulumi up
                      kubectl get pv,pvc -A

                    Besides pulumi, kubectl and helm:
                    %s
                    All of it is gone when this shell ends.""".formatted(World.ZONE, World.context("first", World.ZONE),
                    World.PROJECT, World.context("first", World.ZONE), world.chart(), ShellSession.HELP));
            return ShellSession.open(world);
        }
    }

    private static Arguments parse(ArrayDeque<String> words) {
        var command = "";
        Optional<Path> chart = Optional.empty();
        var kubernetes = false;
        var gcp = false;
        var lives = Lives.Order.ONE;
        var fast = false;
        while (!words.isEmpty()) {
            var word = words.pop();
            switch (word) {
                case "--help", "-h" -> command = "help";
                case "--chart" -> chart = Optional.of(chart(words));
                case "--kubernetes-provider" -> kubernetes = installed(word, words);
                case "--gcp-provider" -> gcp = installed(word, words);
                case "--fast" -> fast = true;
                case "--count" -> lives = lives.withCount(howMany(word, words, 1));
                case "--at-once" -> lives = lives.withAtOnce(howMany(word, words, 1));
                case "--seed" -> lives = lives.withSeed(number(word, words));
                case "--length" -> lives = lives.withLength(howMany(word, words, 1));
                case "--shrink" -> lives = lives.withShrink(howMany(word, words, 0));
                case "--acts" -> lives = lives.withActs(Act.parseAll(Optional.ofNullable(words.poll())
                        .orElseThrow(() -> new IllegalArgumentException("--acts takes acts"))));
                default -> {
                    if (word.startsWith("-") || !command.isEmpty()) {
                        throw new IllegalArgumentException("what is " + word + "? ./rehearse --help");
                    }
                    command = word;
                }
            }
        }
        return new Arguments(command, new Options(chart, kubernetes, gcp), lives, fast);
    }

    private static int howMany(String option, ArrayDeque<String> words, int least) {
        var number = number(option, words);
        if (number < least || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(option + " takes a whole number of " + least + " or more");
        }
        return (int) number;
    }

    private static long number(String option, ArrayDeque<String> words) {
        try {
            return Long.parseLong(words.isEmpty() ? "" : words.pop());
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException(option + " takes a whole number");
        }
    }

    private static Path chart(ArrayDeque<String> words) {
        var word = Optional.ofNullable(words.poll())
                .orElseThrow(() -> new IllegalArgumentException("--chart takes a folder"));
        var folder = Path.of(word).toAbsolutePath();
        if (!Files.isReadable(folder.resolve("Chart.yaml"))) {
            throw new IllegalArgumentException("--chart DIR: there is no Chart.yaml in " + folder);
        }
        return folder;
    }

    private static boolean installed(String option, ArrayDeque<String> words) {
        if (!"installed".equals(words.poll())) {
            throw new IllegalArgumentException(option + " takes one word: installed");
        }
        return true;
    }

    private static String since(long start) {
        return Stage.seconds(Duration.ofNanos(System.nanoTime() - start));
    }
}
