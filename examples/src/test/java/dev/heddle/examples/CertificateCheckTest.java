package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

class CertificateCheckTest {

    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir static Path directory;

    private static SSLServerSocket server;
    private static Path certificate;

    @BeforeAll
    static void serve() throws Exception {
        Path store = directory.resolve("store.p12");
        makeCertificate(store);
        var keyStore = KeyStore.getInstance(store.toFile(), PASSWORD);
        String base64 =
                Base64.getMimeEncoder()
                        .encodeToString(keyStore.getCertificate("test").getEncoded());
        certificate = directory.resolve("certificate.pem");
        Files.writeString(
                certificate,
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(base64));

        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(CertificateCheckTest::greetEverybody);
    }

    private static void makeCertificate(Path store) throws Exception {
        var command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "30",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "secret",
                        "-keystore",
                        store.toString());
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    private static void greetEverybody() {
        while (!server.isClosed()) {
            try (var socket = (SSLSocket) server.accept()) {
                socket.setSoTimeout(30_000);
                socket.startHandshake();
                socket.getInputStream().read(); // until the client has seen enough
            } catch (IOException e) {
                // The client trusts nobody, or the test is over.
            }
        }
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static ProgramRunner.Result check(String... authorities) throws Exception {
        String host = "localhost:" + server.getLocalPort();
        var args = new String[1 + authorities.length];
        args[0] = host;
        System.arraycopy(authorities, 0, args, 1, authorities.length);
        return ProgramRunner.run(Duration.ofSeconds(60), "CertificateCheck.java", args);
    }

    @Test
    void showsTheCertificateAndTrustsItIfItsAuthorityIsGiven() throws Exception {
        var result = check(certificate.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("protocol:   TLSv1.3", "certificate of CN=localhost", " days left")
                .endsWith("Trusted.\n");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void showsTheCertificateAndSaysWhyItIsNotTrusted() throws Exception {
        var result = check();

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("certificate of CN=localhost", "NOT TRUSTED: ");
        assertThat(result.exitCode()).isEqualTo(1);
    }
}
