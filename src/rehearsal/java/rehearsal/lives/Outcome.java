package rehearsal.lives;

import java.util.regex.Pattern;

/**
 * What a typed command came to.
 *
 * @param command  as it was typed
 * @param exitCode its exit code; of a killed one whatever it had then
 * @param killed   whether it was killed before it ended by itself
 * @param output   all it printed, standard error included
 */
public record Outcome(String command, int exitCode, boolean killed, String output) {

    private static final Pattern STACK = Pattern.compile("--stack (\\S+)");

    /** Whether it ended by itself and well. */
    public boolean good() {
        return !killed && exitCode == 0;
    }

    /** Whether it ran the engine to this end, as in {@code up}. */
    public boolean runs(String word) {
        return command.matches("(?s).*\\bpulumi " + word + "\\b.*");
    }

    /** The stack that it was for. @param selected the one that is selected */
    public String stack(String selected) {
        var named = STACK.matcher(command);
        return named.find() ? named.group(1) : selected;
    }

    /** Whether it could have changed what the stack has. */
    public boolean runsEngine() {
        return runs("up") || runs("destroy") || runs("refresh") || runs("preview");
    }
}
