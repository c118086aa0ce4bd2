package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** TCP, seen from its channels. */
class TcpTest extends SimulationFixture {

    // ---------------------------------------------------------------- connecting

    @Test
    void connectTakesOneRoundTrip() {
        run(
                () -> {
                    ServerSocketChannel listener = listen(server, PORT, 1);
                    SocketChannel channel = connect(client, server, PORT);

                    assertThat(now()).isEqualTo(millis(2));
                    assertThat(channel.isConnected()).isTrue();
                    assertThat(channel.getRemoteAddress()).isEqualTo(at(server, PORT));
                    assertThat(((InetSocketAddress) channel.getLocalAddress()).getAddress())
                            .isEqualTo(client.address());
                    channel.close();
                    listener.close();
                });
    }

    @Test
    void connectIsRefusedWhereNobodyListens() {
        run(
                () -> {
                    SocketChannel channel = open(client);

                    assertThatThrownBy(() -> Sockets.connect(channel, at(server, PORT)))
                            .isInstanceOf(ConnectException.class)
                            .hasMessageContaining("Connection refused");
                    assertThat(now()).isEqualTo(millis(2));
                    channel.close();
                });
    }

    @Test
    void connectWithoutAnAnswerFailsAfterTwoMinutesOfTries() {
        net.isolate(server);
        run(
                () -> {
                    SocketChannel channel = open(client);

                    assertThatThrownBy(() -> Sockets.connect(channel, at(server, PORT)))
                            .isInstanceOf(ConnectException.class)
                            .hasMessageContaining("Connection timed out");
                    assertThat(now()).isEqualTo(Duration.ofSeconds(127));
                    assertThat(trace(Kind.DROP)).hasSize(7);
                    channel.close();
                });
    }

    @Test
    void connectToAnAddressThatNobodyHasHangsUntilTheTimeoutOfTheUser() {
        run(
                () -> {
                    SocketChannel channel = open(client);

                    assertThatThrownBy(
                                    () ->
                                            Asyncio.timeout(
                                                    3,
                                                    () ->
                                                            Sockets.connect(
                                                                    channel,
                                                                    new InetSocketAddress(
                                                                            "10.9.9.9", PORT))))
                            .isInstanceOf(TimeoutException.class);
                    assertThat(now()).isEqualTo(Duration.ofSeconds(3));
                    channel.close();
                });
    }

    @Test
    void aFullAcceptQueueDropsTheSynWhichIsSentAgain() {
        run(
                () -> {
                    ServerSocketChannel listener = listen(server, PORT, 1);
                    SocketChannel first = connect(client, server, PORT);
                    loop.callLater(
                            millis(500),
                            () -> {
                                try {
                                    listener.accept().close();
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
                    SocketChannel second = connect(client, server, PORT);

                    assertThat(now()).isEqualTo(millis(1004));
                    assertThat(trace(Kind.DROP))
                            .singleElement()
                            .asString()
                            .contains("SYN (accept queue full)");
                    first.close();
                    second.close();
                    listener.close();
                });
    }

    @Test
    void closingAListenerResetsThoseWhoWaitInItsQueue() {
        run(
                () -> {
                    ServerSocketChannel listener = listen(server, PORT, 5);
                    SocketChannel channel = connect(client, server, PORT);
                    Asyncio.sleep(0.1);
                    listener.close();

                    assertThatThrownBy(() -> receive(channel))
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("Connection reset");
                    channel.close();
                });
    }

    @Test
    void aSocketClosedWhileItConnectsLeavesNothingBehind() {
        run(
                () -> {
                    ServerSocketChannel listener = listen(server, PORT, 5);
                    SocketChannel channel = open(client);
                    channel.connect(at(server, PORT));
                    channel.close();
                    Asyncio.sleep(1);

                    assertThat(listener.accept()).isNull();
                    assertThat(server.connections).isEmpty();
                    assertThat(client.connections).isEmpty();
                    listener.close();
                });
    }

    @Test
    void methodsOutOfOrderThrowWhatTheJdkThrows() {
        run(
                () -> {
                    SocketChannel channel = open(client);
                    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(NotYetConnectedException.class);
                    assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                            .isInstanceOf(NotYetConnectedException.class);
                    assertThatThrownBy(channel::finishConnect)
                            .isInstanceOf(NoConnectionPendingException.class);
                    channel.close();
                    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(ClosedChannelException.class);

                    Pair pair = pair();
                    assertThatThrownBy(() -> pair.client().connect(at(server, 1)))
                            .isInstanceOf(AlreadyConnectedException.class);
                    pair.close();
                    try (var unbound = net.openServerSocket(StandardProtocolFamily.INET)) {
                        assertThatThrownBy(unbound::accept)
                                .isInstanceOf(NotYetBoundException.class);
                    }
                });
    }

    @Test
    void blockingModeIsRefusedClearly() {
        run(
                () -> {
                    SocketChannel channel = net.openSocket(StandardProtocolFamily.INET);

                    assertThatThrownBy(() -> channel.connect(at(server, PORT)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("configureBlocking(false)");
                    channel.close();
                });
    }

    @Test
    void unixSocketsAreRefusedClearly() {
        run(
                () ->
                        assertThatThrownBy(() -> net.openSocket(StandardProtocolFamily.UNIX))
                                .isInstanceOf(UnsupportedOperationException.class)
                                .hasMessageContaining("UNIX"));
    }

    // ---------------------------------------------------------------- ports

    @Test
    void aPortBelongsToOneListener() {
        run(
                () -> {
                    ServerSocketChannel listener = listen(server, PORT, 1);
                    try (var second =
                            on(server, () -> net.openServerSocket(StandardProtocolFamily.INET))) {
                        assertThatThrownBy(() -> second.bind(new InetSocketAddress(PORT)))
                                .isInstanceOf(BindException.class)
                                .hasMessage("Address already in use");
                        second.bind(new InetSocketAddress(PORT + 1));
                    }
                    listen(client, PORT, 1).close(); // another host has ports of its own
                    listener.close();
                    listen(server, PORT, 1).close();
                });
    }

    @Test
    void socketsThatAgreeMayShareAPort() {
        run(
                () -> {
                    var channels = new ServerSocketChannel[2];
                    for (int i = 0; i < 2; i++) {
                        channels[i] =
                                on(server, () -> net.openServerSocket(StandardProtocolFamily.INET));
                        channels[i].setOption(StandardSocketOptions.SO_REUSEPORT, true);
                        channels[i].bind(new InetSocketAddress(PORT));
                    }
                    connect(client, server, PORT).close();
                    channels[0].close();
                    channels[1].close();
                });
    }

    @Test
    void onlyOwnAddressesCanBeBound() {
        run(
                () -> {
                    SocketChannel channel = open(client);

                    assertThatThrownBy(() -> channel.bind(at(server, 0)))
                            .isInstanceOf(BindException.class)
                            .hasMessage("Cannot assign requested address");
                    channel.bind(at(client, 0));
                    assertThat(((InetSocketAddress) channel.getLocalAddress()).getPort())
                            .isPositive();
                    channel.close();
                });
    }

    @Test
    void theLoopbackIsEachHostsOwn() {
        run(
                () -> {
                    ServerSocketChannel listener =
                            on(server, () -> net.openServerSocket(StandardProtocolFamily.INET));
                    listener.bind(new InetSocketAddress("127.0.0.1", PORT));

                    assertThatThrownBy(() -> connect(client, server, PORT))
                            .isInstanceOf(ConnectException.class);
                    SocketChannel own = open(server);
                    Sockets.connect(own, new InetSocketAddress("127.0.0.1", PORT));
                    assertThat(own.isConnected()).isTrue();
                    own.close();
                    listener.close();
                });
    }

    @Test
    void optionsAreKept() {
        run(
                () -> {
                    SocketChannel channel = open(client);
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    channel.setOption(StandardSocketOptions.SO_RCVBUF, 1000);

                    assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
                    assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(1000);
                    assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
                    assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isNegative();
                    assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.SO_RCVBUF, 0))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> channel.getOption(StandardSocketOptions.SO_BROADCAST))
                            .isInstanceOf(UnsupportedOperationException.class);
                    channel.close();
                });
    }

    // ---------------------------------------------------------------- bytes

    @Test
    void bytesArriveAfterTheLatency() {
        run(
                () -> {
                    Pair pair = pair();
                    Duration begin = now();
                    pair.client().write(bytes("hello"));

                    assertThat(readNow(pair.server())).isNull();
                    assertThat(receive(pair.server())).isEqualTo("hello");
                    assertThat(now().minus(begin)).isEqualTo(millis(1));
                    pair.close();
                });
    }

    @Test
    void scatteredReadsAndGatheredWrites() {
        run(
                () -> {
                    Pair pair = pair();
                    long written =
                            pair.client()
                                    .write(
                                            new ByteBuffer[] {
                                                bytes("ab"), bytes(""), bytes("cdefg")
                                            });
                    Asyncio.sleep(0.1);
                    ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocate(10)};

                    assertThat(written).isEqualTo(7);
                    assertThat(pair.server().read(targets)).isEqualTo(7);
                    assertThat(new String(targets[0].array())).isEqualTo("abc");
                    assertThat(new String(targets[1].array(), 0, 4)).isEqualTo("defg");
                    pair.close();
                });
    }

    @Test
    void whatIsBufferedIsBounded() {
        run(
                () -> {
                    Pair pair = pair();
                    long written = 0;
                    for (int i = 0; i < 100; i++) {
                        written += pair.client().write(ByteBuffer.allocate(10_000));
                        Asyncio.sleep(0.01);
                    }

                    assertThat(written).isEqualTo(2 * 64 * 1024);
                    assertThat(pair.client().write(bytes("more"))).isZero();
                    int read = 0;
                    for (int n; (n = pair.server().read(ByteBuffer.allocate(9999))) > 0; ) {
                        read += n;
                        Asyncio.sleep(0.01);
                    }
                    assertThat(read).isEqualTo(2 * 64 * 1024);
                    assertThat(pair.client().write(bytes("more"))).isEqualTo(4);
                    pair.close();
                });
    }

    @Test
    void aLostWindowUpdateIsMadeUpForByAProbe() {
        run(
                () -> {
                    Pair pair = pair();
                    for (int i = 0; i < 20; i++) {
                        pair.client().write(ByteBuffer.allocate(10_000));
                        Asyncio.sleep(0.01);
                    }
                    net.partition(client, server);
                    int read = 0;
                    for (int n; (n = pair.server().read(ByteBuffer.allocate(9999))) > 0; ) {
                        read += n;
                    }
                    Asyncio.sleep(0.05);
                    net.heal(client, server);
                    while (read < 2 * 64 * 1024) {
                        read += Sockets.recv(pair.server(), 100_000).length;
                    }

                    assertThat(now()).isLessThan(Duration.ofSeconds(3));
                    pair.close();
                });
    }

    @Test
    void bandwidthIsWhatTheLinkHas() {
        net.link(client, server, LinkOptions.DEFAULT.withBandwidth(100_000));
        run(
                () -> {
                    Pair pair = pair();
                    Duration begin = now();
                    Sockets.sendAll(pair.client(), ByteBuffer.allocate(50_000));
                    for (int read = 0; read < 50_000; ) {
                        read += Sockets.recv(pair.server(), 100_000).length;
                    }

                    assertThat(now().minus(begin)).isBetween(millis(500), millis(530));
                    pair.close();
                });
    }

    // ---------------------------------------------------------------- the end

    @Test
    void theEndComesAfterTheBytes() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("last"));
                    pair.client().close();
                    Asyncio.sleep(0.1);

                    assertThat(readNow(pair.server())).isEqualTo("last");
                    assertThat(readNow(pair.server())).isEqualTo("<end>");
                    assertThat(readNow(pair.server())).isEqualTo("<end>");
                    pair.server().close();
                    Asyncio.sleep(0.1);
                    assertThat(client.connections).isEmpty();
                    assertThat(server.connections).isEmpty();
                });
    }

    @Test
    void oneHalfCanEndAlone() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("request"));
                    pair.client().shutdownOutput();
                    Asyncio.sleep(0.1);
                    assertThat(readNow(pair.server())).isEqualTo("request");
                    assertThat(readNow(pair.server())).isEqualTo("<end>");
                    pair.server().write(bytes("response"));

                    assertThat(receive(pair.client())).isEqualTo("response");
                    assertThatThrownBy(() -> pair.client().write(bytes("more")))
                            .isInstanceOf(ClosedChannelException.class);
                    pair.close();
                });
    }

    @Test
    void afterShutdownInputThereIsOnlyTheEnd() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("unread"));
                    Asyncio.sleep(0.1);
                    pair.server().shutdownInput();

                    assertThat(readNow(pair.server())).isEqualTo("<end>");
                    pair.client().write(bytes("ignored"));
                    Asyncio.sleep(0.1);
                    assertThat(pair.client().write(bytes("still there"))).isPositive();
                    pair.close();
                });
    }

    @Test
    void dataForAClosedSocketIsAnsweredWithAReset() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.server().close();
                    Asyncio.sleep(0.1);
                    assertThat(readNow(pair.client())).isEqualTo("<end>");
                    assertThat(pair.client().write(bytes("too late"))).isEqualTo(8);
                    Asyncio.sleep(0.1);

                    assertThatThrownBy(() -> pair.client().write(bytes("again")))
                            .isInstanceOf(IOException.class)
                            .hasMessage("Broken pipe");
                    pair.client().close();
                });
    }

    @Test
    void closingWithUnreadBytesResetsTheConnection() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("unread"));
                    Asyncio.sleep(0.1);
                    pair.server().close();

                    assertThatThrownBy(() -> receive(pair.client()))
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("Connection reset");
                    pair.client().close();
                });
    }

    @Test
    void lingerZeroResetsTheConnection() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.server().setOption(StandardSocketOptions.SO_LINGER, 0);
                    pair.server().close();
                    Asyncio.sleep(0.1);

                    assertThatThrownBy(() -> readNow(pair.client()))
                            .isInstanceOf(SocketException.class)
                            .hasMessage("Connection reset");
                    assertThatThrownBy(() -> pair.client().write(bytes("x")))
                            .isInstanceOf(IOException.class)
                            .hasMessage("Broken pipe");
                    pair.client().close();
                });
    }

    @Test
    void theFirstWriteAfterAResetSaysSo() {
        run(
                () -> {
                    Pair pair = pair();
                    net.reset(client, server);

                    assertThatThrownBy(() -> pair.client().write(bytes("x")))
                            .hasMessage("Connection reset by peer");
                    assertThatThrownBy(() -> pair.client().write(bytes("x")))
                            .hasMessage("Broken pipe");
                    pair.close();
                });
    }

    @Test
    void whatHadComeBeforeAResetCanBeRead() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("before"));
                    Asyncio.sleep(0.1);
                    net.reset(client, server);

                    assertThat(readNow(pair.server())).isEqualTo("before");
                    assertThatThrownBy(() -> readNow(pair.server())).hasMessage("Connection reset");
                    pair.close();
                });
    }

    @Test
    void aConnectionThatNobodyAcknowledgesTimesOut() {
        run(
                () -> {
                    Pair pair = pair();
                    Duration begin = now();
                    net.partition(client, server);
                    pair.client().write(bytes("lost"));

                    assertThatThrownBy(() -> receive(pair.client()))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("Connection timed out");
                    assertThat(now().minus(begin)).isEqualTo(Duration.ofMinutes(15));
                    pair.close();
                });
    }

    @Test
    void anIdleConnectionSurvivesAPartition() {
        run(
                () -> {
                    Pair pair = pair();
                    net.partition(client, server);
                    Asyncio.sleep(Duration.ofDays(1));
                    net.heal(client, server);
                    pair.client().write(bytes("still there"));

                    assertThat(receive(pair.server())).isEqualTo("still there");
                    pair.close();
                });
    }

    @Test
    void aClosedSocketDoesNotWaitForEverForItsPeer() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().close();
                    Asyncio.sleep(Duration.ofMinutes(2));

                    assertThat(client.connections).isEmpty();
                    pair.server().write(bytes("hello?"));
                    Asyncio.sleep(0.1);
                    assertThatThrownBy(() -> pair.server().write(bytes("x")))
                            .hasMessage("Broken pipe");
                    pair.server().close();
                });
    }

    @Test
    void whatWasWrittenBeforeACloseArrivesEvenIfItIsLostAtFirst() {
        run(
                () -> {
                    Pair pair = pair();
                    net.partition(client, server);
                    pair.client().write(bytes("goodbye"));
                    pair.client().close();
                    Asyncio.sleep(5);
                    net.heal(client, server);

                    assertThat(receive(pair.server())).isEqualTo("goodbye");
                    assertThat(receive(pair.server())).isEmpty();
                    pair.server().close();
                    Asyncio.sleep(20);
                    assertThat(client.connections).isEmpty();
                });
    }
}
