package rehearsal.google;

import io.fabric8.kubernetes.client.utils.Serialization;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The custom role that docs/rights.md has a user of the stack given, and what of it was used. */
final class Role {

    /** What {@code gcloud iam roles create --file} takes. */
    private record Definition(String title, String description, String stage, List<String> includedPermissions) {
    }

    private final Set<String> permissions;
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    private Role(Set<String> permissions) {
        this.permissions = permissions;
    }

    /** The role as docs/rights/google.yaml defines it. */
    static Role ofTheDocs() {
        try (var file = Role.class.getResourceAsStream("/rehearsal/rights/google.yaml")) {
            return new Role(Set.copyOf(Serialization.unmarshal(file, Definition.class).includedPermissions()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Refuses a call that needs a permission which the role hasn't. */
    void require(String permission, String resource) {
        if (!permissions.contains(permission)) {
            throw ApiError.denied(permission, resource);
        }
        used.add(permission);
    }

    Set<String> permissions() {
        return new TreeSet<>(permissions);
    }

    Set<String> used() {
        return new TreeSet<>(used);
    }
}
