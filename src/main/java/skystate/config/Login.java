package skystate.config;

import com.pulumi.core.Output;

import java.util.Optional;

/**
 * How users log in.
 *
 * @param mode     who asks for the login
 * @param user     user of the password; empty if only the secret line has it, or if there is no password
 * @param htpasswd the line {@code user:hash}, a secret; empty with {@link Mode#PROXY}
 */
public record Login(Mode mode, Optional<String> user, Optional<Output<String>> htpasswd) {

    /** Who asks for the login. */
    public enum Mode {
        /** The ingress, for one user's password. */
        INGRESS,
        /** The server, by SkyPilot's user management. */
        USERS,
        /** A proxy: the chart's for OAuth, or the user's own. */
        PROXY
    }

    /** Without the line, which is secret. */
    @Override
    public String toString() {
        return "Login[" + mode + "]";
    }
}
