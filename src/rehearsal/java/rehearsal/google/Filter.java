package rehearsal.google;

import com.google.gson.JsonObject;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A list's {@code filter}: {@code labels.KEY=VALUE}, {@code labels.KEY:*} and {@code name=NAME}, joined by AND or by
 * spaces.
 */
record Filter(List<Term> terms) {

    private static final Pattern TERM = Pattern.compile("(name|labels\\.[^=:]+?)\\s*(=|:)\\s*\"?([^\"]*?)\"?");

    record Term(String field, boolean any, String value) {
        boolean accepts(JsonObject resource) {
            var actual = field.equals("name") ? Json.text(resource, "name", null)
                    : Json.strings(resource, "labels").get(field.substring("labels.".length()));
            return actual != null && (any || actual.equals(value));
        }
    }

    static Filter parse(String text) {
        if (text == null || text.isBlank()) {
            return new Filter(List.of());
        }
        return new Filter(
                Arrays.stream(text.replaceAll("[()]", " ").trim().split("\\s+AND\\s+|\\s+(?![=:])(?<![=:]\\s)"))
                        .map(term -> term(text, term.trim())).toList());
    }

    private static Term term(String whole, String text) {
        var match = TERM.matcher(text);
        if (!match.matches()) {
            throw ApiError.invalid("filter", whole, "Invalid list filter expression.");
        }
        var has = match.group(2).equals(":");
        if (has && !match.group(3).equals("*")) {
            throw ApiError.notRehearsed("filter with ':' but ':*', as in '" + text + "'");
        }
        return new Term(match.group(1), has, match.group(3));
    }

    boolean accepts(JsonObject resource) {
        return terms.stream().allMatch(term -> term.accepts(resource));
    }
}
