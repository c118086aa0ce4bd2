package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createDatagramEndpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** How UDP endpoints are made and closed: addresses, options, channels, errors. */
class DatagramEndpointTest extends NetFixture {

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

    // ---------------------------------------------------------------- addresses

    @Test
    void namesInAddressesAreLookedUpAndFamiliesMatched() {
        run(
                () -> {
                    Endpoint<DatagramLog> server = onLoopback();
                    int port = addressOf(server).getPort();
                    Endpoint<DatagramLog> client =
                            endpoint(
                                    OPTIONS.withLocalAddress(LOOPBACK)
                                            .withRemoteAddress(
                                                    InetSocketAddress.createUnresolved(
                                                            "localhost", port)));
                    client.transport().send(ByteBuffer.wrap(bytes("x")));
                    server.protocol().await(2);

                    assertThat(server.protocol().senders).containsExactly(addressOf(client));
                    close(client);
                    close(server);
                });
    }

    @Test
    void addressesWithoutACommonFamilyAreRefused() {
        DatagramOptions mixed =
                OPTIONS.withLocalAddress(LOOPBACK)
                        .withRemoteAddress(new InetSocketAddress("::1", 9));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> endpoint(mixed)))
                .withMessageContaining("have no family in common");
    }

    @Test
    void unknownNameIsAnError() {
        var nowhere = InetSocketAddress.createUnresolved("", 9);
        DatagramOptions unknown =
                OPTIONS.withRemoteAddress(InetSocketAddress.createUnresolved("no such", 9));

        assertThatThrownBy(() -> run(() -> endpoint(unknown)))
                .isInstanceOf(UnknownHostException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> endpoint(OPTIONS.withRemoteAddress(nowhere))));
    }

    @Test
    void portThatIsTakenIsAnErrorThatNamesIt() {
        run(
                () -> {
                    Endpoint<DatagramLog> first = onLoopback();

                    assertThatThrownBy(() -> endpoint(OPTIONS.withLocalAddress(addressOf(first))))
                            .isExactlyInstanceOf(BindException.class)
                            .hasMessageStartingWith("bind to " + addressOf(first));
                    assertThat(loop.openChannels()).hasSize(1);
                    close(first);
                });
    }

    @Test
    void portIsSharedIfBothWantThat() {
        run(
                () -> {
                    DatagramOptions shared = OPTIONS.withLocalAddress(LOOPBACK).withReusePort(true);
                    Endpoint<DatagramLog> first = endpoint(shared);
                    Endpoint<DatagramLog> second =
                            endpoint(shared.withLocalAddress(addressOf(first)));

                    assertThat(addressOf(second)).isEqualTo(addressOf(first));
                    close(first);
                    close(second);
                });
    }

    @Test
    void broadcastIsAllowedOnlyOnRequest() {
        run(
                () -> {
                    Endpoint<DatagramLog> without = onLoopback();
                    Endpoint<DatagramLog> with =
                            endpoint(OPTIONS.withLocalAddress(LOOPBACK).withAllowBroadcast(true));

                    assertThat(channelOf(without).getOption(StandardSocketOptions.SO_BROADCAST))
                            .isFalse();
                    assertThat(channelOf(with).getOption(StandardSocketOptions.SO_BROADCAST))
                            .isTrue();
                    close(without);
                    close(with);
                });
    }

    private static DatagramChannel channelOf(Endpoint<?> endpoint) {
        java.nio.channels.SelectableChannel channel =
                endpoint.transport().getExtraInfo(ExtraInfo.SOCKET);
        return (DatagramChannel) channel;
    }

    @Test
    void sendToChecksItsAddress() {
        run(
                () -> {
                    Endpoint<DatagramLog> open = onLoopback();
                    Endpoint<DatagramLog> connected =
                            endpoint(OPTIONS.withRemoteAddress(addressOf(open)));
                    var other = new InetSocketAddress("127.0.0.1", 9);

                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> open.transport().sendTo(bytes("x"), null))
                            .withMessageContaining("sendTo needs an address");
                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () ->
                                            open.transport()
                                                    .sendTo(
                                                            bytes("x"),
                                                            InetSocketAddress.createUnresolved(
                                                                    "localhost", 9)))
                            .withMessageContaining("cannot look a name up");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> connected.transport().sendTo(bytes("x"), other))
                            .withMessageContaining("cannot send to " + other);
                    close(connected);
                    close(open);
                });
    }

    // ---------------------------------------------------------------- channels and life

    @Test
    void channelThatIsGivenIsTakenOver() {
        run(
                () -> {
                    DatagramChannel channel =
                            DatagramChannel.open(StandardProtocolFamily.INET).bind(LOOPBACK);
                    Endpoint<DatagramLog> taken = endpoint(OPTIONS.withChannel(channel));
                    taken.transport().sendTo(bytes("self"), addressOf(taken));
                    taken.protocol().await(2);

                    assertThat(taken.protocol().events).containsExactly("made", "self");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> endpoint(OPTIONS.withChannel(channel)))
                            .withMessageContaining("belongs to a transport already");
                    assertThat(channel.isOpen()).isTrue();
                    close(taken);
                    assertThat(channel.isOpen()).isFalse();
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> endpoint(OPTIONS.withChannel(channel)))
                            .withMessageContaining("channel is closed");
                });
    }

    @Test
    void channelThatIsGivenHasNoOtherOptions() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open());
        DatagramOptions given = OPTIONS.withChannel(channel);

        for (DatagramOptions options :
                List.of(
                        given.withLocalAddress(LOOPBACK),
                        given.withRemoteAddress(new InetSocketAddress("127.0.0.1", 9)),
                        given.withReusePort(true),
                        given.withAllowBroadcast(true))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run(() -> endpoint(options)))
                    .withMessageContaining("channel is given");
        }
    }

    @Test
    void remoteAddressNeedsAPort() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withRemoteAddress(LOOPBACK))
                .withMessageContaining("remoteAddress must have a port");
    }

    @Test
    void closeIsToldOnceAndLast() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    DatagramChannel channel = channelOf(a);
                    a.transport().sendTo(bytes("x"), addressOf(a));
                    a.transport().close();
                    a.transport().close();
                    a.transport().abort();
                    assertThat(a.transport().isClosing()).isTrue();
                    assertThat(a.protocol().events).containsExactly("made");
                    settle();

                    assertThat(a.protocol().events).containsExactly("made", "lost");
                    assertThat(a.protocol().lostBy).isNull();
                    assertThat(channel.isOpen()).isFalse();
                    a.transport().sendTo(bytes("late"), new InetSocketAddress("127.0.0.1", 9));
                });
    }

    @Test
    void errorOfTheProtocolIsReportedAndCostsOneDatagram() {
        var broken = new IllegalStateException("broken");
        run(
                () -> {
                    Endpoint<DatagramLog> a =
                            createDatagramEndpoint(
                                    () ->
                                            new DatagramLog(loop) {
                                                @Override
                                                public void datagramReceived(
                                                        ByteBuffer data, InetSocketAddress sender) {
                                                    super.datagramReceived(data, sender);
                                                    if (events.size() == 2) {
                                                        throw broken;
                                                    }
                                                }
                                            },
                                    OPTIONS.withLocalAddress(LOOPBACK));
                    a.transport().sendTo(bytes("one"), addressOf(a));
                    a.transport().sendTo(bytes("two"), addressOf(a));
                    a.protocol().await(3);

                    assertThat(a.protocol().events).containsExactly("made", "one", "two");
                    close(a);
                });

        var error = takeError();
        assertThat(error.exception()).isSameAs(broken);
        assertThat(error.message()).startsWith("protocol.datagramReceived() failed");
    }

    @Test
    void errorOfConnectionMadeIsThrownAndTheEndpointClosed() {
        var broken = new IllegalStateException("broken");
        var protocol =
                new DatagramLog(loop) {
                    @Override
                    public void connectionMade(DatagramTransport made) {
                        throw broken;
                    }
                };

        assertThatThrownBy(() -> run(() -> createDatagramEndpoint(() -> protocol, OPTIONS)))
                .isSameAs(broken);

        turns(loop, 3);
        assertThat(protocol.events).containsExactly("lost");
        assertThat(protocol.lostBy).isSameAs(broken);
    }

    @Test
    void failingFactoryClosesTheChannel() throws IOException {
        DatagramChannel channel = DatagramChannel.open().bind(LOOPBACK);
        var broken = new IllegalStateException("broken");

        assertThatThrownBy(
                        () ->
                                run(
                                        () ->
                                                createDatagramEndpoint(
                                                        () -> {
                                                            throw broken;
                                                        },
                                                        OPTIONS.withChannel(channel))))
                .isSameAs(broken);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void cancelAtAnyMomentLeavesNoChannel() {
        run(
                () -> {
                    for (int turns = 0; turns < 6; turns++) {
                        var protocol = new DatagramLog(loop);
                        Task<Endpoint<DatagramLog>> task =
                                createTask(() -> createDatagramEndpoint(() -> protocol, OPTIONS));
                        for (int i = 0; i < turns; i++) {
                            sleep(0);
                        }
                        task.cancel();
                        Asyncio.wait(List.of(task));
                        if (!task.cancelled()) {
                            task.result().transport().abort();
                        }
                        settle();

                        assertThat(loop.openChannels()).isEmpty();
                        assertThat(protocol.events).isIn(List.of(), List.of("made", "lost"));
                    }
                });
    }

    @Test
    void otherThreadsAreRefused() {
        run(
                () -> {
                    Endpoint<DatagramLog> a = onLoopback();
                    var job =
                            new FutureTask<Void>(
                                    () -> a.transport().sendTo(bytes("x"), addressOf(a)), null);
                    off(
                            () -> {
                                job.run();
                                return true;
                            });

                    assertThatThrownBy(job::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("callSoonThreadsafe");
                    close(a);
                });
    }

    @Test
    void callbackCannotMakeAnEndpoint() {
        run(
                () -> {
                    var done = loop.<Throwable>createFuture();
                    loop.callSoon(
                            () -> {
                                try {
                                    endpoint(OPTIONS);
                                } catch (IOException | IllegalStateException e) {
                                    done.setResult(e);
                                }
                            });

                    assertThat(done.await()).isInstanceOf(IllegalStateException.class);
                });
        assertThatIllegalStateException().isThrownBy(() -> endpoint(OPTIONS));
    }
}
