package skystate.config;

import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.Md5Crypt;

import java.util.regex.Pattern;

/** The line of a basic-auth file: {@code user:hash}. */
final class Htpasswd {

    /** What {@code htpasswd -n} prints with -m, -s, -B, -2 and -5, which nginx reads; not plain text and DES. */
    private static final Pattern HASH = Pattern.compile(
            "\\$apr1\\$[./0-9A-Za-z]{1,8}\\$[./0-9A-Za-z]{22}"
                    + "|\\{SHA}[+/0-9A-Za-z]{27}="
                    + "|\\$2[aby]\\$\\d\\d\\$[./0-9A-Za-z]{53}"
                    + "|\\$5\\$(rounds=\\d+\\$)?[./0-9A-Za-z]{1,16}\\$[./0-9A-Za-z]{43}"
                    + "|\\$6\\$(rounds=\\d+\\$)?[./0-9A-Za-z]{1,16}\\$[./0-9A-Za-z]{86}");

    private Htpasswd() {
    }

    /**
     * Hashes a password as {@code htpasswd -nb} does (apr1), which ingress-nginx and SkyPilot both read. A random salt
     * would change the Secret in each run, so the salt comes from user and purpose. It doesn't have to be secret.
     *
     * @param purpose tells this login from every other one, as the id of the disk does
     */
    static String line(String user, String password, String purpose) {
        var salt = DigestUtils.sha256Hex(purpose + "/" + user).substring(0, 8);
        return user + ":" + Md5Crypt.apr1Crypt(password, salt);
    }

    /** Whether nginx can read a line. */
    static boolean isLine(String line) {
        var parts = line.split(":", 2);
        return parts.length == 2 && !parts[0].isBlank() && isHash(parts[1]);
    }

    /** Whether nginx can read a hash. */
    static boolean isHash(String hash) {
        return HASH.matcher(hash).matches();
    }
}
