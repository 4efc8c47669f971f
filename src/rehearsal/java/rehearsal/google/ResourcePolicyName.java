package rehearsal.google;

import java.util.Optional;

/** Where a resource policy (a snapshot schedule) is. Its {@link #path} is the provider's id of it. */
public record ResourcePolicyName(String project, String region, String name) {

    /** The policy at {@code [.../]projects/P/regions/R/resourcePolicies/N}, or empty for any other text. */
    public static Optional<ResourcePolicyName> parse(String text) {
        var part = text.substring(Math.max(0, text.indexOf("projects/"))).split("/", -1);
        var fits = part.length == 6 && part[0].equals("projects") && part[2].equals("regions")
                && part[4].equals("resourcePolicies")
                && !part[1].isEmpty() && !part[3].isEmpty() && !part[5].isEmpty();
        return fits ? Optional.of(new ResourcePolicyName(part[1], part[3], part[5])) : Optional.empty();
    }

    /** {@code projects/P/regions/R/resourcePolicies/N}. */
    public String path() {
        return "projects/" + project + "/regions/" + region + "/resourcePolicies/" + name;
    }
}
