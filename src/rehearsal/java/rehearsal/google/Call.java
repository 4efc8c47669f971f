package rehearsal.google;

import com.google.gson.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request, taken apart.
 *
 * @param segments the path after {@code /compute/v1/}
 * @param body     empty where none was sent
 * @param role     what its caller is allowed; empty if everything
 */
record Call(String method, List<String> segments, Map<String, String> query, JsonObject body, Optional<Role> role) {

    /** Whether method and path fit; {@code *} in the pattern stands for any one segment. */
    boolean is(String method, String pattern) {
        var parts = pattern.split("/");
        if (!this.method.equals(method) || parts.length != segments.size()) {
            return false;
        }
        for (var i = 0; i < parts.length; i++) {
            if (!parts[i].equals("*") && !parts[i].equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    String at(int index) {
        return segments.get(index);
    }

    String path() {
        return String.join("/", segments);
    }
}
