package rehearsal.lives;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What has to hold after each act of a life, told from what disk, clusters and files hold. One that doesn't is
 * {@link Broken} by its name.
 */
public final class Invariants {

    private static final Pattern COMMAND = Pattern.compile(
            "\\b(pulumi (up|config|cancel|destroy|state|refresh)|kubectl --|gcloud compute|helm (uninstall|--))\\b");
    private static final String HASH = "$apr1$";

    private final List<Pattern> documented;

    /** @param documented the messages that the runbook's table has */
    public Invariants(List<Pattern> documented) {
        this.documented = List.copyOf(documented);
    }

    /**
     * Checks all of them.
     *
     * @param now      what has been said, this act included
     * @param before   what was there before
     * @param outcomes what the act's engine runs came to
     * @param after    what is there now
     */
    public void check(Model now, Memory before, List<Outcome> outcomes, Sight after) {
        diskIsKept(now, before, outcomes, after);
        bytesAreKept(before, after);
        oneServerWrites(after);
        secretsAreKept(before, after);
        upLeavesTheServerOnItsDisk(now, before, outcomes, after);
        upRetains(now, outcomes, after);
        failureNamesACommand(outcomes);
    }

    /** The disk is never deleted, made anew or made smaller, but by the destroy of a stack that was told to. */
    void diskIsKept(Model now, Memory before, List<Outcome> outcomes, Sight after) {
        var may = outcomes.stream()
                .anyMatch(outcome -> outcome.runs("destroy") && before.mayDelete(outcome.stack(now.at())));
        before.disks().forEach((path, was) -> {
            var is = after.disks().stream().filter(disk -> disk.path().equals(path)).findFirst();
            if (is.isEmpty() && !may) {
                throw new Broken("disk-kept", "the disk " + path + " is gone");
            }
            is.ifPresent(disk -> {
                if (!disk.born().equals(was.born())) {
                    throw new Broken("disk-kept", "the disk " + path + " is another one now");
                }
                if (disk.sizeGib() < was.sizeGib()) {
                    throw new Broken("disk-kept",
                            "the disk " + path + " had " + was.sizeGib() + " GiB and has " + disk.sizeGib());
                }
            });
        });
    }

    /** What servers wrote is on the disk. */
    void bytesAreKept(Memory before, Sight after) {
        after.disks().forEach(disk -> before.lines(disk.path()).stream().filter(line -> !disk.bytes().contains(line))
                .findFirst().ifPresent(line -> {
                    throw new Broken("bytes-kept", "not on the disk " + disk.path() + ": " + line);
                }));
    }

    /** At most one machine, and one server, writes to a disk. */
    void oneServerWrites(Sight after) {
        after.disks().stream().filter(disk -> disk.holders().size() > 1).findFirst().ifPresent(disk -> {
            throw new Broken("one-writer", "the disk " + disk.path() + " is held by " + disk.holders());
        });
        after.servers().stream().collect(Collectors.groupingBy(Sight.Running::disk)).forEach((disk, servers) -> {
            if (servers.size() > 1) {
                throw new Broken("one-writer", "on the disk " + disk + " run " + servers);
            }
        });
    }

    /** No password, nor what it is hashed to, is readable. */
    void secretsAreKept(Memory before, Sight after) {
        var inBase64 = Base64.getEncoder().encodeToString(("skypilot:" + HASH).getBytes(StandardCharsets.UTF_8));
        after.readable().forEach((where, text) -> {
            if (text.contains(HASH) || text.contains(inBase64)
                    || before.passwords().stream().anyMatch(text::contains)) {
                throw new Broken("secrets-kept", "a password or its hash is readable in " + where);
            }
        });
    }

    /**
     * An up that ended well left one server, in the cluster and namespace of the config, on the disk of the config,
     * which is the one the stack had.
     */
    void upLeavesTheServerOnItsDisk(Model now, Memory before, List<Outcome> outcomes, Sight after) {
        if (outcomes.stream().noneMatch(outcome -> outcome.good() && outcome.runs("up"))) {
            return;
        }
        before.diskOf(now.at()).filter(disk -> !disk.equals(now.disk())).ifPresent(disk -> {
            throw new Broken("up-runs", "up ended well, and left the stack's disk " + disk + " behind");
        });
        var server = after.servers().stream().filter(running -> running.cluster().equals(now.cluster())
                && running.namespace().equals(now.config("namespace", "skypilot")) && running.disk().equals(now.disk()))
                .findFirst();
        if (server.isEmpty()) {
            throw new Broken("up-runs", "up ended well, and no server runs in " + now.cluster() + " on " + now.disk()
                    + ", but " + after.servers());
        }
        before.lines(now.disk()).stream().filter(line -> !server.get().state().contains(line)).findFirst()
                .ifPresent(line -> {
                    throw new Broken("up-runs", "the server does not read: " + line);
                });
    }

    /** An up that ended well left no volume in its cluster that would take the disk along. */
    void upRetains(Model now, List<Outcome> outcomes, Sight after) {
        if (outcomes.stream().anyMatch(outcome -> outcome.good() && outcome.runs("up"))) {
            after.volumes().stream().filter(volume -> volume.cluster().equals(now.cluster())
                    && volume.disk().equals(now.disk()) && !volume.policy().equals("Retain")).findFirst()
                    .ifPresent(lost -> {
                        throw new Broken("up-retains",
                                "up ended well, and the disk would go with the claim of " + lost);
                    });
        }
    }

    /** A run that failed names a command, or has a message of the runbook's table. */
    void failureNamesACommand(List<Outcome> outcomes) {
        outcomes.stream().filter(outcome -> outcome.runsEngine() && !outcome.killed() && !outcome.good()
                && !COMMAND.matcher(outcome.output()).find()
                && documented.stream().noneMatch(message -> message.matcher(outcome.output()).find()))
                .findFirst().ifPresent(outcome -> {
                    throw new Broken("failure-names-command",
                            outcome.command() + " failed, and says no command:\n" + outcome.output());
                });
    }
}
