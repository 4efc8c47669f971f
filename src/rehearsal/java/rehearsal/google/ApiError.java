package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/**
 * A refusal of the API: an HTTP status, Google's reason for it ({@code notFound}, {@code forbidden}, …) and a message.
 */
final class ApiError extends RuntimeException {

    final int status;
    final String reason;

    ApiError(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    static ApiError notFound(String resource) {
        return new ApiError(404, "notFound", "The resource '" + resource + "' was not found");
    }

    /** The caller lacks a permission. */
    static ApiError denied(String permission, String resource) {
        return new ApiError(403, "forbidden", "Required '" + permission + "' permission for '" + resource + "'");
    }

    static ApiError badRequest(String reason, String message) {
        return new ApiError(400, reason, message);
    }

    static ApiError invalid(String field, String value, String why) {
        return badRequest("invalid", "Invalid value for field '" + field + "': '" + value + "'. " + why);
    }

    /** Says that this stand-in doesn't do what real Google does: never a made-up success. */
    static ApiError notRehearsed(String what) {
        return new ApiError(501, "notImplemented", "the rehearsal's stand-in for Google has no " + what);
    }

    /** The body that Google sends. */
    JsonObject body() {
        var item = new JsonObject();
        item.addProperty("message", getMessage());
        item.addProperty("domain", status == 403 && reason.equals("accessNotConfigured") ? "usageLimits" : "global");
        item.addProperty("reason", reason);
        var items = new JsonArray();
        items.add(item);
        var error = new JsonObject();
        error.addProperty("code", status);
        error.addProperty("message", getMessage());
        error.add("errors", items);
        var body = new JsonObject();
        body.add("error", error);
        return body;
    }
}
