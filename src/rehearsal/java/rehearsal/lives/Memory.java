package rehearsal.lives;

import rehearsal.lives.Sight.Disk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What was seen and done so far in a life: by it the invariants tell what must still be there. */
public final class Memory {

    private final Map<String, Disk> disks = new HashMap<>();
    private final Map<String, List<String>> lines = new HashMap<>();
    private final Map<String, String> ups = new HashMap<>();
    private final Set<String> armed = new HashSet<>();
    private final Set<String> passwords = new TreeSet<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    /** The disks that there were when they were last looked at. */
    Map<String, Disk> disks() {
        return Map.copyOf(disks);
    }

    /** What servers wrote to a disk. */
    List<String> lines(String disk) {
        return List.copyOf(lines.getOrDefault(disk, List.of()));
    }

    /** The disk on which the stack's last good up left its server, until a good destroy. */
    Optional<String> diskOf(String stack) {
        return Optional.ofNullable(ups.get(stack));
    }

    /**
     * Whether a destroy of the stack may delete the disk: an up was begun with {@code deleteDisk}, and none ended well
     * without it since.
     */
    boolean mayDelete(String stack) {
        return armed.contains(stack);
    }

    /** All passwords that were ever set. */
    Set<String> passwords() {
        return Set.copyOf(passwords);
    }

    /** What each engine run came to, oldest first. */
    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** The server wrote a line. */
    void wrote(String disk, String line) {
        lines.computeIfAbsent(disk, path -> new ArrayList<>()).add(line);
    }

    /** This has been said. */
    void said(Model now) {
        now.stacks().values().forEach(config -> passwords.add(Model.password(config.get("authPassword"))));
    }

    /** It has ended, and the invariants held. */
    void ended(Model now, List<Outcome> ended, Sight sight) {
        outcomes.addAll(ended);
        for (var outcome : ended) {
            var up = outcome.runs("up");
            if (up && now.config().containsKey("deleteDisk")) {
                armed.add(now.at());
            } else if (up && outcome.good()) {
                armed.remove(now.at());
            }
            if (up && outcome.good()) {
                ups.put(now.at(), now.disk());
            }
            if (outcome.good() && outcome.runs("destroy")) {
                ups.remove(outcome.stack(now.at()));
            }
        }
        disks.clear();
        sight.disks().forEach(disk -> disks.put(disk.path(), disk));
        lines.keySet().retainAll(disks.keySet());
    }
}
