package dev.heddle.transport;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createDatagramEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** UDP on loopback, open to all and connected to one peer. */
class DatagramTest extends NetFixture {

    private static final DatagramOptions OPTIONS = DatagramOptions.DEFAULT;
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 0);

    private Endpoint<DatagramLog> endpoint(DatagramOptions options) throws IOException {
        return createDatagramEndpoint(() -> new DatagramLog(loop), options);
    }

    private Endpoint<DatagramLog> onLoopback() throws IOException {
        return endpoint(OPTIONS.withLocalAddress(LOOPBACK));
    }

    private static InetSocketAddress addressOf(Endpoint<?> endpoint) {
        SocketAddress address = endpoint.transport().getExtraInfo(ExtraInfo.SOCKNAME);
        return (InetSocketAddress) address;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void close(Endpoint<DatagramLog> endpoint) {
        endpoint.transport().close();
        while (!endpoint.protocol().events.contains("lost")) {
            sleep(0);
        }
    }

    // ---------------------------------------------------------------- moving datagrams

    @Test
    void datagramsGoBothWaysAndTellWhereTheyComeFrom() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    Endpoint<DatagramLog> b = onLoopback();
                    a.transport().sendTo(bytes("one"), addressOf(b));
                    a.transport().sendTo(bytes("two"), addressOf(b));
                    b.protocol().await(3);
                    b.transport().sendTo(bytes("back"), b.protocol().senders.getFirst());
                    a.protocol().await(2);

                    assertThat(b.protocol().events).containsExactly("made", "one", "two");
                    assertThat(b.protocol().senders).containsOnly(addressOf(a));
                    assertThat(a.protocol().events).containsExactly("made", "back");
                    close(a);
                    close(b);
                });
    }

    @Test
    void connectedEndpointSendsToItsPeerAndHearsOnlyIt() {
        run(
                () -> {
                    Endpoint<DatagramLog> server = onLoopback();
                    Endpoint<DatagramLog> stranger = onLoopback();
                    Endpoint<DatagramLog> client =
                            endpoint(OPTIONS.withRemoteAddress(addressOf(server)));
                    client.transport().send(ByteBuffer.wrap(bytes("hello")));
                    client.transport().sendTo(bytes("again"), addressOf(server));
                    server.protocol().await(3);
                    InetSocketAddress from = server.protocol().senders.getFirst();
                    stranger.transport().sendTo(bytes("stranger"), from);
                    server.transport().sendTo(bytes("answer"), from);
                    client.protocol().await(2);

                    assertThat(server.protocol().events).containsExactly("made", "hello", "again");
                    assertThat(client.protocol().events).containsExactly("made", "answer");
                    assertThat(client.protocol().senders).containsExactly(addressOf(server));
                    assertThat(client.transport().<SocketAddress>getExtraInfo(ExtraInfo.PEERNAME))
                            .isEqualTo(addressOf(server));
                    List.of(server, stranger, client).forEach(DatagramTest::close);
                });
    }

    @Test
    void emptyDatagramIsSentAndReceived() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    Endpoint<DatagramLog> b = onLoopback();
                    a.transport().sendTo(new byte[0], addressOf(b));
                    a.transport().sendTo(bytes("x"), addressOf(b));
                    b.protocol().await(3);

                    assertThat(b.protocol().events).containsExactly("made", "", "x");
                    close(a);
                    close(b);
                });
    }

    @Test
    void emptyDatagramOnAConnectedSocketIsAnErrorThatSaysWhatToDo() {
        run(
                () -> {
                    Endpoint<DatagramLog> server = onLoopback();
                    Endpoint<DatagramLog> client =
                            endpoint(OPTIONS.withRemoteAddress(addressOf(server)));
                    client.transport().send(ByteBuffer.allocate(0));

                    assertThat(client.protocol().errors)
                            .singleElement()
                            .asString()
                            .contains("The JDK sends no empty datagram");
                    close(client);
                    close(server);
                });
    }

    @Test
    void largestDatagramArrivesAsAWhole() {
        byte[] large = bytes("x".repeat(65_507));
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    Endpoint<DatagramLog> b = onLoopback();
                    a.transport().sendTo(large, addressOf(b));
                    b.protocol().await(2);

                    assertThat(b.protocol().events.getLast()).hasSize(65_507);
                    close(a);
                    close(b);
                });
    }

    @Test
    void datagramThatIsTooLargeIsAnErrorOfThatDatagramOnly() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    Endpoint<DatagramLog> b = onLoopback();
                    ByteBuffer data = ByteBuffer.allocate(70_000);
                    a.transport().sendTo(data, addressOf(b));
                    a.transport().sendTo(bytes("small"), addressOf(b));
                    b.protocol().await(2);

                    assertThat(data.hasRemaining()).isFalse();
                    assertThat(a.protocol().errors)
                            .singleElement()
                            .isInstanceOf(SocketException.class)
                            .asString()
                            .contains("A datagram of 70000 bytes is too large");
                    assertThat(b.protocol().events).containsExactly("made", "small");
                    close(a);
                    close(b);
                });
    }

    @Test
    void closedPortOfThePeerIsAnErrorAndTheTransportLives() {
        run(
                () -> {
                    InetSocketAddress gone;
                    try (DatagramChannel channel = DatagramChannel.open().bind(LOOPBACK)) {
                        gone = (InetSocketAddress) channel.getLocalAddress();
                    }
                    Endpoint<DatagramLog> client = endpoint(OPTIONS.withRemoteAddress(gone));
                    client.transport().send(ByteBuffer.wrap(bytes("hello")));
                    client.protocol().await(2);

                    assertThat(client.protocol().events).containsExactly("made", "error");
                    assertThat(client.protocol().errors.getFirst())
                            .isInstanceOf(PortUnreachableException.class)
                            .hasMessage("Nobody receives at " + gone);
                    assertThat(client.transport().isClosing()).isFalse();
                    try (DatagramChannel back = DatagramChannel.open().bind(gone)) {
                        client.transport().send(ByteBuffer.wrap(bytes("there?")));
                        var got = ByteBuffer.allocate(100);
                        off(() -> back.receive(got));
                        assertThat(StandardCharsets.US_ASCII.decode(got.flip()).toString())
                                .isEqualTo("there?");
                    }
                    close(client);
                });
    }

    @Test
    void peerThatIsGoneDoesNotDisturbAnEndpointThatIsOpenToAll() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    Endpoint<DatagramLog> b = onLoopback();
                    InetSocketAddress gone = addressOf(b);
                    close(b);
                    a.transport().sendTo(bytes("to nobody"), gone);
                    a.transport().sendTo(bytes("to me"), addressOf(a));
                    a.protocol().await(2);

                    assertThat(a.protocol().events).containsExactly("made", "to me");
                    close(a);
                });
    }

    @Test
    void endpointWithoutAddressesReachesBothFamilies() {
        run(
                () -> {
                    Endpoint<DatagramLog> any = endpoint(OPTIONS);
                    Endpoint<DatagramLog> four = onLoopback();
                    any.transport().sendTo(bytes("four"), addressOf(four));
                    four.protocol().await(2);
                    four.transport()
                            .sendTo(
                                    bytes("back"),
                                    new InetSocketAddress("127.0.0.1", addressOf(any).getPort()));
                    any.protocol().await(2);

                    assertThat(any.protocol().senders).containsExactly(addressOf(four));
                    close(any);
                    close(four);
                });
    }
}
