package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.transport.Transports.createConnection;
import static dev.heddle.transport.Transports.createUnixConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** TLS connections that do not come about; those that do are in the tests of TLS. */
class ConnectTlsTest extends NetFixture {

    private static final ConnectOptions OPTIONS =
            ConnectOptions.DEFAULT.withTls(TlsOptions.client());

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = closing(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    }

    private Connected<Recorder> connect(Recorder protocol, ConnectOptions options)
            throws IOException {
        return createConnection(() -> protocol, "127.0.0.1", server.getLocalPort(), options);
    }

    @Test
    void silentServerEndsTheTimeInTheHandshake() {
        var protocol = new Recorder(loop);
        ConnectOptions shortly = OPTIONS.withConnectTimeout(Duration.ofMillis(300));

        assertThatThrownBy(() -> run(() -> connect(protocol, shortly)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage(
                        "connect to 127.0.0.1:%d: no connection within 0.3 s"
                                        .formatted(server.getLocalPort())
                                + " (127.0.0.1: connected; in the TLS handshake)");

        assertThat(protocol.events).isEmpty();
    }

    @Test
    void cancelInTheHandshakeClosesTheConnection() {
        var protocol = new Recorder(loop);
        run(
                () -> {
                    Task<Connected<Recorder>> task = createTask(() -> connect(protocol, OPTIONS));
                    Socket peer = closing(off(server::accept));
                    assertThat(off(() -> peer.getInputStream().read()))
                            .isEqualTo(22); // a handshake
                    task.cancel();
                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    off(() -> peer.getInputStream().readAllBytes()); // up to the end, or a reset
                });

        assertThat(protocol.events).isEmpty();
    }

    @Test
    void serverThatDoesNotSpeakTlsIsAnErrorAndTheConnectionIsClosed() {
        var protocol = new Recorder(loop);
        run(
                () -> {
                    Task<Connected<Recorder>> task = createTask(() -> connect(protocol, OPTIONS));
                    Socket peer = closing(off(server::accept));
                    peer.getOutputStream()
                            .write("HTTP/1.1 400\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

                    assertThatThrownBy(task::await).isInstanceOf(IOException.class);
                    settle();
                    assertThat(loop.openChannels()).isEmpty();
                });

        assertThat(protocol.events).isEmpty();
    }

    @Test
    void serverThatHangsUpInTheHandshakeIsAnError() {
        var protocol = new Recorder(loop);
        run(
                () -> {
                    Task<Connected<Recorder>> task = createTask(() -> connect(protocol, OPTIONS));
                    off(server::accept).close();

                    assertThatThrownBy(task::await).isInstanceOf(IOException.class);
                });

        assertThat(protocol.events).isEmpty();
    }

    @Test
    void withoutAHostTheServersNameIsNeeded() {
        Ends ends = ends();

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                run(
                                        () ->
                                                createConnection(
                                                        () -> new Recorder(loop),
                                                        ends.channel(),
                                                        OPTIONS)))
                .withMessageContaining("tlsServerName is needed");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                run(
                                        () ->
                                                createUnixConnection(
                                                        () -> new Recorder(loop),
                                                        Path.of("/no/such"),
                                                        OPTIONS)))
                .withMessageContaining("tlsServerName is needed");
        assertThat(ends.channel().isOpen()).isTrue(); // it stays the caller's
    }
}
