package rehearsal.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Stands in for gke-gcloud-auth-plugin, which a kubeconfig names to log in to a GKE cluster with the user's access token. */
final class LoginPlugin {

    private LoginPlugin() {
    }

    /**
     * Puts it into a folder.
     *
     * @param bin   the folder
     * @param token the user's access token
     */
    static void install(Path bin, String token) throws IOException {
        var plugin = Files.createDirectories(bin).resolve("gke-gcloud-auth-plugin");
        Files.writeString(plugin, """
                #!/bin/sh
                echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {"interactive": false},
                  "status": {"expirationTimestamp": "2099-01-01T00:00:00Z", "token": "%s"}}'
                """.formatted(token));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    }
}
