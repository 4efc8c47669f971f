package rehearsal.lives;

import rehearsal.lives.Act.Verb;
import rehearsal.world.World;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An operator who wants the selected stack's server back, and does what messages and the runbook say, to the letter:
 * never anything that only somebody who knows the program would think of.
 */
final class Recovery {

    /**
     * A command on a line of its own in a message of the program's; one with a word to fill in is not to be typed as it
     * is.
     */
    private static final Pattern NAMED = Pattern.compile(
            "(?m)^\\s{2,}((?:[A-Z_][A-Z0-9_]*=\\S+ )*(?:pulumi|kubectl|gcloud|helm) .*)$");
    private static final Pattern TO_FILL_IN = Pattern.compile(
            "\\b(NAME|ANOTHER_NAME|RELEASE|CONTEXT|describe pod|disks describe|snapshots list|disks list|pulumi "
                    + "destroy)\\b");
    /**
     * The claim that the volume names, and the Deployment beside it, by the chart's names for the two. The volume has
     * to keep the disk first.
     */
    private static final String HOLDERS_AWAY = """
            kubectl --context %1$s get pv sky-api-server-pv -o jsonpath='{.spec.claimRef.namespace} \
            {.spec.claimRef.name}' | (read -r namespace claim
            kubectl --context %1$s patch pv sky-api-server-pv \\
              --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}' && \\
            kubectl --context %1$s --namespace "$namespace" \\
              delete --ignore-not-found "deployment/${claim%%-state}-api-server" "pvc/$claim")""";
    private static final Pattern MAKER = Pattern.compile("[Tt]he stack (\\S+)-[0-9a-f]{8} made");
    private static final Pattern FORGOTTEN = Pattern.compile(
            "(\\w+) \"([^\"]+)\" in namespace \"([^\"]*)\" exists and cannot be imported into the current release");
    private static final String UPSERT =
            "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up";
    /** With this begins what is said after every failure, whichever it was. */
    private static final String AFTERWARDS = "What was made before the failure still stands";
    private static final int ATTEMPTS = 10;

    /** An entry of the runbook: the words by which it is found, and what it has to be typed. */
    private record Entry(String words, List<String> commands) {
    }

    private final Life life;
    private final Theatre theatre;
    /** What was gone by last: whoever meets the same again at once tries what else there is. */
    private String last = "";

    Recovery(Life life, Theatre theatre) {
        this.life = life;
        this.theatre = theatre;
    }

    /** @throws Broken if there is no way back */
    void play() {
        if (!life.now().clusterRuns()) {
            life.play(new Act.FreshCluster(life.now().cluster()));
        }
        var said = "";
        var command = Verb.UP.line();
        for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
            var outcome = theatre.run(command);
            life.told(outcome);
            if (outcome.good() && outcome.runs("up")) {
                return;
            }
            said = outcome.output();
            command = next(outcome);
        }
        throw new Broken("recovers", "after " + ATTEMPTS + " commands there is no server yet:\n" + said);
    }

    /** What to run next, after what a run that failed says, or the runbook has for what it says. */
    private String next(Outcome failed) {
        if (failed.good()) {
            return Verb.UP.line();
        }
        var message = failed.output().split(AFTERWARDS)[0];
        var way = entry(message).or(() -> named(message)).or(() -> named(failed.output()))
                .orElseThrow(() -> new Broken("recovers", "there is nothing to go by in:\n" + failed.output()));
        last = way.words();
        var commands = way.commands();
        var end = commands.get(commands.size() - 1);
        var runs = end.contains("pulumi up");
        for (var command : commands.subList(0, runs ? commands.size() - 1 : commands.size())) {
            var outcome = theatre.run(command);
            life.told(outcome);
            if (outcome.good() && outcome.runs("destroy") && life.sight().servers().isEmpty()) {
                // What comes after it is for a stack whose Pulumi state is lost.
                break;
            }
        }
        return runs ? end + " --yes --skip-preview" : Verb.UP.line();
    }

    /** The first command of the message that was not typed just before. */
    private Optional<Entry> named(String message) {
        return NAMED.matcher(message).results().map(match -> match.group(1).strip())
                .filter(command -> !TO_FILL_IN.matcher(command).find() && !command.equals(last)).findFirst()
                .map(command -> new Entry(command, List.of(command)));
    }

    /** All commands of a message, but for what only a person can fill in. */
    private static List<String> lines(String message) {
        return NAMED.matcher(message).results().map(match -> match.group(1).strip())
                .filter(command -> !TO_FILL_IN.matcher(command).find()).toList();
    }

    private Optional<Entry> entry(String message) {
        var now = life.now();
        var deleted = life.sight().disks().isEmpty();
        var release = now.config("release", "skypilot");
        return List.of(
                new Entry("the stack is currently locked", List.of("pulumi cancel --yes")),
                new Entry("failed to load checkpoint: EOF", List.of(Theatre.EMPTY_AWAY)),
                new Entry("failed to load checkpoint: place 1:",
                        List.of("rm \"${PULUMI_BACKEND_URL#file://}\"/.pulumi/stacks/sky-api-server/" + now.at()
                                + ".json*",
                                "pulumi stack init " + now.at(),
                                now.config("disk", "create").equals("create") ? "pulumi config set disk adopt"
                                        : Verb.UP.line())),
                new Entry("timed out waiting for the condition",
                        Stream.concat(waiting(now).map(Recovery::holdersAway), Stream.of(UPSERT)).toList()),
                new Entry("cannot re-use a name that is still in use", List.of(
                        kubectl(now, now.config("namespace", "skypilot")) + " delete secret --selector owner=helm,name="
                                + release,
                        UPSERT)),
                FORGOTTEN.matcher(message).results().findFirst().map(left -> new Entry(left.group(),
                        forgotten(left.group(1), left.group(2), left.group(3)))).orElse(new Entry("", List.of())),
                new Entry("already exists", List.of(UPSERT)),
                new Entry("release: not found", List.of("pulumi state delete --yes 'urn:pulumi:" + now.at()
                        + "::sky-api-server::skystate:index:ApiServer$kubernetes:helm.sh/v3:Release::server'")),
                new Entry("\"from-helm\"", Optional.of(message).filter(said -> said.contains("is held by"))
                        .flatMap(held -> elsewhere(now)).map(this::fromHelm).orElse(List.of())),
                new Entry("is held by", elsewhere(now).map(cluster -> destroy(stackOf(cluster, now), cluster))
                        .orElse(List.of())),
                new Entry("made that volume. Leave it alone", MAKER.matcher(message).results().findFirst()
                        .map(stack -> destroy(stack.group(1), now.cluster())).orElse(List.of())),
                new Entry("has the reclaim policy Delete", lines(message)),
                new Entry("A server that was installed by hand runs there", lines(message)),
                new Entry("See who uses the claim", lines(message).stream()
                        .flatMap(line -> Stream.of(line, line.replace(" describe pvc ", " delete pvc "))).toList()),
                new Entry("A server that was installed by hand has its state there",
                        List.of("pulumi config set release " + release + "-two")),
                // Deleted as it was meant to be, by a destroy that was told to.
                new Entry("There is no disk",
                        List.of(deleted ? "pulumi config set disk create" : "pulumi config set zone " + zoneOfDisk())),
                new Entry("This stack's disk",
                        deleted ? List.of("pulumi config set blankDisk " + Model.DISK) : List.of()),
                new Entry("could not be asked", List.of(kubectl(now) + " get nodes,pv")),
                new Entry("onfigured Kubernetes cluster is unreachable",
                        List.of("PULUMI_K8S_DELETE_UNREACHABLE=true pulumi up")))
                .stream().filter(entry -> !entry.commands().isEmpty() && message.contains(entry.words())
                        && !entry.words().equals(last))
                .findFirst();
    }

    /** Where a volume may wait for its claim: here, or in a cluster that the context named before. */
    private Stream<String> waiting(Model now) {
        var serving = life.sight().servers().stream().map(Sight.Running::cluster).toList();
        return Stream.concat(Stream.of(now.cluster()), now.clusters().stream()
                .filter(cluster -> !cluster.equals(now.cluster()) && !serving.contains(cluster)).sorted());
    }

    /** Another cluster in which a server runs. */
    private Optional<String> elsewhere(Model now) {
        return life.sight().servers().stream().map(Sight.Running::cluster)
                .filter(cluster -> !cluster.equals(now.cluster())).findFirst();
    }

    /** The stack that has the server of a cluster, which may be this one. */
    private static String stackOf(String cluster, Model now) {
        return now.stacks().entrySet().stream().filter(stack -> cluster.equals(stack.getValue().get("context")))
                .map(Map.Entry::getKey).sorted().findFirst().orElse(now.at());
    }

    /** What Helm was made to forget is deleted; before a claim goes, its volume has to keep the disk. */
    private List<String> forgotten(String kind, String name, String namespace) {
        var away = kubectl(life.now(), namespace) + " delete --ignore-not-found " + kind + " " + name;
        return kind.equals("PersistentVolumeClaim") ? List.of(ByHand.retainAll(life.now().cluster()), away)
                : List.of(away);
    }

    /** What takes away the servers that somebody installed by hand in a cluster: {@code kubectl get pv} tells them. */
    private List<String> fromHelm(String cluster) {
        var uninstall = life.sight().volumes().stream().filter(volume -> volume.cluster().equals(cluster)
                && volume.disk().equals(life.now().disk()) && !volume.name().equals(ByHand.OWN)
                && volume.claim().endsWith("-state")).map(volume -> volume.claim().split("/"))
                .map(claim -> ByHand.uninstall(cluster, claim[0], claim[1].replaceFirst("-state$", ""))).toList();
        return uninstall.isEmpty() ? uninstall
                : Stream.concat(Stream.of(ByHand.retainAll(cluster)), uninstall.stream()).toList();
    }

    /** As the list of the disks, that the message has a command for, tells. */
    private String zoneOfDisk() {
        return life.sight().disks().get(0).path().split("/")[3];
    }

    private static String holdersAway(String cluster) {
        return HOLDERS_AWAY.formatted(World.context(cluster, Model.ZONE));
    }

    /**
     * As two-stacks has it, by hand where that stack's Pulumi state is lost.
     *
     * @param cluster in which the stack has its server
     */
    private static List<String> destroy(String stack, String cluster) {
        return List.of(ByHand.retainOwn(cluster), "pulumi destroy --yes --skip-preview --stack " + stack,
                holdersAway(cluster));
    }

    private static String kubectl(Model now, String namespace) {
        return kubectl(now) + (namespace.isEmpty() ? "" : " --namespace " + namespace);
    }

    private static String kubectl(Model now) {
        return "kubectl --context " + World.context(now.cluster(), Model.ZONE);
    }
}
