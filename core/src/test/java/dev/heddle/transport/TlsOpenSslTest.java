package dev.heddle.transport;

import static dev.heddle.transport.OpenSsl.Made.CA;
import static dev.heddle.transport.OpenSsl.Made.CLIENT;
import static dev.heddle.transport.OpenSsl.Made.EXAMPLE;
import static dev.heddle.transport.OpenSsl.Made.LOCALHOST;
import static dev.heddle.transport.OpenSsl.Made.OTHER_CA;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.transport.TlsOptions.ClientAuth;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLHandshakeException;

/** TLS over real sockets, with openssl at the other end. */
class TlsOpenSslTest extends NetFixture {

    private static final String HOST = "127.0.0.1";

    @TempDir Path directory;

    /** Answers a line, and closes. */
    private static final class Answering extends Recorder {

        Answering(EventLoop loop) {
            super(loop);
        }

        @Override
        public void dataReceived(ByteBuffer data) throws Exception {
            super.dataReceived(data);
            if (text().endsWith("\n")) {
                transport().write(("You said " + text()).getBytes());
                transport().close();
            }
        }
    }

    private final List<Recorder> served = new ArrayList<>();

    private Server serve(TlsOptions options) throws IOException {
        return Transports.createServer(
                () -> {
                    var protocol = new Answering(loop);
                    served.add(protocol);
                    return protocol;
                },
                HOST,
                0,
                ServerOptions.DEFAULT.withTls(options));
    }

    /** In a task: runs openssl s_client with an input, and returns all that it printed. */
    private static byte[] sClient(int port, byte[] input, boolean errors, String... more) {
        return off(
                () -> {
                    var command =
                            new ArrayList<>(List.of("s_client", "-connect", HOST + ":" + port));
                    command.addAll(List.of(more));
                    Process process =
                            limited(OpenSsl.start(command.toArray(new String[0]), errors));
                    try (var stdin = process.getOutputStream()) {
                        stdin.write(input);
                        stdin.flush();
                        return process.getInputStream().readAllBytes();
                    } catch (IOException e) {
                        return process.getInputStream().readAllBytes(); // it has ended before
                    } finally {
                        process.destroyForcibly();
                    }
                });
    }

    private static String sClient(int port, String line, String... more) {
        return new String(sClient(port, line.getBytes(), true, more), StandardCharsets.ISO_8859_1);
    }

    private static Process limited(Process process) {
        CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }

    private interface Use {
        void of(Server server) throws Exception;
    }

    private void serving(TlsOptions options, Use use) {
        run(
                () -> {
                    Server server = serve(options);
                    use.of(server);
                    server.close();
                    server.waitClosed();
                });
    }

    // ---------------------------------------------------------------- as a server

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void aClientIsServed(String version) throws Exception {
        serving(
                LOCALHOST.server().withAlpn("h2", "http/1.1"),
                server -> {
                    String output =
                            sClient(
                                    server.port(),
                                    "hello\n",
                                    version,
                                    "-ign_eof",
                                    "-CAfile",
                                    "" + CA,
                                    "-verify_return_error",
                                    "-verify_hostname",
                                    "localhost",
                                    "-alpn",
                                    "http/1.1");

                    assertThat(output)
                            .contains("You said hello")
                            .contains("Verify return code: 0 (ok)")
                            .contains("ALPN protocol: http/1.1");
                });

        assertThat(served.getFirst().error).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void aClientResumesItsSession(String version) throws Exception {
        Path session = directory.resolve("session");
        serving(
                LOCALHOST.server(),
                server -> {
                    assertThat(
                                    sClient(
                                            server.port(),
                                            "a\n",
                                            version,
                                            "-ign_eof",
                                            "-sess_out",
                                            "" + session))
                            .contains("\nNew, TLSv1");
                    assertThat(
                                    sClient(
                                            server.port(),
                                            "b\n",
                                            version,
                                            "-ign_eof",
                                            "-sess_in",
                                            "" + session))
                            .contains("\nReused, TLSv1")
                            .contains("You said b");
                });
    }

    @Test
    void theNameChoosesTheCertificate() throws Exception {
        Certificates both =
                Certificates.load(LOCALHOST.chain(), LOCALHOST.key())
                        .plus(Certificates.load(EXAMPLE.chain(), EXAMPLE.key()));
        serving(
                TlsOptions.server(both),
                server -> {
                    assertThat(
                                    sClient(
                                            server.port(),
                                            "a\n",
                                            "-ign_eof",
                                            "-servername",
                                            "www.example.org"))
                            .contains("subject=CN = example");
                    assertThat(sClient(server.port(), "a\n", "-ign_eof", "-noservername"))
                            .contains("subject=CN = localhost");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void aClientsCertificateIsVerified(String version) throws Exception {
        serving(
                LOCALHOST.server().withTrust(CA).withClientAuth(ClientAuth.NEED),
                server -> {
                    String with =
                            sClient(
                                    server.port(),
                                    "a\n",
                                    version,
                                    "-ign_eof",
                                    "-cert",
                                    "" + CLIENT.chain(),
                                    "-key",
                                    "" + CLIENT.key());
                    String without = sClient(server.port(), "a\n", version, "-ign_eof");

                    assertThat(with).contains("You said a");
                    assertThat(without)
                            .contains(
                                    version.equals("-tls1_3")
                                            ? "alert certificate required"
                                            : "alert handshake failure")
                            .doesNotContain("You said");
                });
    }

    @Test
    void aClientThatRefusesUsLeavesTheServerAsItWas() throws Exception {
        serving(
                LOCALHOST.server(),
                server -> {
                    assertThat(
                                    sClient(
                                            server.port(),
                                            "a\n",
                                            "-ign_eof",
                                            "-CAfile",
                                            "" + OTHER_CA,
                                            "-verify_return_error"))
                            .contains("verify error");
                    assertThat(sClient(server.port(), "b\n", "-ign_eof")).contains("You said b");
                });
    }

    @Test
    void aClientThatRenegotiatesIsRefused() throws Exception {
        serving(
                LOCALHOST.server().withProtocols("TLSv1.2"),
                server -> {
                    sClient(server.port(), "R\n");
                });

        assertThat(served.getFirst().error).hasMessageContaining("wants to renegotiate");
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    private static String skipTo(BufferedReader lines, String part) throws IOException {
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("openssl has ended without " + part);
    }

    @Test
    void megabytesGoBothWays() throws Exception {
        byte[] data = new byte[5 << 20];
        new java.util.Random(1).nextBytes(data);
        var mirror =
                new Recorder(loop) {
                    @Override
                    public void dataReceived(ByteBuffer piece) throws Exception {
                        transport().write(piece.duplicate());
                        super.dataReceived(piece);
                        if (received.size() == data.length) {
                            transport().close();
                        }
                    }
                };
        run(
                () -> {
                    Server server =
                            Transports.createServer(
                                    () -> mirror,
                                    HOST,
                                    0,
                                    ServerOptions.DEFAULT.withTls(LOCALHOST.server()));
                    byte[] back = exchange(server.port(), data);
                    server.close();
                    server.waitClosed();

                    assertThat(Arrays.equals(mirror.received.toByteArray(), data)).isTrue();
                    assertThat(Arrays.equals(back, data)).isTrue();
                });
    }

    /** In a task: sends and receives at the same time. */
    private static byte[] exchange(int port, byte[] data) throws IOException {
        Process process =
                limited(
                        OpenSsl.start(
                                new String[] {"s_client", "-quiet", "-connect", HOST + ":" + port},
                                false));
        var sending =
                Asyncio.getRunningLoop()
                        .runInExecutor(
                                null,
                                () -> {
                                    process.getOutputStream().write(data);
                                    process.getOutputStream().flush();
                                    return true;
                                });
        try {
            byte[] back = off(() -> process.getInputStream().readNBytes(data.length));
            sending.await();
            return back;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aMailServerStartsTls() throws Exception {
        run(
                () -> {
                    var mail =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) throws Exception {
                                    super.connectionMade(made);
                                    made.write("220 mail ESMTP\r\n".getBytes());
                                }

                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    super.dataReceived(data);
                                    if (text().endsWith("EHLO me\r\n")) {
                                        transport()
                                                .write("250-mail\r\n250 STARTTLS\r\n".getBytes());
                                    } else if (text().endsWith("STARTTLS\r\n")) {
                                        transport().pauseReading();
                                        transport().write("220 go ahead\r\n".getBytes());
                                        note("start");
                                    }
                                }
                            };
                    Server server =
                            Transports.createServer(() -> mail, HOST, 0, ServerOptions.DEFAULT);
                    var secured =
                            Asyncio.createTask(
                                    () -> {
                                        mail.await("start");
                                        var answering = new Answering(loop);
                                        Transport tls =
                                                Transports.startTls(
                                                        mail.transport(),
                                                        answering,
                                                        LOCALHOST.server(),
                                                        true,
                                                        null);
                                        answering.connectionMade(tls);
                                        answering.await("lost");
                                        return answering.text();
                                    });
                    String output =
                            sClient(
                                    server.port(),
                                    "secret\n",
                                    "-ign_eof",
                                    "-starttls",
                                    "smtp",
                                    "-name",
                                    "me");
                    assertThat(output).contains("You said secret");
                    assertThat(secured.await()).isEqualTo("secret\n");
                    server.close();
                    server.waitClosed();
                });
    }

    // ---------------------------------------------------------------- as a client

    private record Peer(@Nullable Process process, int port) {}

    /** In a task: starts a server that turns lines around, for one connection. */
    private static Peer sServer(String... more) {
        return off(
                () -> {
                    var command =
                            new ArrayList<>(
                                    List.of(
                                            "s_server",
                                            "-rev",
                                            "-naccept",
                                            "1",
                                            "-accept",
                                            HOST + ":0"));
                    command.addAll(List.of(more));
                    Process process = limited(OpenSsl.start(command.toArray(new String[0]), true));
                    String line = skipTo(reader(process), "ACCEPT");
                    return new Peer(
                            process, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
                });
    }

    private static String[] showing(OpenSsl.Pair pair, String... more) {
        var all =
                new ArrayList<>(
                        List.of(
                                "-cert_chain",
                                "" + pair.chain(),
                                "-cert",
                                "" + pair.chain(),
                                "-key",
                                "" + pair.key()));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    private Connected<Recorder> connect(Peer peer, TlsOptions options) throws IOException {
        return Transports.createConnection(
                () -> new Recorder(loop), HOST, peer.port, ConnectOptions.DEFAULT.withTls(options));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void aServerIsUsed(String version) throws Exception {
        TlsOptions options =
                TlsOptions.client()
                        .withTrust(CA)
                        .withAlpn("h2", "x")
                        .withCertificate(CLIENT.chain(), CLIENT.key());
        run(
                () -> {
                    Peer peer =
                            sServer(
                                    showing(
                                            LOCALHOST,
                                            version,
                                            "-alpn",
                                            "x",
                                            "-Verify",
                                            "1",
                                            "-verify_return_error",
                                            "-CAfile",
                                            "" + CA));
                    Connected<Recorder> made = connect(peer, options);
                    made.transport().write("abc\n".getBytes());
                    made.protocol().awaitBytes(4);

                    assertThat(made.protocol().text()).isEqualTo("cba\n");
                    assertThat(made.transport().getExtraInfo(ExtraInfo.ALPN)).isEqualTo("x");
                    assertThat(made.transport().getExtraInfo(ExtraInfo.SSL_SESSION).getProtocol())
                            .isEqualTo(version.equals("-tls1_3") ? "TLSv1.3" : "TLSv1.2");

                    made.transport().close();
                    made.protocol().await("lost");
                    assertThat(made.protocol().error).isNull();
                    assertThat(off(() -> peer.process.waitFor())).isZero();
                });
    }

    @Test
    void aServerThatEndsIsHeard() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(CA);
        run(
                () -> {
                    Peer peer = sServer(showing(LOCALHOST));
                    Connected<Recorder> made = connect(peer, options);
                    made.transport().write("CLOSE\n".getBytes()); // what -rev understands
                    made.protocol().await("lost");
                    peer.process.destroyForcibly();

                    assertThat(made.protocol().events).containsExactly("made", "eof", "lost");
                    assertThat(made.protocol().error).isNull();
                });
    }

    @Test
    void aServerThatIsKilledHasCutTheConnection() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(CA);
        run(
                () -> {
                    Peer peer = sServer(showing(LOCALHOST));
                    Connected<Recorder> made = connect(peer, options);
                    made.transport().write("abc\n".getBytes());
                    made.protocol().awaitBytes(4);
                    peer.process.destroyForcibly();
                    made.protocol().await("lost");

                    assertThat(made.protocol().error).isInstanceOf(IOException.class);
                    assertThat(made.protocol().events).doesNotContain("eof");
                });
    }

    @Test
    void aServerThatIsNotTrustedIsNotUsed() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(OTHER_CA);
        run(
                () -> {
                    Peer peer = sServer(showing(LOCALHOST));

                    assertThatThrownBy(() -> connect(peer, options))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining(HOST + ":" + peer.port)
                            .hasMessageContaining("is not trusted");
                    peer.process.destroyForcibly();
                });
    }

    @Test
    void aServerForAnotherNameIsNotUsed() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(CA);
        run(
                () -> {
                    Peer peer = sServer(showing(EXAMPLE));

                    assertThatThrownBy(() -> connect(peer, options))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("for *.example.org is not for 127.0.0.1");
                    peer.process.destroyForcibly();
                });
    }

    @Test
    void aConnectThatIsCancelledInTheHandshakeLeavesNothing() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(CA);
        ServerSocket silent = closing(new ServerSocket(0, 1, InetAddress.getByName(HOST)));
        run(
                () -> {
                    var connecting =
                            Asyncio.createTask(
                                    () -> connect(new Peer(null, silent.getLocalPort()), options));
                    Socket peer = closing(off(silent::accept));
                    assertThat(off(() -> peer.getInputStream().read()))
                            .as("the hello has come")
                            .isEqualTo(22);
                    connecting.cancel();

                    assertThatThrownBy(connecting::await).isInstanceOf(CancelledError.class);
                });
    }

    @Test
    void aLoopMayBeClosedWithTheConnectionOpen() throws Exception {
        TlsOptions options = TlsOptions.client().withTrust(CA);
        EventLoop other = open(EventLoop.builder().name("other"));
        other.runUntilComplete(
                () -> {
                    Server server =
                            Transports.createServer(
                                    () -> new Recorder(other),
                                    HOST,
                                    0,
                                    ServerOptions.DEFAULT.withTls(LOCALHOST.server()));
                    return Transports.createConnection(
                            () -> new Recorder(other),
                            HOST,
                            server.port(),
                            ConnectOptions.DEFAULT.withTls(options));
                });

        other.close();

        assertThat(other.isClosed()).isTrue();
    }
}
