package rehearsal.cluster;

import org.apache.commons.codec.digest.Md5Crypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoginsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "user:$apr1$abcdefgh$%s",
            "user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="})
    void thePasswordThatWasHashedGetsInAndNoOther(String line) {
        var lines = "other:{SHA}x\n" + line.formatted(Md5Crypt.apr1Crypt("password", "abcdefgh").substring(15)) + "\n";

        assertTrue(Logins.match(lines, "user", "password"), lines);
        assertFalse(Logins.match(lines, "user", "passwort"));
        assertFalse(Logins.match(lines, "nobody", "password"));
    }

    @Test
    void aHashThatCannotBeCheckedIsRefusedAndNotTakenForAWrongPassword() {
        assertThrows(IllegalStateException.class, () -> Logins.match("user:$2y$05$abc", "user", "password"));
    }
}
