package rehearsal.google;

import java.util.Optional;

/** Where a snapshot is: it belongs to a project, not to a zone. Its {@link #path} is the provider's id of it. */
public record SnapshotName(String project, String name) {

    /**
     * The snapshot at {@code [.../]projects/P/global/snapshots/S}, or of the bare name {@code S} in this project; empty
     * for any other text.
     */
    public static Optional<SnapshotName> parse(String text, String project) {
        var path = text.substring(Math.max(0, text.indexOf("projects/")));
        var part = path.split("/", -1);
        if (part.length == 1 && !text.isEmpty()) {
            return Optional.of(new SnapshotName(project, text));
        }
        var fits = part.length == 5 && part[0].equals("projects") && part[2].equals("global")
                && part[3].equals("snapshots")
                && !part[1].isEmpty() && !part[4].isEmpty();
        return fits ? Optional.of(new SnapshotName(part[1], part[4])) : Optional.empty();
    }

    /** {@code projects/P/global/snapshots/S}. */
    public String path() {
        return "projects/" + project + "/global/snapshots/" + name;
    }
}
