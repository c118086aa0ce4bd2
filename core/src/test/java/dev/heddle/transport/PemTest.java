package dev.heddle.transport;

import static dev.heddle.transport.OpenSsl.Made.CA;
import static dev.heddle.transport.OpenSsl.Made.EXPIRED;
import static dev.heddle.transport.OpenSsl.Made.LOCALHOST;
import static dev.heddle.transport.OpenSsl.Made.RENEWED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;

/** Certificates and keys in all the forms that openssl writes. */
class PemTest {

    @TempDir Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Path written(String name, String text) throws IOException {
        return Files.writeString(file(name), text);
    }

    private Path key(String... arguments) {
        Path key = file("key.pem");
        var command = new java.util.ArrayList<>(java.util.List.of(arguments));
        command.addAll(1, java.util.List.of("-out", key.toString()));
        OpenSsl.run(command.toArray(new String[0]));
        return key;
    }

    private Certificates loaded(Path key) throws IOException {
        Path chain = OpenSsl.certificateFor("pem", key, CA, "DNS:localhost", 30);
        return Certificates.load(chain, key);
    }

    // ---------------------------------------------------------------- forms of keys

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "ED25519", "ED448"})
    void aKeyInPkcs8FormIsRead(String algorithm) throws Exception {
        Certificates certificates = loaded(key("genpkey", "-algorithm", algorithm));

        assertThat(certificates.chains().getFirst()).hasSize(2);
    }

    @Test
    void anRsaKeyInItsOldFormIsRead() throws Exception {
        Path key = key("genrsa", "-traditional", "2048");

        assertThat(Files.readString(key)).contains("BEGIN RSA PRIVATE KEY");
        assertThat(loaded(key).chains()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"prime256v1", "secp384r1", "secp521r1"})
    void anEcKeyInItsOldFormIsRead(String curve) throws Exception {
        Path key = key("ecparam", "-name", curve, "-genkey");

        assertThat(Files.readString(key)).contains("EC PARAMETERS", "BEGIN EC PRIVATE KEY");
        assertThat(loaded(key).chains()).hasSize(1);
    }

    @Test
    void anEcKeyThatDoesNotNameItsCurveIsReadIfTheFileDoes() throws Exception {
        Path whole = key("ecparam", "-name", "prime256v1", "-genkey");
        PrivateKey expected = PrivateKeys.parse(Files.readString(whole), "k", null);
        Path bare = file("bare.pem");
        OpenSsl.run(
                "ec",
                "-in",
                whole.toString(),
                "-no_public",
                "-param_enc",
                "named_curve",
                "-out",
                bare.toString());

        PrivateKey read = PrivateKeys.parse(Files.readString(bare), "k", null);

        assertThat(((java.security.interfaces.ECPrivateKey) read).getS())
                .isEqualTo(((java.security.interfaces.ECPrivateKey) expected).getS());
    }

    @Test
    void anEncryptedKeyIsReadWithItsPassword() throws Exception {
        Path key = key("genpkey", "-algorithm", "ED25519", "-aes-256-cbc", "-pass", "pass:open up");
        Path plain = file("plain.pem");
        OpenSsl.run(
                "pkey", "-in", key.toString(), "-passin", "pass:open up", "-out", plain.toString());
        Path chain = OpenSsl.certificateFor("pem", plain, CA, "DNS:localhost", 30);

        assertThat(Certificates.load(chain, key, "open up".toCharArray()).chains()).hasSize(1);
        assertThatThrownBy(() -> Certificates.load(chain, key))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("key.pem:1: the key is encrypted, and no password is given");
        assertThatThrownBy(() -> Certificates.load(chain, key, "wrong".toCharArray()))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("is the password right?");
    }

    @Test
    void aKeyEncryptedInTheFormOfOldIsExplained() throws Exception {
        Path key = key("genrsa", "-traditional", "-aes128", "-passout", "pass:secret", "2048");

        assertThatThrownBy(() -> Certificates.load(LOCALHOST.chain(), key))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    void keyAndCertificateMayBeInOneFile() throws Exception {
        Path both =
                written(
                        "both.pem",
                        "A comment\r\n"
                                + Files.readString(LOCALHOST.key())
                                + "\n"
                                + Files.readString(LOCALHOST.chain()).replace("\n", "\r\n"));

        assertThat(Certificates.load(both, both).chains().getFirst()).hasSize(2);
    }

    // ---------------------------------------------------------------- what is wrong

    @Test
    void theKeyOfAnotherCertificateIsRefused() {
        assertThatThrownBy(() -> Certificates.load(LOCALHOST.chain(), RENEWED.key()))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("renewed.key: expected the key of the first certificate")
                .hasMessageContaining("localhost.chain.pem, which is for localhost, 127.0.0.1");
    }

    @Test
    void aKeyOfAnotherAlgorithmIsRefused() {
        Path rsa = key("genpkey", "-algorithm", "RSA");

        assertThatThrownBy(() -> Certificates.load(LOCALHOST.chain(), rsa))
                .hasMessageContaining("found the key of another one (RSA)");
    }

    @Test
    void filesThatAreMixedUpAreSaid() {
        assertThatThrownBy(() -> Certificates.load(LOCALHOST.key(), LOCALHOST.chain()))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("localhost.key: expected a certificate")
                .hasMessageContaining("found PRIVATE KEY");
        assertThatThrownBy(() -> Certificates.load(LOCALHOST.chain(), LOCALHOST.chain()))
                .hasMessageContaining("expected a private key")
                .hasMessageContaining("found CERTIFICATE, CERTIFICATE");
    }

    @Test
    void whatIsNoPemAtAllIsShown() throws Exception {
        Path der = Files.write(file("der"), new byte[] {0x30, (byte) 0x82, 1, 10});
        Path empty = written("empty", "");

        assertThatThrownBy(() -> Pem.certificates(der))
                .hasMessageContaining("it begins with '0\\x82\\x01\\n'")
                .hasMessageContaining("convert it with openssl");
        assertThatThrownBy(() -> Pem.certificates(empty)).hasMessageContaining("it is empty");
        assertThatThrownBy(() -> Pem.certificates(file("absent")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN CERTIFICATE-----\nAAAA\n|3: expected END CERTIFICATE",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END KEY-----|3: expected END CERTIFICATE",
                "-----BEGIN A-----\n-----BEGIN B-----|2: expected END A for the BEGIN in line 1",
                "-----BEGIN CERTIFICATE\nAAAA\n|1: expected -----BEGIN ...-----",
                "x\n-----BEGIN CERTIFICATE-----\nA*A\n-----END CERTIFICATE-----|2: the block",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----|1: not a certificate",
            })
    void theLineOfTheMistakeIsNamed(String textAndMessage) throws Exception {
        String[] parts = textAndMessage.split("\\|");
        Path bad = written("bad.pem", parts[0]);

        assertThatThrownBy(() -> Pem.certificates(bad))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("bad.pem:" + parts[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MAA=", "MAMCAQA=", "MIIAAAAA", "BAA="})
    void aKeyThatIsCutIsRefused(String base64) throws Exception {
        for (String label : new String[] {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"}) {
            String text =
                    "-----BEGIN %s-----\n%s\n-----END %s-----".formatted(label, base64, label);

            assertThatThrownBy(() -> PrivateKeys.parse(text, "k", null))
                    .isInstanceOf(PemException.class)
                    .hasMessageStartingWith("k:1: not a private key that can be read");
        }
    }

    @Test
    void anExpiredCertificateIsLoaded() throws Exception {
        assertThat(Certificates.load(EXPIRED.chain(), EXPIRED.key()).chains()).hasSize(1);
    }

    @Test
    void namesMatchByTheirOneWildcard() throws Exception {
        Certificates.Entry entry =
                new Certificates.Entry(
                        java.util.List.of(),
                        PrivateKeys.parse(Files.readString(LOCALHOST.key()), "k", null),
                        java.util.List.of("*.example.org", "plain.net"));

        assertThat(entry.isFor("www.example.org")).isTrue();
        assertThat(entry.isFor("plain.net")).isTrue();
        assertThat(entry.isFor("example.org")).isFalse();
        assertThat(entry.isFor("a.b.example.org")).isFalse();
        assertThat(entry.isFor("www.plain.net")).isFalse();
    }
}
