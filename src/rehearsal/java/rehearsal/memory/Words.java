package rehearsal.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line of one simple command, as a shell would take it apart: words, quotes, and variables that are set for
 * it alone.
 *
 * @param variables those set in front of it
 * @param words     the command and its arguments
 */
record Words(Map<String, String> variables, List<String> words) {

    /** The command of a line; empty if the line is more than that, which takes a shell. */
    static Optional<Words> of(String line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        var quote = ' ';
        var begun = false;
        for (var at : line.strip().toCharArray()) {
            if (quote != ' ') {
                if (at == quote) {
                    quote = ' ';
                } else if (quote == '"' && (at == '$' || at == '`' || at == '\\')) {
                    return Optional.empty();
                } else {
                    word.append(at);
                }
            } else if (at == '\'' || at == '"') {
                quote = at;
                begun = true;
            } else if (at == ' ') {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
            } else if (at == '#' && !begun) {
                return Optional.of(split(words));
            } else if ("$`\\|&;<>(){}*?~\n".indexOf(at) >= 0) {
                return Optional.empty();
            } else {
                word.append(at);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return quote == ' ' ? Optional.of(split(words)) : Optional.empty();
    }

    /** Whether it runs this command. */
    boolean runs(String command) {
        return !words.isEmpty() && words.get(0).equals(command);
    }

    private static Words split(List<String> all) {
        var variables = new LinkedHashMap<String, String>();
        var words = new ArrayList<String>();
        for (var word : all) {
            var equals = word.indexOf('=');
            if (words.isEmpty() && equals > 0 && word.substring(0, equals).matches("[A-Z_][A-Z0-9_]*")) {
                variables.put(word.substring(0, equals), word.substring(equals + 1));
            } else {
                words.add(word);
            }
        }
        return new Words(variables, List.copyOf(words));
    }
}
