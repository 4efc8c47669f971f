package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Cloud SQL's API, as far as the gcp provider asks it for PostgreSQL instances (read in the provider's source and the API's reference). All instances are one real
 * PostgreSQL: like a cluster it doesn't outlive its process, so they are kept in no file.
 */
final class SqlInstances {

    private static final String INSTANCES = "sql/v1beta4/projects/*/instances";
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,96}[a-z0-9])?");

    private final Map<String, JsonObject> byId = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> users = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> databases = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Faults faults;
    private volatile SqlServer server;

    SqlInstances(Faults faults) {
        this.faults = faults;
    }

    void serve(SqlServer server) {
        this.server = server;
    }

    Optional<JsonObject> find(String project, String name) {
        return Optional.ofNullable(byId.get(id(project, name)));
    }

    /** Answers a call. */
    JsonObject answer(Call call) {
        if (call.is("POST", INSTANCES)) {
            return insert(call, call.at(3));
        }
        var id = call.segments().size() > 5 ? id(call.at(3), call.at(5)) : "";
        faults.check(call, permission(call), id);
        var instance = Optional.ofNullable(byId.get(id)).orElseThrow(() -> new ApiError(404, "instanceDoesNotExist", "The Cloud SQL instance does not exist."));
        if (call.is("GET", INSTANCES + "/*")) {
            return instance;
        }
        if (call.is("PATCH", INSTANCES + "/*")) {
            call.body().getAsJsonObject("settings").entrySet().forEach(entry -> instance.getAsJsonObject("settings").add(entry.getKey(), entry.getValue()));
            return done();
        }
        if (call.is("DELETE", INSTANCES + "/*")) {
            return delete(id, instance);
        }
        if (call.is("GET", INSTANCES + "/*/users")) {
            return names(users.get(id));
        }
        if (call.is("POST", INSTANCES + "/*/users") || call.is("PUT", INSTANCES + "/*/users")) {
            server.user(Json.text(call.body(), "name", ""), Json.text(call.body(), "password", ""));
            users.get(id).add(Json.text(call.body(), "name", ""));
            return done();
        }
        if (call.is("GET", INSTANCES + "/*/databases/*")) {
            if (!databases.get(id).contains(call.at(7))) {
                throw new ApiError(404, "databaseDoesNotExist", "Not found: database " + call.at(7));
            }
            return named(call.at(7));
        }
        if (call.is("POST", INSTANCES + "/*/databases")) {
            server.database(Json.text(call.body(), "name", ""));
            databases.get(id).add(Json.text(call.body(), "name", ""));
            return done();
        }
        throw ApiError.notRehearsed("call " + call.method() + " " + call.path() + " of Cloud SQL's API");
    }

    private JsonObject insert(Call call, String project) {
        var body = call.body();
        var name = Json.text(body, "name", "");
        var id = id(project, name);
        faults.check(call, "cloudsql.instances.create", id);
        if (!NAME.matcher(name).matches()) {
            throw ApiError.invalid("name", name, "It is no instance id.");
        }
        if (byId.containsKey(id) || deleted.contains(id)) {
            throw new ApiError(409, "instanceAlreadyExists", "The Cloud SQL instance already exists. When you delete an instance, you can't reuse the name of the deleted"
                    + " instance until one week from the deletion date.");
        }
        if (server == null) {
            throw ApiError.notRehearsed("PostgreSQL for Cloud SQL in this world");
        }
        var address = new JsonObject();
        address.addProperty("type", "PRIVATE");
        address.addProperty("ipAddress", server.address());
        var addresses = new JsonArray();
        addresses.add(address);
        var instance = body.deepCopy();
        instance.add("ipAddresses", addresses);
        instance.addProperty("project", project);
        instance.addProperty("state", "RUNNABLE");
        instance.addProperty("connectionName", project + ":" + Json.text(body, "region", "") + ":" + name);
        instance.addProperty("selfLink", "https://sqladmin.googleapis.com/sql/v1beta4/" + id);
        users.put(id, ConcurrentHashMap.newKeySet());
        databases.put(id, ConcurrentHashMap.newKeySet());
        byId.put(id, instance);
        return done();
    }

    private JsonObject delete(String id, JsonObject instance) {
        var isProtected = instance.getAsJsonObject("settings").get("deletionProtectionEnabled");
        if (isProtected != null && isProtected.getAsBoolean()) {
            throw ApiError.badRequest("invalidRequest", "The instance is protected. Please disable the deletion protection and try again.");
        }
        databases.remove(id).forEach(server::drop);
        users.remove(id);
        byId.remove(id);
        deleted.add(id);
        return done();
    }

    private static JsonObject names(Set<String> names) {
        return Google.items("sql#list", names.stream().map(SqlInstances::named).toList());
    }

    private static JsonObject named(String name) {
        var item = new JsonObject();
        item.addProperty("name", name);
        return item;
    }

    /** Which permission a call for an instance that there is, or for what is in it, needs. */
    private static String permission(Call call) {
        var kind = call.segments().size() > 6 ? call.at(6) : "instances";
        return "cloudsql." + kind + "." + switch (call.method()) {
            case "GET" -> call.is("GET", INSTANCES + "/*/users") ? "list" : "get";
            case "POST" -> "create";
            case "DELETE" -> "delete";
            default -> "update";
        };
    }

    /** What a write changes is changed at once. */
    private static JsonObject done() {
        var operation = new JsonObject();
        operation.addProperty("kind", "sql#operation");
        operation.addProperty("status", "DONE");
        return operation;
    }

    private static String id(String project, String name) {
        return "projects/" + project + "/instances/" + name;
    }
}
