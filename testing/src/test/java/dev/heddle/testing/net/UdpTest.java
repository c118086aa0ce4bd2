package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.Future;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.DatagramOptions;
import dev.heddle.transport.DatagramProtocol;
import dev.heddle.transport.DatagramTransport;
import dev.heddle.transport.Sockets;
import dev.heddle.transport.Transports;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/** UDP, seen from its channels and transports. */
class UdpTest extends SimulationFixture {

    private DatagramChannel udp(Host host, int port) {
        return host.run(
                () -> {
                    var channel = net.openDatagram(StandardProtocolFamily.INET);
                    channel.configureBlocking(false);
                    if (port > 0) {
                        channel.bind(new InetSocketAddress(port));
                    }
                    return channel;
                });
    }

    private static String text(Sockets.Datagram datagram) {
        return new String(datagram.data(), StandardCharsets.UTF_8);
    }

    /** Sends 100 numbered datagrams, and returns what has arrived ten seconds later, in order. */
    private List<String> hundred() throws IOException {
        DatagramChannel from = udp(client, 1000);
        DatagramChannel to = udp(server, PORT);
        for (int i = 0; i < 100; i++) {
            from.send(bytes("" + i), at(server, PORT));
            Asyncio.sleep(0.0001);
        }
        Asyncio.sleep(10);
        var arrived = new ArrayList<String>();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        while (to.receive(buffer) != null) {
            arrived.add(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
            buffer.clear();
        }
        from.close();
        to.close();
        return arrived;
    }

    @Test
    void aDatagramArrivesWithItsSender() {
        run(
                () -> {
                    DatagramChannel from = udp(client, 1000);
                    DatagramChannel to = udp(server, PORT);
                    from.send(bytes("hello"), at(server, PORT));
                    Sockets.Datagram got = Sockets.recvFrom(to, 100);

                    assertThat(text(got)).isEqualTo("hello");
                    assertThat(got.sender()).isEqualTo(at(client, 1000));
                    assertThat(now()).isEqualTo(millis(1));
                    from.close();
                    to.close();
                });
    }

    @Test
    void emptyDatagramsArriveAndLongOnesAreCutByTheReader() {
        run(
                () -> {
                    DatagramChannel from = udp(client, 1000);
                    DatagramChannel to = udp(server, PORT);
                    from.send(bytes(""), at(server, PORT));
                    from.send(bytes("too long"), at(server, PORT));

                    assertThat(Sockets.recvFrom(to, 3).data()).isEmpty();
                    assertThat(text(Sockets.recvFrom(to, 3))).isEqualTo("too");
                    assertThat(to.receive(ByteBuffer.allocate(10))).isNull();
                    from.close();
                    to.close();
                });
    }

    @Test
    void withoutFaultsAllArriveInOrder() {
        run(
                () -> {
                    List<String> arrived = hundred();

                    assertThat(arrived).hasSize(100);
                    assertThat(arrived).first().isEqualTo("0");
                    assertThat(arrived).last().isEqualTo("99");
                });
    }

    @Test
    void lossDropsSome() {
        net.link(client, server, LinkOptions.DEFAULT.withLoss(0.3));
        run(
                () -> {
                    assertThat(hundred()).hasSizeBetween(50, 90).doesNotHaveDuplicates();
                    assertThat(trace(Kind.DROP)).hasSizeBetween(10, 50);
                });
    }

    @Test
    void duplicationDeliversSomeTwice() {
        net.link(client, server, LinkOptions.DEFAULT.withDuplication(0.3));
        run(
                () -> {
                    List<String> arrived = hundred();

                    assertThat(arrived).hasSizeBetween(110, 150);
                    assertThat(new HashSet<>(arrived)).hasSize(100);
                });
    }

    @Test
    void reorderingLetsSomeOvertakeOthers() {
        net.link(
                client,
                server,
                LinkOptions.DEFAULT.withReordering(
                        0.2, Delay.uniform(Duration.ofMillis(1), Duration.ofMillis(5))));
        run(
                () -> {
                    var numbers =
                            new ArrayList<>(hundred().stream().map(Integer::valueOf).toList());
                    var sorted = new ArrayList<>(numbers);
                    Collections.sort(sorted);

                    assertThat(numbers).hasSize(100).isNotEqualTo(sorted);
                });
    }

    @Test
    void aFullReceiveBufferDropsWhatComes() {
        run(
                () -> {
                    DatagramChannel from = udp(client, 1000);
                    DatagramChannel to = udp(server, PORT);
                    to.setOption(StandardSocketOptions.SO_RCVBUF, 3000);
                    for (int i = 0; i < 5; i++) {
                        from.send(ByteBuffer.allocate(1000), at(server, PORT));
                    }
                    Asyncio.sleep(1);

                    assertThat(trace(Kind.DROP)).hasSize(3);
                    assertThat(trace(Kind.DROP).getFirst()).contains("receive buffer full");
                    from.close();
                    to.close();
                });
    }

    @Test
    void aLinkThatIsTooSlowDropsWhatDoesNotFitItsQueue() {
        net.link(client, server, LinkOptions.DEFAULT.withBandwidth(10_000).withQueue(5_000));
        run(
                () -> {
                    DatagramChannel from = udp(client, 1000);
                    DatagramChannel to = udp(server, PORT);
                    for (int i = 0; i < 10; i++) {
                        from.send(ByteBuffer.allocate(972), at(server, PORT));
                    }
                    for (int i = 0; i < 5; i++) {
                        Sockets.recvFrom(to, 2000);
                    }

                    assertThat(now()).isEqualTo(millis(501));
                    assertThat(trace(Kind.DROP)).hasSize(5);
                    from.close();
                    to.close();
                });
    }

    @Test
    void aConnectedSocketHearsOfAPortThatNobodyHas() {
        run(
                () -> {
                    DatagramChannel channel = udp(client, 0);
                    channel.connect(at(server, PORT));
                    channel.write(bytes("anybody?"));
                    Asyncio.sleep(0.1);

                    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(PortUnreachableException.class);
                    assertThat(channel.read(ByteBuffer.allocate(1))).isZero();
                    channel.close();
                });
    }

    @Test
    void anUnconnectedSocketDoesNotHearOfIt() {
        run(
                () -> {
                    DatagramChannel channel = udp(client, 0);
                    channel.send(bytes("anybody?"), at(server, PORT));
                    Asyncio.sleep(0.1);

                    assertThat(channel.receive(ByteBuffer.allocate(1))).isNull();
                    channel.close();
                });
    }

    @Test
    void aConnectedSocketHearsItsPeerOnly() {
        run(
                () -> {
                    DatagramChannel channel = udp(client, 1000);
                    DatagramChannel peer = udp(server, PORT);
                    DatagramChannel stranger = udp(server, PORT + 1);
                    channel.connect(at(server, PORT));
                    stranger.send(bytes("psst"), at(client, 1000));
                    peer.send(bytes("hello"), at(client, 1000));
                    ByteBuffer buffer = ByteBuffer.allocate(100);
                    Asyncio.sleep(0.1);

                    assertThat(channel.read(buffer)).isEqualTo(5);
                    assertThat(channel.read(buffer)).isZero();
                    assertThatThrownBy(() -> channel.send(bytes("x"), at(server, 9)))
                            .isInstanceOf(AlreadyConnectedException.class);
                    channel.close();
                    peer.close();
                    stranger.close();
                });
    }

    @Test
    void whatIsTooLongIsRefused() {
        run(
                () -> {
                    DatagramChannel channel = udp(client, 0);

                    assertThatThrownBy(
                                    () -> channel.send(ByteBuffer.allocate(65_508), at(server, 1)))
                            .isInstanceOf(SocketException.class)
                            .hasMessage("Message too long");
                    channel.close();
                });
    }

    @Test
    void aPortBelongsToOneSocket() {
        run(
                () -> {
                    DatagramChannel first = udp(client, 1000);
                    try (DatagramChannel second = udp(client, 0)) {
                        assertThatThrownBy(() -> second.bind(new InetSocketAddress(1000)))
                                .isInstanceOf(BindException.class);
                    }
                    first.close();
                });
    }

    @Test
    void broadcastReachesAllOthersIfItIsAllowed() {
        run(
                () -> {
                    DatagramChannel channel = udp(client, 0);
                    DatagramChannel one = udp(server, PORT);
                    DatagramChannel two = udp(net.host("third"), PORT);
                    var everybody = new InetSocketAddress("255.255.255.255", PORT);
                    assertThatThrownBy(() -> channel.send(bytes("x"), everybody))
                            .isInstanceOf(SocketException.class);
                    channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
                    channel.send(bytes("all"), everybody);

                    assertThat(text(Sockets.recvFrom(one, 10))).isEqualTo("all");
                    assertThat(text(Sockets.recvFrom(two, 10))).isEqualTo("all");
                    channel.send(bytes("nobody"), new InetSocketAddress("255.255.255.255", 9));
                    Asyncio.sleep(1);
                    assertThat(trace(Kind.SEND)).noneMatch(line -> line.contains("unreachable"));
                    channel.close();
                    one.close();
                    two.close();
                });
    }

    @Test
    void endpointsOfTransportsRunOnIt() {
        var answer = new Future<String>(loop);
        var refused = new Future<IOException>(loop);
        server.start(
                () -> {
                    Transports.createDatagramEndpoint(
                            () ->
                                    new DatagramProtocol() {
                                        private DatagramTransport transport;

                                        @Override
                                        public void connectionMade(DatagramTransport made) {
                                            transport = made;
                                        }

                                        @Override
                                        public void datagramReceived(
                                                ByteBuffer data, InetSocketAddress sender) {
                                            transport.sendTo(data, sender);
                                        }
                                    },
                            DatagramOptions.DEFAULT.withLocalAddress(new InetSocketAddress(PORT)));
                    Asyncio.sleep(1000);
                });

        runOnClient(
                () -> {
                    Asyncio.sleep(0.01);
                    DatagramProtocol listening =
                            new DatagramProtocol() {
                                @Override
                                public void datagramReceived(
                                        ByteBuffer data, InetSocketAddress sender) {
                                    answer.setResult(
                                            StandardCharsets.UTF_8.decode(data).toString());
                                }

                                @Override
                                public void errorReceived(IOException error) {
                                    refused.setResult(error);
                                }
                            };
                    var good =
                            Transports.createDatagramEndpoint(
                                    () -> listening,
                                    DatagramOptions.DEFAULT.withRemoteAddress(at(server, PORT)));
                    var bad =
                            Transports.createDatagramEndpoint(
                                    () -> listening,
                                    DatagramOptions.DEFAULT.withRemoteAddress(at(server, 9)));
                    good.transport().sendTo(bytes("ping"), null);
                    bad.transport().sendTo(bytes("ping"), null);

                    assertThat(answer.await()).isEqualTo("ping");
                    assertThat(refused.await()).isInstanceOf(PortUnreachableException.class);
                    good.transport().close();
                    bad.transport().close();
                    Asyncio.sleep(0.01);
                });
    }
}
