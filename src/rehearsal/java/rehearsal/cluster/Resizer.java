package rehearsal.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import rehearsal.cluster.CsiDriver.Refused;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Grows volumes as the external-resizer beside a disk driver does, once a claim asks for more than it has: the disk,
 * unless that is as large already, then the PersistentVolume's capacity; the filesystem is the {@link Kubelet}'s. It
 * looks at the volume's driver only: whether a claim may ask for more is for the API server to say, by the
 * StorageClass.
 */
final class Resizer {

    private static final String PENDING = "FileSystemResizePending";
    private static final String FAILED = "ControllerResizeError";
    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

    private final KubernetesClient client;
    private final View view;
    private final CsiDriver driver;
    /** The claims, by uid, whose volume this has grown. One whose capacity somebody else raised is left at that. */
    private final Set<String> grown = new HashSet<>();

    Resizer(KubernetesClient client, View view, CsiDriver driver) {
        this.client = client;
        this.view = view;
        this.driver = driver;
    }

    /** Brings every claim forward that asks for more than it has. */
    void pass() {
        for (var claim : view.claims()) {
            volumeToGrow(claim).ifPresent(volume -> {
                if (gib(volume.getSpec().getCapacity()) < gib(claim.getSpec().getResources().getRequests())) {
                    grow(claim, volume);
                } else if (grown.contains(claim.getMetadata().getUid())) {
                    condition(claim, PENDING,
                            "Waiting for user to (re-)start a pod to finish file system resize of volume on node.");
                }
            });
        }
    }

    /** Whether the node has the filesystem to grow. */
    static boolean awaitsNode(PersistentVolumeClaim claim) {
        return asksForMore(claim) && has(claim, PENDING);
    }

    /** After the filesystem has grown: the claim has what its volume has. */
    static void finish(KubernetesClient client, PersistentVolumeClaim claim, PersistentVolume volume) {
        editStatus(client, claim, edited -> {
            edited.getStatus().setCapacity(Map.of("storage", volume.getSpec().getCapacity().get("storage")));
            edited.getStatus().setConditions(List.of());
        });
    }

    private Optional<PersistentVolume> volumeToGrow(PersistentVolumeClaim claim) {
        return Optional.of(claim).filter(Resizer::asksForMore)
                .flatMap(found -> view.volume(found.getSpec().getVolumeName()))
                .filter(volume -> volume.getSpec().getCsi() != null
                        && driver.name().equals(volume.getSpec().getCsi().getDriver()))
                .filter(volume -> volume.getSpec().getClaimRef() != null
                        && claim.getMetadata().getUid().equals(volume.getSpec().getClaimRef().getUid()));
    }

    private static boolean asksForMore(PersistentVolumeClaim claim) {
        return "Bound".equals(claim.getStatus().getPhase()) && claim.getMetadata().getDeletionTimestamp() == null
                && gib(claim.getStatus().getCapacity()) < gib(claim.getSpec().getResources().getRequests());
    }

    private void grow(PersistentVolumeClaim claim, PersistentVolume volume) {
        var asked = claim.getSpec().getResources().getRequests().get("storage");
        try {
            driver.expand(volume.getSpec().getCsi().getVolumeHandle(), gib(Map.of("storage", asked)));
        } catch (Refused refused) {
            condition(claim, FAILED,
                    "resize volume \"" + volume.getMetadata().getName() + "\" by resizer \"" + driver.name()
                            + "\" failed: " + refused.getMessage());
            return;
        }
        try {
            var larger = Serialization.clone(volume);
            larger.getSpec().setCapacity(Map.of("storage", asked));
            client.resource(larger).lockResourceVersion().update();
            grown.add(claim.getMetadata().getUid());
        } catch (KubernetesClientException refused) {
            // The view lags behind: the next pass sees it as it is.
            if (refused.getCode() != 409 && refused.getCode() != 404) {
                throw refused;
            }
        }
    }

    private void condition(PersistentVolumeClaim claim, String type, String message) {
        if (!has(claim, type)) {
            var condition =
                    new PersistentVolumeClaimConditionBuilder().withType(type).withStatus("True").withMessage(message)
                            .withLastTransitionTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).build();
            editStatus(client, claim, edited -> edited.getStatus().setConditions(List.of(condition)));
        }
    }

    private static boolean has(PersistentVolumeClaim claim, String type) {
        return claim.getStatus().getConditions().stream().anyMatch(condition -> condition.getType().equals(type));
    }

    private static void editStatus(KubernetesClient client, PersistentVolumeClaim claim,
                                   Consumer<PersistentVolumeClaim> edit) {
        try {
            client.resource(claim).editStatus(current -> {
                var edited = Serialization.clone(current);
                edit.accept(edited);
                return edited;
            });
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != 409 && refused.getCode() != 404) {
                throw refused;
            }
        }
    }

    /** Whole GiB, as Google counts. */
    private static long gib(Map<String, Quantity> resources) {
        return Optional.ofNullable(resources).map(found -> found.get("storage"))
                .map(storage -> storage.getNumericalAmount().divide(GIB, 0, RoundingMode.CEILING).longValueExact())
                .orElse(0L);
    }
}
