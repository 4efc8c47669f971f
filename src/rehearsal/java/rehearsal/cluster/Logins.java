package rehearsal.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.apache.commons.codec.digest.Crypt;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.Md5Crypt;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * Who gets in to a server: by the Secret that its ingress names, or the one that its pod is given at its first start.
 */
final class Logins {

    private static final String KEY = "auth";
    private static final String ANNOTATION = "nginx.ingress.kubernetes.io/auth-";

    private final KubernetesClient client;

    Logins(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The users whom the ingress of the pod's namespace lets in, a {@code user:hash} each line; empty if it asks
     * nobody.
     */
    Optional<String> ofIngress(Mount mount) {
        return client.network().v1().ingresses().inNamespace(mount.namespace()).list().getItems().stream()
                .map(ingress -> ingress.getMetadata().getAnnotations())
                .filter(annotations -> annotations != null && "basic".equals(annotations.get(ANNOTATION + "type")))
                .map(annotations -> annotations.get(ANNOTATION + "secret"))
                .filter(Objects::nonNull)
                .findFirst()
                // Without its Secret ingress-nginx lets nobody in.
                .map(secret -> secret(mount.namespace(), secret, KEY).orElse(""));
    }

    /** The first user, as the pod's environment has it; empty if the server manages no users. */
    Optional<String> initial(Mount mount) {
        return Optional.ofNullable(client.pods().inNamespace(mount.namespace()).withName(mount.pod()).get()).stream()
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().equals("SKYPILOT_INITIAL_BASIC_AUTH")
                        && variable.getValueFrom() != null)
                .map(variable -> variable.getValueFrom().getSecretKeyRef())
                .filter(Objects::nonNull)
                .findFirst()
                .flatMap(reference -> secret(mount.namespace(), reference.getName(), reference.getKey()));
    }

    /**
     * Whether a line of {@code htpasswd} is that of user and password. Refuses bcrypt, which the JDK and commons-codec
     * lack.
     */
    static boolean match(String lines, String user, String password) {
        return lines.lines()
                .filter(line -> line.startsWith(user + ":"))
                .map(line -> line.substring(user.length() + 1).strip())
                .anyMatch(hash -> hash.equals(hashLike(hash, password)));
    }

    private static String hashLike(String hash, String password) {
        if (hash.startsWith("$apr1$")) {
            return Md5Crypt.apr1Crypt(password, hash);
        }
        if (hash.startsWith("{SHA}")) {
            return "{SHA}" + Base64.getEncoder().encodeToString(DigestUtils.sha1(password));
        }
        if (hash.startsWith("$5$") || hash.startsWith("$6$")) {
            return Crypt.crypt(password, hash);
        }
        throw new IllegalStateException("The rehearsal cannot check a hash of this kind: use htpasswd without -B");
    }

    private Optional<String> secret(String namespace, String name, String key) {
        return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get())
                .map(secret -> secret.getData())
                .map(data -> data.get(key))
                .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
    }
}
