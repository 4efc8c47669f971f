package rehearsal.lives;

import rehearsal.google.DiskName;
import rehearsal.google.Google;
import rehearsal.google.InstanceName;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The commands of gcloud's that messages name, and that change something. */
public final class Gcloud {

    private static final Pattern DELETE_INSTANCE =
            Pattern.compile("gcloud compute instances delete (\\S+) --project (\\S+) --zone (\\S+)");
    private static final Pattern REMOVE_LABEL =
            Pattern.compile("gcloud compute disks remove-labels (\\S+) --labels (\\S+) --project (\\S+) --zone (\\S+)");

    private Gcloud() {
    }

    /** Does what a command line says. */
    public static Outcome run(Google google, String command) {
        var instance = DELETE_INSTANCE.matcher(command);
        var label = REMOVE_LABEL.matcher(command);
        if (instance.find()) {
            google.console().deleteInstance(new InstanceName(instance.group(2), instance.group(3), instance.group(1)));
        } else if (label.find()) {
            var disk = new DiskName(label.group(3), label.group(4), label.group(1));
            var found = google.console().findDisk(disk).orElseThrow();
            var labels = google.disk(disk).orElseThrow().labels().entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(label.group(2)))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            google.console().setDiskLabels(disk, labels, found.get("labelFingerprint").getAsString());
        } else {
            return new Outcome(command, 127, false, "the theatre has no such gcloud command");
        }
        return new Outcome(command, 0, false, "");
    }
}
