package rehearsal.google;

import com.google.gson.JsonObject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client of Compute Engine's REST API (v1). Writes return when their operation is done. A refusal, or an operation
 * that fails, is a {@link ComputeException}; an endpoint out of reach an {@link UncheckedIOException}. 503 is retried
 * in silence for about half a minute, as Google's clients do (facts: G10). An operation is waited for twenty minutes,
 * as the official provider does unless it is told otherwise: {@link #within}.
 */
public final class ComputeClient {

    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int ATTEMPTS = 8;

    /** One for all: each has threads of its own that no one can end. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build();
    private final String endpoint;
    private final String token;
    private final Duration patience;

    /**
     * @param endpoint with {@code /compute/v1/} at its end
     * @param token    the access token sent with each request
     */
    public ComputeClient(String endpoint, String token) {
        this(endpoint.endsWith("/") ? endpoint : endpoint + "/", token, PATIENCE);
    }

    private ComputeClient(String endpoint, String token, Duration patience) {
        this.endpoint = endpoint;
        this.token = token;
        this.patience = patience;
    }

    /** The same, which waits this long for an operation. What Google has begun goes on all the same. */
    public ComputeClient within(Duration patience) {
        return new ComputeClient(endpoint, token, patience);
    }

    /** The disk resource as the API has it, or empty when there is none. */
    public Optional<JsonObject> findDisk(DiskName disk) {
        return find(disk.path());
    }

    /** Makes a disk. The body has at least {@code name}; {@code sizeGb} is a string. */
    public void insertDisk(String project, String location, JsonObject body) {
        operate("POST", new DiskName(project, location, "").place() + "/disks", body);
    }

    public void deleteDisk(DiskName disk) {
        operate("DELETE", disk.path(), null);
    }

    /** Grows a disk to this many GiB. */
    public void resizeDisk(DiskName disk, long sizeGb) {
        var body = new JsonObject();
        body.addProperty("sizeGb", Long.toString(sizeGb));
        operate("POST", disk.path() + "/resize", body);
    }

    /** Changes what is provisioned: {@code provisionedIops} or {@code provisionedThroughput}. */
    public void updateDisk(DiskName disk, String field, long value) {
        var body = new JsonObject();
        body.addProperty(field, Long.toString(value));
        operate("PATCH", disk.path() + "?paths=" + field, body);
    }

    /** Replaces all labels, if the fingerprint is that of the present ones. */
    public void setDiskLabels(DiskName disk, Map<String, String> labels, String fingerprint) {
        var body = new JsonObject();
        body.add("labels", Json.toJson(labels));
        body.addProperty("labelFingerprint", fingerprint);
        operate("POST", disk.path() + "/setLabels", body);
    }

    /** The disks of a zone or region. @param filter as in {@code labels.key=value}; empty for all */
    public List<JsonObject> disks(String project, String location, String filter) {
        return list(new DiskName(project, location, "").place() + "/disks", filter);
    }

    /** Takes a snapshot of a disk. */
    public void createSnapshot(DiskName disk, String snapshot) {
        var body = new JsonObject();
        body.addProperty("name", snapshot);
        operate("POST", disk.path() + "/createSnapshot", body);
    }

    /** The snapshot resource as the API has it, or empty when there is none. */
    public Optional<JsonObject> findSnapshot(SnapshotName snapshot) {
        return find(snapshot.path());
    }

    /** The snapshots of a project. @param filter as in {@code name=NAME}; empty for all */
    public List<JsonObject> snapshots(String project, String filter) {
        return list("projects/" + project + "/global/snapshots", filter);
    }

    public void deleteSnapshot(SnapshotName snapshot) {
        operate("DELETE", snapshot.path(), null);
    }

    /** The snapshot schedule as the API has it, or empty when there is none. */
    public Optional<JsonObject> findPolicy(ResourcePolicyName policy) {
        return find(policy.path());
    }

    /** Makes a snapshot schedule. The body has at least {@code name} and {@code snapshotSchedulePolicy}. */
    public void insertPolicy(String project, String region, JsonObject body) {
        operate("POST", "projects/" + project + "/regions/" + region + "/resourcePolicies", body);
    }

    /** Changes what the body names of a snapshot schedule. */
    public void patchPolicy(ResourcePolicyName policy, JsonObject body) {
        operate("PATCH", policy.path(), body);
    }

    public void deletePolicy(ResourcePolicyName policy) {
        operate("DELETE", policy.path(), null);
    }

    /** Attaches a snapshot schedule to a disk. */
    public void attachPolicy(DiskName disk, ResourcePolicyName policy) {
        operate("POST", disk.path() + "/addResourcePolicies", policies(policy));
    }

    /** Detaches a snapshot schedule from a disk. */
    public void detachPolicy(DiskName disk, ResourcePolicyName policy) {
        operate("POST", disk.path() + "/removeResourcePolicies", policies(policy));
    }

    private static JsonObject policies(ResourcePolicyName policy) {
        var body = new JsonObject();
        body.add("resourcePolicies", Json.toJson(List.of(policy.path())));
        return body;
    }

    /** The instance resource as the API has it, or empty when there is none. */
    public Optional<JsonObject> findInstance(InstanceName instance) {
        return find(instance.path());
    }

    /** Makes a machine without disks. */
    public void insertInstance(InstanceName instance) {
        var body = new JsonObject();
        body.addProperty("name", instance.name());
        operate("POST", "projects/" + instance.project() + "/zones/" + instance.zone() + "/instances", body);
    }

    /** Deletes a machine, which lets go of its disks. */
    public void deleteInstance(InstanceName instance) {
        operate("DELETE", instance.path(), null);
    }

    /** The machines of a zone. */
    public List<JsonObject> instances(String project, String zone) {
        return list("projects/" + project + "/zones/" + zone + "/instances", "");
    }

    /** Attaches the disk to the machine under a device name. */
    public void attachDisk(InstanceName instance, DiskName disk, String deviceName, boolean readOnly) {
        attachDisk(instance, disk, deviceName, readOnly, false);
    }

    /** The same. @param force takes a regional disk from the machine that has it */
    public void attachDisk(InstanceName instance, DiskName disk, String deviceName, boolean readOnly, boolean force) {
        var body = new JsonObject();
        body.addProperty("source", disk.path());
        body.addProperty("deviceName", deviceName);
        body.addProperty("mode", readOnly ? "READ_ONLY" : "READ_WRITE");
        operate("POST", instance.path() + "/attachDisk" + (force ? "?forceAttach=true" : ""), body);
    }

    /** Detaches what the machine has under this device name. */
    public void detachDisk(InstanceName instance, String deviceName) {
        operate("POST",
                instance.path() + "/detachDisk?deviceName=" + URLEncoder.encode(deviceName, StandardCharsets.UTF_8),
                null);
    }

    /** What is at this path below the endpoint. */
    public JsonObject get(String path) {
        return send("GET", path, null);
    }

    /** What is at this path below the endpoint, or empty when the answer is 404. */
    public Optional<JsonObject> find(String path) {
        try {
            return Optional.of(get(path));
        } catch (ComputeException e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<JsonObject> list(String path, String filter) {
        var answer =
                get(path + (filter.isEmpty() ? "" : "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8)));
        var items = new ArrayList<JsonObject>();
        Json.array(answer, "items").forEach(item -> items.add(item.getAsJsonObject()));
        return items;
    }

    /** Sends a write and waits until its operation is done: it asks at least once, as Google's clients do. */
    private void operate(String method, String path, JsonObject body) {
        var link = Json.text(send(method, path, body), "selfLink", "");
        var deadline = System.nanoTime() + patience.toNanos();
        var operation = get(link.substring(link.indexOf("projects/")));
        while (!Json.text(operation, "status", "").equals("DONE")) {
            if (System.nanoTime() > deadline) {
                var said = "timeout while waiting for state to become 'DONE' (last state: '"
                        + Json.text(operation, "status", "") + "', timeout: " + goDuration(patience) + ")";
                throw new ComputeException(504, "TIMEOUT", said, said);
            }
            pause(FIRST_PAUSE);
            operation = get(link.substring(link.indexOf("projects/")));
        }
        if (operation.has("error")) {
            var error = operation.getAsJsonObject("error").getAsJsonArray("errors").get(0).getAsJsonObject();
            var status = operation.has("httpErrorStatusCode") ? operation.get("httpErrorStatusCode").getAsInt() : 500;
            var code = Json.text(error, "code", "UNKNOWN");
            var said = Json.text(error, "message", "");
            throw new ComputeException(status, code, said, "googleapi: Error " + status + ": " + code + " - " + said);
        }
    }

    private JsonObject send(String method, String path, JsonObject body) {
        var request = HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                .method(method,
                        body == null ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.GSON.toJson(body)))
                .build();
        var pause = FIRST_PAUSE;
        for (var attempt = 1;; attempt++) {
            var response = exchange(request);
            if (response.statusCode() == 503 && attempt < ATTEMPTS) {
                pause(pause);
                pause = pause.multipliedBy(2);
            } else if (response.statusCode() / 100 == 2) {
                return Json.object(response.body());
            } else {
                throw refusal(response);
            }
        }
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no answer to " + request.method() + " " + request.uri() + ": is the endpoint right and up?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + request.uri(), e);
        }
    }

    private static ComputeException refusal(HttpResponse<String> response) {
        JsonObject error;
        try {
            error = Json.object(response.body()).getAsJsonObject("error");
        } catch (RuntimeException notJson) {
            error = null;
        }
        if (error == null) {
            return new ComputeException(response.statusCode(), "unknown", response.body(),
                    "googleapi: got HTTP response code " + response.statusCode() + " with body: " + response.body());
        }
        var said = Json.text(error, "message", "");
        var reason = Json.text(error.getAsJsonArray("errors").get(0).getAsJsonObject(), "reason", "unknown");
        return new ComputeException(response.statusCode(), reason, said,
                "googleapi: Error " + response.statusCode() + ": " + said + ", " + reason);
    }

    /** As Go prints one: 30s, 20m0s, 1h0m0s. */
    private static String goDuration(Duration duration) {
        return (duration.toHours() > 0 ? duration.toHours() + "h" : "")
                + (duration.toMinutes() > 0 ? duration.toMinutesPart() + "m" : "") + duration.toSecondsPart() + "s";
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Google", e);
        }
    }
}
