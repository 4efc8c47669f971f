package skystate.config;

import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.Md5Crypt;

import java.util.regex.Pattern;

/** The line of a basic-auth file: {@code user:hash}. */
final class Htpasswd {

    /** What {@code htpasswd -n} prints with -m, -s, -B, -2 and -5, all of which nginx reads; plain text and DES are left out. */
    private static final Pattern HASH = Pattern.compile(
            "\\$apr1\\$[./0-9A-Za-z]{1,8}\\$[./0-9A-Za-z]{22}"
                    + "|\\{SHA}[+/0-9A-Za-z]{27}="
                    + "|\\$2[aby]\\$\\d\\d\\$[./0-9A-Za-z]{53}"
                    + "|\\$5\\$(rounds=\\d+\\$)?[./0-9A-Za-z]{1,16}\\$[./0-9A-Za-z]{43}"
                    + "|\\$6\\$(rounds=\\d+\\$)?[./0-9A-Za-z]{1,16}\\$[./0-9A-Za-z]{86}");

    private Htpasswd() {
    }

    /**
     * Hashes a password as the guide's {@code htpasswd -nb} does (apr1), which ingress-nginx and SkyPilot both read.
     * The salt is drawn from what the line is for and not from chance: a new salt at each run would be a change at
     * each run. A salt needs to be different for different users, not secret.
     *
     * @param user     user name
     * @param password password
     * @param purpose  what tells this line from any other's, as the stack's and the disk's name
     */
    static String line(String user, String password, String purpose) {
        var salt = DigestUtils.sha256Hex(purpose + "/" + user).substring(0, 8);
        return user + ":" + Md5Crypt.apr1Crypt(password, salt);
    }

    /** Whether nginx can read the hash. */
    static boolean isHash(String hash) {
        return HASH.matcher(hash).matches();
    }
}
