package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;
import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.TlsOptions;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS over the simulated network. */
class TlsOnSimulationTest extends SimulationFixture {

    @TempDir static Path dir;

    private static TlsOptions serverTls;
    private static TlsOptions clientTls;

    @Override
    NetworkOptions options() {
        return super.options()
                .withLink(LinkOptions.DEFAULT.withLoss(0.05))
                .withTcp(TcpModel.DEFAULT.withSegmentation(Segmentation.RANDOM));
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = dir.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=server",
                                "-ext",
                                "san=dns:server",
                                "-alias",
                                "key",
                                "-storepass",
                                "secret",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        var certificate = (X509Certificate) keys.getCertificate("key");
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        serverTls = TlsOptions.client().withSslContext(context);
        clientTls = TlsOptions.client().withTrust(List.of(certificate));
    }

    @Test
    void tlsRunsOverALinkThatLosesAndCuts() {
        server.start(
                () ->
                        Streams.startServer(
                                        connection -> {
                                            var buffer = new byte[10_000];
                                            for (int n; (n = connection.read(buffer)) > 0; ) {
                                                connection.write(buffer, 0, n);
                                            }
                                        },
                                        "",
                                        PORT,
                                        StreamOptions.DEFAULT.withServer(
                                                ServerOptions.DEFAULT.withTls(serverTls)))
                                .serveForever());
        var data = new byte[100_000];
        new Random(3).nextBytes(data);

        runOnClient(
                () -> {
                    try (Connection connection =
                            Streams.openConnection(
                                    "server",
                                    PORT,
                                    StreamOptions.DEFAULT.withConnect(
                                            ConnectOptions.DEFAULT.withTls(clientTls)))) {
                        assertThat(connection.getExtraInfo(ExtraInfo.CIPHER)).startsWith("TLS");
                        client.createTask(() -> connection.write(data));

                        assertThat(connection.readExactly(data.length)).isEqualTo(data);
                    }
                });

        assertThat(now()).isLessThan(Duration.ofMinutes(1));
    }
}
