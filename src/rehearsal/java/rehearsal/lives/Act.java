package rehearsal.lives;

import rehearsal.google.Fault;
import rehearsal.lives.Theatre.Part;
import rehearsal.lives.Theatre.Thing;
import rehearsal.world.World;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One thing that people do, or that happens to them. It is written in a few words, by which it can be played again:
 * {@link #words} and {@link #parse} are each other's inverse.
 */
public sealed interface Act {

    /** What it is, in a few words, as in {@code set diskSize 20}. */
    String words();

    /** Whether it can happen now. */
    default boolean possible(Model now) {
        return true;
    }

    /** What has been said from then on. */
    default Model after(Model now) {
        return now;
    }

    /** The commands that somebody who knows the runbook types before: what he deletes then takes no disk along. */
    default List<String> first(Model now) {
        return List.of();
    }

    /** Does it, and gives what each of the engine's runs came to. */
    List<Outcome> play(Theatre theatre, Model now);

    /** What an act has the engine do. */
    enum Verb {
        UP, PREVIEW, REFRESH, DESTROY;

        /** The command line. The preview that comes before the others is left out: it shows, and does nothing. */
        public String line() {
            return this == PREVIEW ? "pulumi preview" : "pulumi " + word() + " --yes --skip-preview";
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Verb of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** The engine is run, whatever happens to it meanwhile. */
    sealed interface OfEngine extends Act {

        /** What it is run for. */
        Verb verb();

        @Override
        default boolean possible(Model now) {
            return verb() == Verb.UP || verb() == Verb.PREVIEW || now.wasUp();
        }

        @Override
        default Model after(Model now) {
            return verb() == Verb.UP ? now.began() : now;
        }

        /**
         * Pulumi doesn't run the program on destroy: whoever has set the stack's own volume to Delete by hand has to
         * set it back.
         */
        @Override
        default List<String> first(Model now) {
            return now.clusters().stream()
                    .filter(cluster -> verb() == Verb.DESTROY && now.byHand().contains(cluster + "/" + ByHand.OWN))
                    .sorted().map(ByHand::retainOwn).toList();
        }
    }

    /** The engine is run to its end. */
    record Run(Verb verb) implements OfEngine {

        @Override
        public String words() {
            return verb.word();
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.run(verb.line()));
        }
    }

    /**
     * A line of the config. A password's value is its number (see {@link Model#password}), a context's the cluster's
     * name.
     */
    record Configure(String key, String value) implements Act {

        @Override
        public String words() {
            return "set " + key + " " + value;
        }

        @Override
        public boolean possible(Model now) {
            return !value.equals(now.config().get(key)) && (!key.equals("context") || now.clusters().contains(value));
        }

        @Override
        public Model after(Model now) {
            return now.set(key, value);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            switch (key) {
                case "authPassword" -> theatre.say("pulumi config set --secret authPassword", Model.password(value));
                case "context" -> theatre.say("pulumi config set context " + World.context(value, Model.ZONE));
                default -> theatre.say("pulumi config set " + path(key) + key + " " + value);
            }
            return List.of();
        }

        private static String path(String key) {
            return key.contains(".") ? "--path " : "";
        }
    }

    /** A line of the config is taken out. */
    record Unset(String key) implements Act {

        @Override
        public String words() {
            return "rm " + key;
        }

        @Override
        public boolean possible(Model now) {
            return now.config().containsKey(key);
        }

        @Override
        public Model after(Model now) {
            return now.unset(key);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.say("pulumi config rm " + Configure.path(key) + key);
            return List.of();
        }
    }

    /** A new stack for a cluster, with the config of the selected one; it adopts the disk. Selected from now on. */
    record NewStack(String name, String cluster) implements Act {

        @Override
        public String words() {
            return "new-stack " + name + " " + cluster;
        }

        @Override
        public boolean possible(Model now) {
            return !now.stacks().containsKey(name) && now.clusters().contains(cluster);
        }

        @Override
        public Model after(Model now) {
            return now.withStack(name, now.config()).select(name).set("disk", "adopt").set("context", cluster);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            // One that could not read the other's config has made the stack all the same.
            theatre.say("pulumi stack init " + name + " --copy-config-from " + now.at(), "",
                    Theatre.EMPTY_AWAY + "; pulumi stack rm --yes " + name);
            theatre.say("pulumi config set-all --plaintext disk=adopt --plaintext context="
                    + World.context(cluster, Model.ZONE));
            return List.of();
        }
    }

    /** Another stack is selected. */
    record Select(String stack) implements Act {

        @Override
        public String words() {
            return "select " + stack;
        }

        @Override
        public boolean possible(Model now) {
            return !stack.equals(now.at()) && now.stacks().containsKey(stack);
        }

        @Override
        public Model after(Model now) {
            return now.select(stack);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.say("pulumi stack select " + stack);
            return List.of();
        }
    }

    /** A cluster is made, of a new name or of a lost one's. */
    record FreshCluster(String cluster) implements Act {

        @Override
        public String words() {
            return "fresh-cluster " + cluster;
        }

        @Override
        public boolean possible(Model now) {
            return !now.clusters().contains(cluster);
        }

        @Override
        public Model after(Model now) {
            return now.made(cluster);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.freshCluster(cluster);
            return List.of();
        }
    }

    /** A cluster is gone. @param stranded whether its machines stay, with the disks that they hold */
    record LoseCluster(String cluster, boolean stranded) implements Act {

        @Override
        public String words() {
            return (stranded ? "strand-cluster " : "lose-cluster ") + cluster;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusters().contains(cluster);
        }

        @Override
        public Model after(Model now) {
            return now.lost(cluster);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.loseCluster(cluster, stranded);
            return List.of();
        }
    }

    /** The node dies on which the selected stack's server runs. */
    record LoseNode() implements Act {

        @Override
        public String words() {
            return "lose-node";
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns();
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.loseNode(now.cluster());
            return List.of();
        }
    }

    /** Something of the selected stack is deleted in its cluster by hand. */
    record Delete(Thing thing) implements Act {

        @Override
        public String words() {
            return "delete " + word(thing);
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && now.wasUp();
        }

        @Override
        public List<String> first(Model now) {
            return now.handMade().isEmpty() ? List.of() : List.of(ByHand.retainAll(now.cluster()));
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.delete(thing, now.cluster(), now.config("namespace", "skypilot"),
                    now.config("release", "skypilot"));
            return List.of();
        }
    }

    /**
     * Somebody installs the chart with Helm on the disk, on a volume of policy Delete.
     *
     * @param replicas how many servers it has, unless one runs on the disk already
     */
    record HelmInstall(String release, String namespace, int replicas) implements Act {

        @Override
        public String words() {
            return "helm-install " + release + " " + namespace + " " + replicas;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && !now.hasByHand(namespace + "/" + release);
        }

        @Override
        public Model after(Model now) {
            return now.madeByHand(namespace + "/" + release).madeByHand(ByHand.volume(namespace, release));
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return new ByHand(theatre, now).install(release, namespace, replicas);
        }
    }

    /** A release that was installed by hand is uninstalled. */
    record HelmUninstall(String release, String namespace) implements Act {

        @Override
        public String words() {
            return "helm-uninstall " + release + " " + namespace;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && now.hasByHand(namespace + "/" + release);
        }

        @Override
        public Model after(Model now) {
            return now.uninstalled(namespace + "/" + release);
        }

        @Override
        public List<String> first(Model now) {
            return List.of(ByHand.retainAll(now.cluster()));
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.run(ByHand.uninstall(now.cluster(), namespace, release)));
        }
    }

    /**
     * Somebody makes a volume of policy Delete on the disk.
     *
     * @param claim the claim that holds it, which no pod uses; {@code unbound} for none
     */
    record VolumeByHand(String claim) implements Act {

        private static final String UNBOUND = "unbound";

        @Override
        public String words() {
            return "volume-by-hand " + claim;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && now.wasUp() && !now.hasByHand(name());
        }

        @Override
        public Model after(Model now) {
            return now.madeByHand(name());
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            new ByHand(theatre, now).makeVolume(name(), claim.equals(UNBOUND) ? "" : claim);
            return List.of();
        }

        private String name() {
            return "pvc-" + claim;
        }
    }

    /**
     * Somebody sets a volume's reclaim policy to Delete.
     *
     * @param volume the stack's own, or one that was made by hand
     */
    record PolicyDelete(String volume) implements Act {

        @Override
        public String words() {
            return "policy-delete " + volume;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && (volume.equals(ByHand.OWN) ? now.wasUp() : now.hasByHand(volume));
        }

        @Override
        public Model after(Model now) {
            return now.madeByHand(volume);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return new ByHand(theatre, now).setToDelete(volume);
        }
    }

    /** The disk is made larger in the cloud console. @param sizeGib GiB */
    record GrowByHand(long sizeGib) implements Act {

        @Override
        public String words() {
            return "grow-by-hand " + sizeGib;
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            theatre.growDisk(Model.DISK, sizeGib);
            return List.of();
        }
    }

    /** The engine is killed. @param writes how often it has written the state by then */
    record Kill(Verb verb, int writes) implements OfEngine {

        @Override
        public String words() {
            return "kill " + verb.word() + " " + writes;
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.killed(verb.line(), writes));
        }
    }

    /** A part of the cluster crashes while the engine is at work, and comes back. */
    record Crash(Part part, Verb verb, int writes) implements OfEngine {

        @Override
        public String words() {
            return "crash " + word(part) + " " + verb.word() + " " + writes;
        }

        @Override
        public boolean possible(Model now) {
            return now.clusterRuns() && OfEngine.super.possible(now);
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.crashing(verb.line(), writes, part, now.cluster()));
        }
    }

    /** The engine's machine has no room left. */
    record Cramped(Verb verb) implements OfEngine {

        @Override
        public String words() {
            return "cramped " + verb.word();
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.cramped(verb.line()));
        }
    }

    /** Two operators do the same at once. */
    record Together(Verb verb) implements OfEngine {

        @Override
        public String words() {
            return "together " + verb.word();
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return theatre.together(verb.line());
        }
    }

    /**
     * Google refuses some calls meanwhile.
     *
     * @param permission what the calls need, as in {@code compute.disks.create}
     * @param times      how many are refused
     */
    record Faulty(Verb verb, String permission, Fault fault, int times) implements OfEngine {

        @Override
        public String words() {
            return "faulty " + verb.word() + " " + permission + " " + word(fault) + " " + times;
        }

        @Override
        public List<Outcome> play(Theatre theatre, Model now) {
            return List.of(theatre.faulty(verb.line(), permission, fault, times));
        }
    }

    /** A life in words. */
    static String words(List<Act> acts) {
        return acts.stream().map(Act::words).collect(Collectors.joining(", "));
    }

    /** The life of these words. */
    static List<Act> parseAll(String words) {
        return Arrays.stream(words.split(",")).map(String::strip).filter(act -> !act.isEmpty()).map(Act::parse)
                .toList();
    }

    /** The act of these words. @throws IllegalArgumentException if there is none */
    static Act parse(String words) {
        var word = words.split(" ");
        try {
            return switch (word[0]) {
                case "up", "preview", "refresh", "destroy" -> new Run(Verb.of(word[0]));
                case "set" -> new Configure(word[1], word[2]);
                case "rm" -> new Unset(word[1]);
                case "new-stack" -> new NewStack(word[1], word[2]);
                case "select" -> new Select(word[1]);
                case "fresh-cluster" -> new FreshCluster(word[1]);
                case "lose-cluster" -> new LoseCluster(word[1], false);
                case "strand-cluster" -> new LoseCluster(word[1], true);
                case "lose-node" -> new LoseNode();
                case "delete" -> new Delete(Thing.valueOf(constant(word[1])));
                case "helm-install" -> new HelmInstall(word[1], word[2], Integer.parseInt(word[3]));
                case "helm-uninstall" -> new HelmUninstall(word[1], word[2]);
                case "volume-by-hand" -> new VolumeByHand(word[1]);
                case "policy-delete" -> new PolicyDelete(word[1]);
                case "grow-by-hand" -> new GrowByHand(Long.parseLong(word[1]));
                case "kill" -> new Kill(Verb.of(word[1]), Integer.parseInt(word[2]));
                case "crash" -> new Crash(Part.valueOf(constant(word[1])), Verb.of(word[2]), Integer.parseInt(word[3]));
                case "cramped" -> new Cramped(Verb.of(word[1]));
                case "together" -> new Together(Verb.of(word[1]));
                case "faulty" -> new Faulty(Verb.of(word[1]), word[2], Fault.valueOf(constant(word[3])),
                        Integer.parseInt(word[4]));
                default -> throw new IllegalArgumentException("there is no act " + words);
            };
        } catch (ArrayIndexOutOfBoundsException tooShort) {
            throw new IllegalArgumentException("the act lacks a word: " + words, tooShort);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
