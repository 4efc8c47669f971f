package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.google.InstanceName;
import rehearsal.lives.Model;
import rehearsal.lives.Outcome;
import rehearsal.lives.Theatre;
import rehearsal.memory.MemoryTheatre;
import rehearsal.tools.Tools;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The runbook's promise that no command of it deletes the disk but those of destroy-disk. Every command that it has is
 * typed, entry by entry, where the disk would be lost most easily: a server that Helm installed has its state on a
 * volume whose disk goes with its claim. Played in memory, where a released disk is deleted at once.
 */
final class Runbook implements Scenario {

    private static final Path PAGE = Path.of("docs/runbook.md");
    private static final DiskName DISK = new DiskName(World.PROJECT, Model.ZONE, Model.DISK);
    private static final String STATE = "what the server by Helm wrote";
    private static final String VOLUME = "pvc-dyn-1";
    private static final String SNAPSHOT = "yesterdays";
    private static final int LEAST = 150;

    /** The commands of a block, or one between two backticks that is whole. */
    private static final Pattern COMMANDS = Pattern.compile("(?s)```\\n(.*?)```|`("
            + "(?:PULUMI_K8S_\\w+=\\w+ )*(?:pulumi|kubectl|helm(?! uninstall`)|gcloud|find|rm) [^`…]+)`");
    /** What takes something away, or something's place. */
    private static final Pattern TAKES = Pattern.compile("(kubectl|helm) .*\\b(delete|uninstall)\\b|--replace|UPSERT");
    /** What leaves more behind than the config, if it ends well. */
    private static final Pattern STAYS = Pattern.compile("pulumi (up|stack init|stack rm|state) |^rm ");
    private static final Pattern TAKE_SNAPSHOT =
            Pattern.compile("gcloud compute disks snapshot .*--snapshot-names (\\S+)");
    /** What is not typed, and why. */
    private static final Map<String, String> NOT_TYPED = Map.of(
            "git pull", "there is no repository here",
            "pulumi login", "it would be another backend from then on",
            "gcloud compute disks list", "it lists",
            "gcloud compute snapshots list", "it lists",
            "gcloud compute operations list", "it lists",
            "gcloud container clusters get-credentials", "the context is there already",
            "gcloud container node-pools create", "no node is missing",
            "gcloud compute resource-policies update", "no disk is changed by it");
    /** What is real here in place of words to fill in, and of commands that would ask. In this order. */
    private static final List<Map.Entry<String, String>> FILLED = List.of(
            Map.entry("\\b(OLD_)?CONTEXT\\b", World.context("first", Model.ZONE)),
            Map.entry("PROJECT_ID", World.PROJECT),
            Map.entry("(diskName[ =])(NAME|DISK)\\b", "$1" + Model.DISK),
            Map.entry("(diskName[ =])(OTHER|ANOTHER_NAME)\\b", "$1other"),
            Map.entry("snapshot=(projects/\\S+/snapshots/)?NAME", "snapshot=" + SNAPSHOT),
            Map.entry("--snapshot-names NAME", "--snapshot-names by-hand"),
            Map.entry("--stack OTHER", "--stack dev"),
            Map.entry("release NAME", "release sky"),
            Map.entry("NAMESPACE", "other"),
            Map.entry("VERSION", "1.0.0"),
            Map.entry("IMAGE", "registry.invalid/none:none"),
            Map.entry("EMAIL", "user"),
            Map.entry("KIND NAME", "PersistentVolumeClaim skypilot-state --namespace skypilot"),
            Map.entry("pv VOLUME", "pv " + VOLUME),
            Map.entry("FOLDER", "\\${PULUMI_BACKEND_URL#file://}"),
            Map.entry("\\bNEW\\b", "new"),
            Map.entry("\\bURN\\b", "urn:pulumi:dev::sky-api-server::skystate:index:StateVolume\\$"
                    + "kubernetes:core/v1:PersistentVolume::volume"),
            Map.entry("pulumi (up|destroy)\\b(?!.*--yes)", "pulumi $1 --yes --skip-preview"),
            Map.entry("pulumi (cancel|stack rm|state delete)\\b(?!.*--yes)", "pulumi $1 --yes"));

    @Override
    public String name() {
        return "runbook";
    }

    @Override
    public String what() {
        return "every command of the runbook is typed where a server by Helm is on a Delete volume: the disk stays";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var entries = entries(Files.readString(PAGE));
        // These are meant to delete it.
        entries.remove("destroy-disk");
        try (var typist = new Typist(stage)) {
            entries.forEach((entry, commands) -> {
                stage.step(entry, () -> typist.type(commands, false));
                if (commands.stream().anyMatch(command -> TAKES.matcher(command).find())) {
                    stage.step(entry + ", with the server stopped: no pod holds the claim",
                            () -> typist.type(commands, true));
                }
            });
            stage.holds("all of it was typed: " + typist.typed + " commands", typist.typed > LEAST);
        }
    }

    /** The commands of each entry that has any. */
    private static Map<String, List<String>> entries(String page) {
        var entries = new LinkedHashMap<String, List<String>>();
        var parts = List.of(page.split("(?m)^### "));
        for (var part : parts.subList(1, parts.size())) {
            var commands = new ArrayList<String>();
            COMMANDS.matcher(part).results().map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                    .flatMap(String::lines).map(line -> line.replaceFirst("\\s{2,}#.*", "").strip())
                    .filter(line -> !line.isEmpty()).forEach(commands::add);
            if (!commands.isEmpty()) {
                entries.put(part.lines().findFirst().orElseThrow().strip(), commands);
            }
        }
        return entries;
    }

    /** Types commands in a world that is the same at the start of each entry. */
    private static final class Typist implements AutoCloseable {

        private final Stage stage;
        private Theatre theatre;
        private int typed;

        private Typist(Stage stage) {
            this.stage = stage;
        }

        private void type(List<String> commands, boolean stopped) throws IOException {
            begin();
            if (stopped) {
                theatre.say(hand().kubectl() + " --namespace skypilot patch deployment skypilot-api-server"
                        + " --patch '{\"spec\":{\"replicas\":0}}'");
                theatre.look();
            }
            var asBefore = !stopped;
            for (var command : commands) {
                // No machine holds the disk of a server that was stopped.
                if (NOT_TYPED.keySet().stream().noneMatch(command::startsWith)
                        && !(stopped && command.contains("MACHINE"))) {
                    var line = filled(command);
                    var outcome = run(line);
                    typed++;
                    stage.holds(line, ByHand.holds(theatre.google(), DISK, STATE));
                    asBefore &= !(outcome.good() && STAYS.matcher(line).find());
                }
            }
            if (asBefore && bound()) {
                theatre.say("cp ../saved.yaml Pulumi.dev.yaml");
            } else {
                close();
            }
        }

        /** Makes the world, unless the one before is as it was but for the reclaim policy. */
        private void begin() throws IOException {
            if (theatre == null) {
                theatre = MemoryTheatre.open(Path.of(""), Tools.get(MemoryTheatre.TOOLS, line -> {}));
                var hand = hand();
                hand.volume(VOLUME, hand.disk(DISK.name()), "Delete", "skypilot/skypilot-state");
                hand.install(VOLUME);
                theatre.look();
                stage.holds("a server by Helm has written to the disk", theatre.write(DISK.path(), STATE));
                theatre.google().console().createSnapshot(DISK, SNAPSHOT);
                theatre.say("pulumi config set disk adopt");
                theatre.say("cp Pulumi.dev.yaml ../saved.yaml");
            }
            theatre.say(hand().kubectl() + " patch pv " + VOLUME + " " + ByHand.DELETE);
        }

        private boolean bound() {
            return theatre.run(hand().kubectl() + " get pv " + VOLUME
                    + " -o jsonpath='{.status.phase} {.spec.claimRef.name}'").output()
                    .startsWith("Bound skypilot-state");
        }

        private ByHand hand() {
            return new ByHand(theatre::say, theatre.google(), theatre.chart(), World.context("first", Model.ZONE));
        }

        /** Runs a line, of which a later part is run if the one before it ended well. */
        private Outcome run(String line) {
            var outcome = new Outcome(line, 0, false, "");
            // What is in brackets takes a shell.
            for (var part : line.contains("(") ? List.of(line) : List.of(line.split(" && "))) {
                var snapshot = TAKE_SNAPSHOT.matcher(part);
                if (outcome.good() && snapshot.find()) {
                    theatre.google().console().createSnapshot(DISK, snapshot.group(1));
                } else if (outcome.good()) {
                    // Where it asks for a value, this is one.
                    outcome = theatre.run(part, Model.password("1"));
                }
            }
            // What was done at Google is noticed in the cluster.
            theatre.look();
            if (line.startsWith("gcloud ") && outcome.exitCode() == 127) {
                throw new IllegalStateException("there is no such command here: " + line);
            }
            return outcome;
        }

        private String filled(String command) {
            var line = command;
            for (var word : FILLED) {
                line = line.replaceAll(word.getKey(), word.getValue());
            }
            var holder = theatre.google().disk(DISK).orElseThrow().users().stream().map(InstanceName::name).findFirst();
            return line.replace("MACHINE", holder.orElse("none"));
        }

        @Override
        public void close() {
            if (theatre != null) {
                theatre.close();
                theatre = null;
            }
        }
    }
}
