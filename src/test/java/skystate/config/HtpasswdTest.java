package skystate.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HtpasswdTest {

    /**
     * The hashes are what {@code openssl passwd -apr1 -salt SALT PASSWORD} prints; the salt is between the last two
     * dollars.
     */
    @ParameterizedTest
    @CsvSource({
            "my-purpose,    skypilot, testpw,      skypilot:$apr1$5b9eacbb$9NYevcugo8k3wiO81GctI1",
            "my-purpose,    alice,    testpw,      alice:$apr1$cdbba3c9$qW9TnFWdsOxiqKvLURG870",
            "other-purpose, skypilot, testpw,      skypilot:$apr1$8399c4bb$f87JODjyUsQz7HnxQ.16X.",
            "my-purpose,    skypilot, pässwörd:$x, skypilot:$apr1$5b9eacbb$72SaZrqBGlLO4G8dZvgHr/"})
    void lineIsTheOneThatOpensslMakesWithThatSalt(String purpose, String user, String password, String line) {
        assertEquals(line, Htpasswd.line(user, password, purpose));
    }

    @Test
    void samePasswordGivesTheSameLineInEachRun() {
        assertEquals(Htpasswd.line("skypilot", "testpw", "purpose"), Htpasswd.line("skypilot", "testpw", "purpose"));
    }

    @Test
    void saltDiffersByUserAndPurpose() {
        assertNotEquals(salt("skypilot", "purpose"), salt("alice", "purpose"));
        assertNotEquals(salt("skypilot", "purpose"), salt("skypilot", "other"));
    }

    @Test
    void whatItMakesIsWhatItReads() {
        assertTrue(Htpasswd.isHash(Htpasswd.line("skypilot", "testpw", "purpose").split(":", 2)[1]));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.",
            "$apr1$ab$eIePjsejfBGR8ITtu2z0U1",
            "{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k=",
            "$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
            "$5$abcdefgh$t1O/2wAzRIzltOI8.PvEkE4lwGflhW5HcJcGS.qAk29",
            "$6$rounds=5000$abcdefgh$cbHueVS/"
                    + "UT4Gg0.EnfnwJ27Lzzwf8rUdxRQSZm8iRDJv4TEZFHzD38nDTa.yVwJzbBrkaywt7RtORH2j7O12k1"})
    void hashIsWhatHtpasswdPrintsWithAnyOfItsSafeOptions(String hash) {
        assertTrue(Htpasswd.isHash(hash));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "testpw", "$apr1$", "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1", "$apr1$toolongsalt$ulFslfhcCxlCUVcr5rtU1.",
            "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1. ",
            "$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.\nbob:$apr1$abcdefgh$ulFslfhcCxlCUVcr5rtU1.",
            "$1$abcdefgh$HxWb8VZZ8HqzOKVuLaoxI.", "{PLAIN}testpw", "{SHA}UWuXg", "rl0uE4sYEVUqM", "$2y$05$short"})
    void plainTextDesAndBrokenHashesAreNone(String hash) {
        assertFalse(Htpasswd.isHash(hash));
    }

    private static String salt(String user, String purpose) {
        return Htpasswd.line(user, "testpw", purpose).split("\\$")[2];
    }
}
