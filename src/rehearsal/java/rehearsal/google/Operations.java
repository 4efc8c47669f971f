package rehearsal.google;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The operations that writes are answered with. What a write changes is changed at once; only its DONE may wait. */
final class Operations {

    private record Entry(JsonObject resource, Instant doneAt) {
    }

    private final AtomicLong ids = new AtomicLong(System.currentTimeMillis() << 16);
    private final Map<String, Entry> byPath = new ConcurrentHashMap<>();
    private volatile Duration delay = Duration.ZERO;

    void delay(Duration delay) {
        this.delay = delay;
    }

    /**
     * Does the work and gives the operation that stands for it, which may have failed.
     *
     * @param place {@code projects/P/zones/Z}, {@code projects/P/regions/R} or {@code projects/P/global}
     */
    JsonObject run(String type, String place, String target, Runnable work) {
        var operation = new JsonObject();
        try {
            work.run();
        } catch (OperationError failed) {
            var item = new JsonObject();
            item.addProperty("code", failed.code);
            item.addProperty("message", failed.getMessage());
            var items = new JsonArray();
            items.add(item);
            var error = new JsonObject();
            error.add("errors", items);
            operation.add("error", error);
            operation.addProperty("httpErrorStatusCode", failed.status);
            operation.addProperty("httpErrorMessage", failed.phrase);
        }
        var id = ids.incrementAndGet();
        var path = place + "/operations/operation-" + id;
        operation.addProperty("kind", "compute#operation");
        operation.addProperty("id", Long.toString(id));
        operation.addProperty("name", "operation-" + id);
        if (place.contains("/regions/")) {
            operation.addProperty("region", Google.LINK + place);
        }
        if (place.contains("/zones/")) {
            operation.addProperty("zone", Google.LINK + place);
        }
        if (place.contains("/regions/")) {
            operation.addProperty("region", Google.LINK + place);
        }
        operation.addProperty("operationType", type);
        operation.addProperty("targetLink", Google.LINK + target);
        operation.addProperty("selfLink", Google.LINK + path);
        operation.addProperty("insertTime", Instant.now().toString());
        byPath.put(path, new Entry(operation, Instant.now().plus(delay)));
        return get(path);
    }

    /** The operation as it is now. */
    JsonObject get(String path) {
        var entry = byPath.get(path);
        if (entry == null) {
            throw ApiError.notFound(path);
        }
        var done = !Instant.now().isBefore(entry.doneAt());
        var now = entry.resource().deepCopy();
        now.addProperty("status", done ? "DONE" : "RUNNING");
        now.addProperty("progress", done ? 100 : 0);
        return now;
    }

    /** The operation once it is done. */
    JsonObject await(String path) {
        var entry = byPath.get(path);
        if (entry != null) {
            try {
                Thread.sleep(Math.max(0, Duration.between(Instant.now(), entry.doneAt()).toMillis() + 1));
            } catch (InterruptedException closing) {
                throw new ApiError(503, "backendError", "the rehearsal's Google is closing");
            }
        }
        return get(path);
    }
}
