package rehearsal.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** How the provider waits for an object (provider's awaiters.go; facts: 5 and 7). */
final class Awaits {

    /** The wait was in vain. */
    static final class TimedOut extends RuntimeException {

        private final Map<String, Object> live;

        TimedOut(String message, Map<String, Object> live) {
            super(message);
            this.live = live;
        }

        /** The object as last seen. */
        Map<String, Object> live() {
            return live;
        }
    }

    static final Duration READY = Duration.ofMinutes(5);
    static final Duration DELETED = Duration.ofMinutes(10);

    private final Api api;
    private final Pace pace;
    private final BooleanSupplier cancelled;

    /**
     * @param cancelled whether the user has cancelled the operation
     */
    Awaits(Api api, Pace pace, BooleanSupplier cancelled) {
        this.api = api;
        this.pace = pace;
        this.cancelled = cancelled;
    }

    /**
     * Waits until a new or changed object is ready: a PersistentVolume when Available or Bound, a claim when Bound or,
     * where its class waits for the first consumer, Pending. Other kinds are ready at once.
     *
     * @param custom the resource's customTimeouts in seconds, or 0
     * @return the object as last seen
     */
    Map<String, Object> ready(Map<String, Object> created, double custom) throws IOException {
        var live = created;
        var kind = Tree.text(live, "apiVersion") + "/" + Tree.text(live, "kind");
        if (!List.of("v1/PersistentVolume", "v1/PersistentVolumeClaim").contains(kind) || Metadata.skipAwait(created)) {
            return live;
        }
        var ref = Ref.of(created);
        var wanted = kind.equals("v1/PersistentVolume") ? List.of("Available", "Bound") : List.of(claimPhase(created));
        var deadline = System.nanoTime() + Metadata.timeout(created, custom, READY).toNanos();
        for (var looks = 1; !wanted.contains(Tree.text(live, "status", "phase")); looks++) {
            if (cancelled.getAsBoolean()) {
                throw new TimedOut("Resource operation was cancelled for '" + ref.name() + "'", live);
            }
            if (pace.over(deadline, looks)) {
                throw new TimedOut("Timeout occurred polling for '" + ref.name() + "'", live);
            }
            pace.pause();
            live = api.get(ref);
        }
        return live;
    }

    /**
     * Waits until the object is gone, ten minutes unless told otherwise.
     *
     * @throws TimedOut if it is still there, held by a finalizer as a rule
     */
    void deleted(Ref ref, Map<String, Object> inputs, double custom) throws IOException {
        var deadline = System.nanoTime() + Metadata.timeout(inputs, custom, DELETED).toNanos();
        var looks = 1;
        for (var live = find(ref); live.isPresent() && !Metadata.skipAwait(inputs); live = find(ref)) {
            if (cancelled.getAsBoolean()) {
                throw new TimedOut("Resource operation was cancelled for \"" + ref.name() + "\"", live.get());
            }
            if (pace.over(deadline, looks++)) {
                throw new TimedOut("timed out waiting for the condition", live.get());
            }
            pace.pause();
        }
    }

    private String claimPhase(Map<String, Object> claim) throws IOException {
        var storageClass = Tree.text(claim, "spec", "storageClassName");
        var mode = storageClass.isEmpty() ? "" : find(new Ref("storage.k8s.io/v1", "StorageClass", "", storageClass))
                .map(found -> Tree.text(found, "volumeBindingMode")).orElse("");
        return mode.equals("WaitForFirstConsumer") ? "Pending" : "Bound";
    }

    private Optional<Map<String, Object>> find(Ref ref) throws IOException {
        try {
            return Optional.of(api.get(ref));
        } catch (ApiException refused) {
            if (refused.notFound()) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
