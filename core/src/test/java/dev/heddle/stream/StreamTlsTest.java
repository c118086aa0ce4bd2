package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;
import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.TlsOptions;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Streams over TLS, from the start and in the middle. */
class StreamTlsTest extends StreamFixture {

    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir static Path dir;

    private static TlsOptions serverTls;
    private static TlsOptions clientTls;

    StreamTlsTest() {
        super(Clock.system());
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path certificate = dir.resolve("cert.pem");
        Path key = dir.resolve("key.pem");
        Process openssl;
        try {
            openssl =
                    new ProcessBuilder(
                                    ("openssl req -x509 -newkey ec -pkeyopt"
                                                    + " ec_paramgen_curve:prime256v1 -nodes -days 2"
                                                    + " -subj /CN=localhost -addext"
                                                    + " subjectAltName=DNS:localhost,IP:127.0.0.1"
                                                    + " -keyout KEY -out CERT")
                                            .replace("KEY", key.toString())
                                            .replace("CERT", certificate.toString())
                                            .split(" "))
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            Assumptions.assumeTrue(System.getenv("CI") != null, "openssl is not installed");
            throw e;
        }
        String output = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as(output).isZero();
        serverTls = TlsOptions.server(certificate, key);
        clientTls = TlsOptions.client().withTrust(certificate);
    }

    private static void echo(Connection c) throws IOException {
        var buffer = new byte[10_000];
        for (int n; (n = c.read(buffer)) > 0; ) {
            c.write(buffer, 0, n);
        }
    }

    @Test
    void muchDataGoesBothWays() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    StreamTlsTest::echo,
                                    "127.0.0.1",
                                    0,
                                    StreamOptions.DEFAULT.withServer(
                                            ServerOptions.DEFAULT.withTls(serverTls)));
                    StreamOptions options =
                            StreamOptions.DEFAULT.withConnect(
                                    ConnectOptions.DEFAULT.withTls(clientTls));
                    var data = new byte[2_000_000];
                    new Random(1).nextBytes(data);
                    try (Connection c =
                            Streams.openConnection("127.0.0.1", server.port(), options)) {
                        assertThat(c.writer().canWriteEof()).isFalse();
                        assertThat(c.getExtraInfo(ExtraInfo.CIPHER)).startsWith("TLS");
                        Task<Void> write = start(() -> c.write(data));
                        assertThat(Arrays.equals(c.readExactly(data.length), data)).isTrue();
                        write.await();
                    }
                    server.close(LONG);
                });
    }

    @Test
    void directBuffersWorkOverTls() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        var buffer = ByteBuffer.allocateDirect(10_000);
                                        while (c.reader().readInto(buffer) > 0) {
                                            c.write(buffer.flip());
                                            buffer.clear();
                                        }
                                    },
                                    "127.0.0.1",
                                    0,
                                    StreamOptions.DEFAULT.withServer(
                                            ServerOptions.DEFAULT.withTls(serverTls)));
                    StreamOptions options =
                            StreamOptions.DEFAULT.withConnect(
                                    ConnectOptions.DEFAULT.withTls(clientTls));
                    var data = new byte[500_000];
                    new Random(2).nextBytes(data);
                    try (Connection c =
                            Streams.openConnection("127.0.0.1", server.port(), options)) {
                        Task<Void> write = start(() -> c.write(data));
                        assertThat(Arrays.equals(c.readExactly(data.length), data)).isTrue();
                        write.await();
                    }
                    server.close(LONG);
                });
    }

    @Test
    void startTlsGoesOnInPlace() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        assertThat(c.readLine(StandardCharsets.UTF_8))
                                                .isEqualTo("STARTTLS");
                                        c.write("go\n");
                                        c.startTls(serverTls, null);
                                        echo(c);
                                    },
                                    "127.0.0.1",
                                    0);
                    try (Connection c = Streams.openConnection("127.0.0.1", server.port())) {
                        c.write("STARTTLS\n");
                        assertThat(c.readLine(StandardCharsets.UTF_8)).isEqualTo("go");
                        c.startTls(clientTls, "localhost");
                        assertThat(c.getExtraInfo(ExtraInfo.SSL_SESSION)).isNotNull();
                        for (int i = 0; i < 100; i++) {
                            c.write("secret " + i + "\n");
                            assertThat(c.readLine(StandardCharsets.UTF_8)).isEqualTo("secret " + i);
                        }
                    }
                    server.close(LONG);
                });
    }

    @Test
    void whatWasReceivedAndNotReadBelongsToTls() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        c.readLine();
                                        // The client's first flight comes before we are ready.
                                        while (c.reader().buffered() < 50) {
                                            dev.heddle.Asyncio.sleep(0.001);
                                        }
                                        c.startTls(serverTls, null);
                                        echo(c);
                                    },
                                    "127.0.0.1",
                                    0);
                    try (Connection c = Streams.openConnection("127.0.0.1", server.port())) {
                        c.write("STARTTLS\n");
                        c.startTls(clientTls, "localhost");
                        c.write("early");
                        assertThat(text(c.readExactly(5))).isEqualTo("early");
                    }
                    server.close(LONG);
                });
    }

    @Test
    void aFailedStartTlsClosesTheConnection() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        c.read(1);
                                        c.write("this is no TLS at all, and never will be\n");
                                        while (c.read(1000).length > 0) {
                                            // The client gives up.
                                        }
                                    },
                                    "127.0.0.1",
                                    0);
                    Connection c = Streams.openConnection("127.0.0.1", server.port());
                    assertThatThrownBy(() -> c.startTls(clientTls, "localhost"))
                            .isInstanceOf(IOException.class);
                    assertThat(c.isClosing()).isTrue();
                    assertThatThrownBy(() -> c.write("x")).isInstanceOf(IOException.class);
                    c.close();
                    server.close(LONG);
                });
    }

    @Test
    void aCancelledStartTlsClosesTheConnection() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        while (c.read(1000).length > 0) {
                                            // It never answers.
                                        }
                                    },
                                    "127.0.0.1",
                                    0);
                    Connection c = Streams.openConnection("127.0.0.1", server.port());
                    Task<Void> starting = start(() -> c.startTls(clientTls, "localhost"));
                    settle();
                    assertThatThrownBy(() -> c.write("x"))
                            .isInstanceOf(IllegalStateException.class);
                    starting.cancel();

                    assertThat(errorOf(starting)).isInstanceOf(CancelledError.class);
                    c.writer().waitClosed();
                    assertThat(c.isClosing()).isTrue();
                    server.close(LONG);
                });
    }

    @Test
    void startTlsIsRefusedWhileAnotherTaskReads() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<Void> read = start(() -> pair.here().read(1));
                    settle();

                    assertThatThrownBy(() -> pair.here().startTls(clientTls, "localhost"))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("while Task(");
                    pair.here().abort();
                    read.await();
                });
    }
}
