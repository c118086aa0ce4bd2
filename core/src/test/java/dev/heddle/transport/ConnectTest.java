package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Connections on loopback, and channels that are taken over. */
class ConnectTest extends NetFixture {

    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT;

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = closing(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    }

    private Connected<Recorder> connect(String host, ConnectOptions options) throws IOException {
        return createConnection(() -> new Recorder(loop), host, server.getLocalPort(), options);
    }

    private Connected<Recorder> connect() throws IOException {
        return connect("127.0.0.1", OPTIONS);
    }

    @Test
    void bytesGoBothWays() {
        run(
                () -> {
                    Connected<Recorder> made = connect();
                    Socket peer = closing(off(server::accept));
                    made.transport().write("ping".getBytes(StandardCharsets.US_ASCII));
                    assertThat(off(() -> peer.getInputStream().readNBytes(4)))
                            .asString()
                            .isEqualTo("ping");
                    peer.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
                    made.protocol().awaitBytes(4);
                    peer.close();
                    made.protocol().await("lost");

                    assertThat(made.protocol().text()).isEqualTo("pong");
                    assertThat(made.protocol().error).isNull();
                });
    }

    @Test
    void protocolIsToldBeforeTheCallReturns() {
        run(
                () -> {
                    Connected<Recorder> made = connect();

                    assertThat(made.protocol().events).containsExactly("made");
                    assertThat(made.protocol().transport()).isSameAs(made.transport());
                    made.transport().close();
                });
    }

    @Test
    void nameIsLookedUp() {
        run(
                () -> {
                    Connected<Recorder> made = connect("localhost", OPTIONS);

                    assertThat(
                                    made.transport()
                                            .<java.net.SocketAddress>getExtraInfo(
                                                    ExtraInfo.PEERNAME))
                            .isEqualTo(server.getLocalSocketAddress());
                    made.transport().close();
                });
    }

    @Test
    void socketHasNoDelayAndTheSizesOfTheOptions() {
        TcpOptions tcp = TcpOptions.DEFAULT.withKeepAlive(true).withReceiveBufferSize(20_000);
        run(
                () -> {
                    Connected<Recorder> made = connect("127.0.0.1", OPTIONS.withTcp(tcp));
                    SelectableChannel channel = made.transport().getExtraInfo(ExtraInfo.SOCKET);
                    var socket = (SocketChannel) channel;

                    assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
                    assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                    assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF))
                            .isBetween(20_000, 100_000);
                    made.transport().close();
                });
    }

    @Test
    void writeBufferLimitsAreThoseOfTheOptions() {
        var limits = new WriteBufferLimits(1000, 10);
        run(
                () -> {
                    Connected<Recorder> made =
                            connect("127.0.0.1", OPTIONS.withWriteBufferLimits(limits));

                    assertThat(made.transport().getWriteBufferLimits()).isEqualTo(limits);
                    made.transport().close();
                });
    }

    @Test
    void localAddressIsWhereTheConnectionComesFrom() {
        run(
                () -> {
                    var local = new InetSocketAddress("127.0.0.1", 0);
                    Connected<Recorder> made =
                            connect("127.0.0.1", OPTIONS.withLocalAddress(local));
                    Socket peer = closing(off(server::accept));

                    assertThat(peer.getRemoteSocketAddress())
                            .isEqualTo(made.transport().getExtraInfo(ExtraInfo.SOCKNAME));
                    made.transport().close();
                });
    }

    @Test
    void localAddressThatIsNotOfThisMachineIsAnErrorThatNamesTheTarget() {
        var local = new InetSocketAddress("192.0.2.1", 0);

        assertThatThrownBy(() -> run(() -> connect("127.0.0.1", OPTIONS.withLocalAddress(local))))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageStartingWith("connect to 127.0.0.1:" + server.getLocalPort() + ": ");
    }

    @Test
    void refusalNamesHostAddressAndPort() throws IOException {
        int port = server.getLocalPort();
        server.close();

        assertThatThrownBy(() -> run(() -> connect("127.0.0.1", OPTIONS)))
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessage("connect to 127.0.0.1:%d: Connection refused".formatted(port))
                .hasCauseInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> run(() -> connect("localhost", OPTIONS)))
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessageContaining("connect to localhost:" + port)
                .hasMessageContaining("127.0.0.1")
                .hasMessageEndingWith("Connection refused");
    }

    @Test
    void errorOfConnectionMadeIsThrownAndTheConnectionLost() {
        var broken = new IOException("not like this");
        run(
                () -> {
                    var protocol =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) throws IOException {
                                    throw broken;
                                }
                            };
                    assertThatThrownBy(
                                    () ->
                                            createConnection(
                                                    () -> protocol,
                                                    "127.0.0.1",
                                                    server.getLocalPort()))
                            .isSameAs(broken);
                    protocol.await("lost");

                    assertThat(protocol.error).isSameAs(broken);
                    assertThat(loop.openChannels()).isEmpty();
                });
    }

    @Test
    void cancelAtAnyMomentLeavesNoChannel() {
        run(
                () -> {
                    for (int turns = 0; turns < 10; turns++) {
                        var protocol = new Recorder(loop);
                        Task<Connected<Recorder>> task =
                                createTask(
                                        () ->
                                                createConnection(
                                                        () -> protocol,
                                                        "127.0.0.1",
                                                        server.getLocalPort()));
                        for (int i = 0; i < turns; i++) {
                            sleep(0);
                        }
                        task.cancel();
                        Asyncio.wait(List.of(task));
                        if (task.cancelled()) {
                            settle();
                            assertThat(loop.openChannels()).isEmpty();
                            assertThat(protocol.events).isIn(List.of(), List.of("made", "lost"));
                        } else {
                            task.result().transport().abort();
                            protocol.await("lost");
                        }
                    }
                });
    }

    // ---------------------------------------------------------------- taking over

    @Test
    void connectedChannelIsTakenOverInBlockingModeToo() {
        Ends ends = ends();
        run(
                () -> {
                    Connected<Recorder> made =
                            createConnection(() -> new Recorder(loop), ends.channel(), OPTIONS);
                    assertThat(ends.channel().isBlocking()).isFalse();
                    ends.peer().getOutputStream().write('x');
                    made.protocol().awaitBytes(1);
                    made.transport().close();
                    made.protocol().await("lost");

                    assertThat(ends.channel().isOpen()).isFalse();
                });
    }

    @Test
    void channelWithAnOwnerStaysItsOwners() {
        Ends ends = ends();
        run(
                () -> {
                    Connected<Recorder> first =
                            createConnection(() -> new Recorder(loop), ends.channel(), OPTIONS);

                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () ->
                                            createConnection(
                                                    () -> new Recorder(loop),
                                                    ends.channel(),
                                                    OPTIONS))
                            .withMessageContaining("belongs to a transport already");
                    assertThat(ends.channel().isOpen()).isTrue();
                    first.transport().close();
                });
    }

    @Test
    void channelOfAFailedTakeoverIsClosed() {
        Ends ends = ends();
        var broken = new IllegalStateException("broken");

        assertThatThrownBy(
                        () ->
                                run(
                                        () ->
                                                createConnection(
                                                        () -> {
                                                            throw broken;
                                                        },
                                                        ends.channel(),
                                                        OPTIONS)))
                .isSameAs(broken);

        assertThat(ends.channel().isOpen()).isFalse();
    }

    @Test
    void cancelledTakeoverClosesItsChannelAndNoOther() {
        Ends ends = ends();
        run(
                () -> {
                    var protocol = new Recorder(loop);
                    Task<Connected<Recorder>> task =
                            createTask(
                                    () ->
                                            createConnection(
                                                    () -> protocol, ends.channel(), OPTIONS));
                    sleep(0); // it has begun, and waits for connectionMade
                    task.cancel();
                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    protocol.await("lost");
                    // A new one may get the descriptor of the old one.
                    Connected<Recorder> next = connect();
                    settle();

                    assertThat(ends.channel().isOpen()).isFalse();
                    assertThat(next.protocol().events).containsExactly("made");
                    next.transport().close();
                });
    }

    @Test
    void connectionsAreOfTheRunningLoop() {
        EventLoop other = open(EventLoop.builder().name("other"));

        Connected<Recorder> made =
                other.runUntilComplete(
                        () ->
                                createConnection(
                                        () -> new Recorder(other),
                                        "127.0.0.1",
                                        server.getLocalPort()));

        assertThat(made.transport().getLoop()).isSameAs(other);
        assertThat(other.openChannels()).hasSize(1);
        other.runUntilComplete(
                () -> {
                    made.transport().close();
                    made.protocol().await("lost");
                });
    }
}
