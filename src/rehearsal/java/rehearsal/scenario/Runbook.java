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
 * The runbook's promise that no command of it deletes the disk but those of destroy-disk. Every command that it has is typed, entry by entry,
 * where that would be easiest: a server that Helm installed has its state on a volume whose disk goes with its claim. Played in memory,
 * where a released disk is deleted at once.
 */
final class Runbook implements Scenario {

    private static final Path PAGE = Path.of("docs/runbook.md");
    private static final DiskName DISK = new DiskName(World.PROJECT, Model.ZONE, Model.DISK);
    private static final String STATE = "what the server by Helm wrote";
    private static final String VOLUME = "pvc-dyn-1";
    private static final String SNAPSHOT = "yesterdays";
    private static final Pattern BLOCK = Pattern.compile("(?s)```\\n(.*?)```|`((?:PULUMI_K8S_\\w+=\\w+ )*(?:pulumi|kubectl|helm(?! uninstall`)|gcloud|find|rm) [^`…]+)`");
    private static final Pattern SNAPSHOT_OF = Pattern.compile("gcloud compute disks snapshot (\\S+) .*--snapshot-names (\\S+)");
    /** What is not typed, and why. */
    private static final Map<String, String> NOT_TYPED = Map.of(
            "git pull", "there is no repository here",
            "pulumi login", "it would be another backend from then on",
            "gcloud compute disks list", "it lists", "gcloud compute snapshots list", "it lists", "gcloud compute operations list", "it lists",
            "gcloud container clusters get-credentials", "the context is there already",
            "gcloud container node-pools create", "no node is missing",
            "gcloud compute resource-policies update", "no disk is changed by it");
    /** What takes something away. */
    private static final Pattern TAKING = Pattern.compile("(kubectl|helm) .*\\b(delete|uninstall)\\b|--replace|UPSERT");
    private static final List<String> ASKING = List.of("up", "destroy", "cancel", "stack rm", "state delete");

    private Theatre theatre;
    private int typed;

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
        var page = Files.readString(PAGE);
        try {
            for (var entry : entries(page).entrySet()) {
                if (!entry.getValue().isEmpty() && !entry.getKey().equals("destroy-disk")) {
                    stage.step(entry.getKey(), () -> type(stage, entry.getValue(), false));
                    if (entry.getValue().stream().anyMatch(command -> TAKING.matcher(command).find())) {
                        stage.step(entry.getKey() + ", where the server was stopped, so that no pod holds the claim", () -> type(stage, entry.getValue(), true));
                    }
                }
            }
        } finally {
            close();
        }
        stage.holds("all of it was typed: " + typed + " commands", typed > 100);
    }

    /** The commands of each entry, those between the lines included. */
    private static Map<String, List<String>> entries(String page) {
        var entries = new LinkedHashMap<String, List<String>>();
        for (var part : page.split("(?m)^### ")) {
            var commands = new ArrayList<String>();
            BLOCK.matcher(part).results().forEach(match -> (match.group(1) == null ? match.group(2) : match.group(1)).lines()
                    .map(line -> line.replaceFirst("\\s{2,}#.*", "").strip()).filter(line -> !line.isEmpty()).forEach(commands::add));
            entries.put(part.lines().findFirst().orElse("").strip(), commands);
        }
        // What comes before the first entry.
        entries.remove(entries.keySet().iterator().next());
        return entries;
    }

    private void type(Stage stage, List<String> commands, boolean stopped) throws IOException {
        begin(stage);
        if (stopped) {
            theatre.say(hand().kubectl() + " --namespace skypilot patch deployment skypilot-api-server --patch '{\"spec\":{\"replicas\":0}}'");
            theatre.look();
        }
        var fresh = stopped;
        for (var command : commands) {
            // No machine holds the disk of a server that was stopped.
            if (NOT_TYPED.keySet().stream().anyMatch(command::startsWith) || stopped && command.contains("MACHINE")) {
                continue;
            }
            var line = filled(command);
            var outcome = run(line);
            typed++;
            stage.holds(line, ByHand.holds(theatre.google(), DISK, STATE));
            fresh |= outcome.good() && (line.contains("pulumi up") || line.matches(".*pulumi (stack init|stack rm|state) .*") || line.startsWith("rm "));
        }
        if (fresh || !theatre.run(hand().kubectl() + " get pv " + VOLUME + " -o jsonpath='{.status.phase} {.spec.claimRef.name}'").output().startsWith("Bound skypilot-state")) {
            close();
        } else {
            theatre.say("cp ../saved.yaml Pulumi.dev.yaml");
        }
    }

    /** The world as every entry finds it: the last one's, if that is as it was but for the reclaim policy. */
    private void begin(Stage stage) throws IOException {
        if (theatre == null) {
            theatre = MemoryTheatre.open(Path.of(""), Tools.get(MemoryTheatre.TOOLS, line -> { }));
            var hand = hand();
            hand.disk(DISK.name());
            hand.volume(VOLUME, DISK, "Delete", "skypilot/skypilot-state");
            hand.install(VOLUME);
            theatre.look();
            stage.holds("a server by Helm has written to the disk", theatre.write(DISK.path(), STATE));
            theatre.google().console().createSnapshot(DISK, SNAPSHOT);
            theatre.say("pulumi config set disk adopt");
            theatre.say("cp Pulumi.dev.yaml ../saved.yaml");
        }
        theatre.say(hand().kubectl() + " patch pv " + VOLUME + " " + ByHand.DELETE);
    }

    private ByHand hand() {
        return new ByHand(theatre::say, theatre.google(), theatre.chart(), World.context("first", Model.ZONE));
    }

    private void close() {
        if (theatre != null) {
            theatre.close();
            theatre = null;
        }
    }

    /** Runs a line, of which a later part is run if the one before it ended well. */
    private Outcome run(String line) {
        if (line.contains("(")) {
            return theatre.run(line);
        }
        var outcome = new Outcome(line, 0, false, "");
        for (var part : line.split(" && ")) {
            if (outcome.good()) {
                var snapshot = SNAPSHOT_OF.matcher(part);
                if (snapshot.find()) {
                    theatre.google().console().createSnapshot(DISK, snapshot.group(2));
                } else {
                    // Where it asks for a value, this is one.
                    outcome = theatre.run(part, Model.password("1"));
                }
            }
        }
        // What was done at Google is noticed in the cluster.
        theatre.look();
        if (line.startsWith("gcloud ") && outcome.exitCode() == 127) {
            throw new IllegalStateException("there is no such command here: " + line);
        }
        return outcome;
    }

    /** The line with what is real here in place of the words to fill in. */
    private String filled(String command) {
        var machine = theatre.google().disk(DISK).stream().flatMap(disk -> disk.users().stream()).map(InstanceName::name).findFirst().orElse("none");
        var line = command
                .replaceAll("\\b(OLD_)?CONTEXT\\b", World.context("first", Model.ZONE)).replace("PROJECT_ID", World.PROJECT).replace("MACHINE", machine)
                .replaceAll("diskName[ =](NAME|DISK)\\b", "diskName=" + Model.DISK).replaceAll("diskName[ =](OTHER|ANOTHER_NAME)\\b", "diskName=other")
                .replaceAll("config set diskName=", "config set diskName ").replaceAll("snapshot=(projects/\\S+/snapshots/)?NAME", "snapshot=" + SNAPSHOT)
                .replaceAll("--snapshot-names NAME", "--snapshot-names by-hand").replace("--stack OTHER", "--stack dev").replace("release NAME", "release sky")
                .replace("NAMESPACE", "other").replace("VERSION", "1.0.0").replace("IMAGE", "registry.invalid/none:none").replace("EMAIL", "user")
                .replace("KIND NAME", "PersistentVolumeClaim skypilot-state --namespace skypilot").replace("pv VOLUME", "pv " + VOLUME)
                .replace("FOLDER", "${PULUMI_BACKEND_URL#file://}").replaceAll("\\bNEW\\b", "new")
                .replaceAll("\\bURN\\b", "urn:pulumi:dev::sky-api-server::skystate:index:StateVolume\\$kubernetes:core/v1:PersistentVolume::volume");
        for (var verb : ASKING) {
            line = line.replaceAll("\\bpulumi " + verb + "\\b(?!.*--yes)", "pulumi " + verb + " --yes" + (verb.equals("up") || verb.equals("destroy") ? " --skip-preview" : ""));
        }
        return line;
    }
}
