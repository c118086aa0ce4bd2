package dev.heddle.transport;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createDatagramEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What happens when the system has no room, has errors, or has very much; on a fake channel. */
class DatagramQueueTest extends FakeNetFixture {

    private static final DatagramOptions OPTIONS = DatagramOptions.DEFAULT;
    private static final InetSocketAddress ONE = new InetSocketAddress("192.0.2.1", 1);
    private static final InetSocketAddress TWO = new InetSocketAddress("192.0.2.2", 2);

    private DatagramLog protocol;
    private DatagramTransport transport;
    private FakeDatagram channel;

    private void open(DatagramOptions options) throws IOException {
        open(new DatagramLog(loop), options);
    }

    private void open(DatagramLog log, DatagramOptions options) throws IOException {
        protocol = log;
        transport = createDatagramEndpoint(() -> log, options).transport();
        channel = network.datagrams.getLast();
    }

    private void send(String text, InetSocketAddress address) {
        transport.sendTo(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), address);
    }

    private static void settle() {
        for (int i = 0; i < 10; i++) {
            sleep(0);
        }
    }

    private void close() {
        transport.abort();
        settle();
    }

    @Test
    void datagramsWaitForRoomAndKeepTheirOrderAndAddresses() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 1;
                    send("a", ONE);
                    send("b", TWO);
                    send("", ONE);
                    send("c", ONE);
                    assertThat(channel.sent).containsExactly("a to 1");
                    assertThat(transport.getWriteBufferSize()).isEqualTo(2 + 3 * 8);
                    channel.room = 100;
                    settle();

                    assertThat(channel.sent).containsExactly("a to 1", "b to 2", " to 1", "c to 1");
                    assertThat(transport.getWriteBufferSize()).isZero();
                    close();
                });
    }

    @Test
    void whatWaitsIsACopy() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 0;
                    byte[] data = {'a'};
                    transport.sendTo(data, ONE);
                    data[0] = 'b';
                    channel.room = 1;
                    settle();

                    assertThat(channel.sent).containsExactly("a to 1");
                    close();
                });
    }

    @Test
    void protocolIsPausedAboveTheHighMarkAndResumedAtTheLowOne() {
        run(
                () -> {
                    open(OPTIONS.withWriteBufferLimits(new WriteBufferLimits(30, 10)));
                    channel.room = 0;
                    send("12345678901234567890", ONE); // 28 with the overhead
                    assertThat(protocol.events).containsExactly("made");
                    send("", ONE); // 36
                    send("", ONE); // 44
                    assertThat(protocol.events).containsExactly("made", "pause");
                    channel.room = 1; // leaves 16
                    settle();
                    assertThat(protocol.events).containsExactly("made", "pause");
                    channel.room = 1; // leaves 8
                    settle();

                    assertThat(protocol.events).containsExactly("made", "pause", "resume");
                    close();
                });
    }

    @Test
    void changedMarksCountAtOnce() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 0;
                    send("123", ONE);
                    transport.setWriteBufferLimits(WriteBufferLimits.ZERO);
                    assertThat(protocol.events).containsExactly("made", "pause");
                    transport.setWriteBufferLimits(WriteBufferLimits.DEFAULT);

                    assertThat(protocol.events).containsExactly("made", "pause", "resume");
                    close();
                });
    }

    @Test
    void closeSendsWhatWaitsAndReceivesNothingMore() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 0;
                    send("a", ONE);
                    send("b", ONE);
                    transport.close();
                    channel.arrived.add("not heard");
                    settle();
                    assertThat(protocol.events).containsExactly("made");
                    channel.room = 10;
                    settle();

                    assertThat(channel.sent).containsExactly("a to 1", "b to 1");
                    assertThat(protocol.events).containsExactly("made", "lost");
                    assertThat(channel.isOpen()).isFalse();
                });
    }

    @Test
    void abortDropsWhatWaits() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 0;
                    send("a", ONE);
                    transport.abort();
                    channel.room = 10;
                    settle();

                    assertThat(channel.sent).isEmpty();
                    assertThat(transport.getWriteBufferSize()).isZero();
                    assertThat(protocol.events).containsExactly("made", "lost");
                    assertThat(protocol.lostBy).isNull();
                });
    }

    @Test
    void errorOfOneThatWaitsDoesNotHoldUpTheOthers() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.room = 0;
                    send("a", ONE);
                    send("b", ONE);
                    channel.sendError = new IOException("no buffer space");
                    channel.room = 10;
                    settle();

                    assertThat(protocol.events).containsExactly("made", "error");
                    assertThat(channel.sent).containsExactly("b to 1");
                    assertThat(transport.getWriteBufferSize()).isZero();
                    close();
                });
    }

    @Test
    void protocolMaySendAgainWhenItHearsOfAnError() {
        run(
                () -> {
                    open(
                            new DatagramLog(loop) {
                                @Override
                                public void errorReceived(IOException error) {
                                    super.errorReceived(error);
                                    send("again", ONE);
                                }
                            },
                            OPTIONS);
                    channel.room = 0;
                    send("a", ONE);
                    send("b", ONE);
                    channel.sendError = new IOException("no buffer space");
                    channel.room = 10;
                    settle();

                    assertThat(channel.sent).containsExactly("b to 1", "again to 1");
                    close();
                });
    }

    @Test
    void protocolMayAbortWhenItHearsOfAnError() {
        run(
                () -> {
                    open(
                            new DatagramLog(loop) {
                                @Override
                                public void errorReceived(IOException error) {
                                    transport.abort();
                                }
                            },
                            OPTIONS);
                    channel.room = 0;
                    send("a", ONE);
                    send("b", ONE);
                    channel.sendError = new IOException("no buffer space");
                    channel.room = 10;
                    settle();

                    assertThat(channel.sent).isEmpty();
                    assertThat(protocol.events).containsExactly("made", "lost");
                });
    }

    @Test
    void flowOfDatagramsLetsOthersHaveTheirTurn() {
        int many = 3 * SelectorDatagramTransport.MOST_RECEIVES;
        run(
                () -> {
                    open(OPTIONS);
                    for (int i = 0; i < many; i++) {
                        channel.arrived.add("x");
                    }
                    while (protocol.events.size() == 1) {
                        sleep(0);
                    }
                    assertThat(protocol.events)
                            .hasSize(1 + SelectorDatagramTransport.MOST_RECEIVES);
                    settle();

                    assertThat(protocol.events).hasSize(1 + many);
                    close();
                });
    }

    @Test
    void closeInTheMidstOfManyDatagramsEndsThem() {
        run(
                () -> {
                    open(
                            new DatagramLog(loop) {
                                @Override
                                public void datagramReceived(
                                        ByteBuffer data, InetSocketAddress sender) {
                                    super.datagramReceived(data, sender);
                                    transport.close();
                                }
                            },
                            OPTIONS);
                    channel.arrived.add("one");
                    channel.arrived.add("two");
                    settle();

                    assertThat(protocol.events).containsExactly("made", "one", "lost");
                });
    }

    @Test
    void errorThatIsNotOfTheNetworkIsFatal() {
        var bug = new IllegalStateException("bug");
        run(
                () -> {
                    open(OPTIONS);
                    channel.arrived.add(bug);
                    settle();

                    assertThat(protocol.events).containsExactly("made", "lost");
                    assertThat(protocol.lostBy).isSameAs(bug);
                });

        assertThat(takeErrors())
                .singleElement()
                .satisfies(e -> assertThat(e.message()).startsWith("Fatal receive error"));
    }

    @Test
    void channelClosedBehindItsBackIsALostConnection() {
        run(
                () -> {
                    open(OPTIONS);
                    channel.close();
                    channel.sendError = new java.nio.channels.ClosedChannelException();
                    send("x", ONE);
                    settle();

                    assertThat(protocol.events).containsExactly("made", "lost");
                    assertThat(protocol.lostBy)
                            .isInstanceOf(java.nio.channels.ClosedChannelException.class);
                });
    }

    @Test
    void errorsOfFlowControlAreReportedAndChangeNothing() {
        run(
                () -> {
                    open(
                            new DatagramLog(loop) {
                                @Override
                                public void pauseWriting() {
                                    throw new IllegalStateException("pause");
                                }

                                @Override
                                public void errorReceived(IOException error) {
                                    throw new IllegalStateException("error", error);
                                }
                            },
                            OPTIONS.withWriteBufferLimits(WriteBufferLimits.ZERO));
                    channel.sendError = new IOException("no buffer space");
                    send("x", ONE);
                    channel.room = 0;
                    send("y", ONE);
                    channel.room = 10;
                    settle();

                    assertThat(channel.sent).containsExactly("y to 1");
                    close();
                });

        assertThat(takeErrors())
                .extracting(e -> e.exception().getMessage())
                .containsExactly("error", "pause");
    }

    @Test
    void withoutIpv6ItIsIpv4() {
        network.withoutIpv6 = true;
        run(
                () -> {
                    open(OPTIONS);
                    assertThat(channel.family).isEqualTo(StandardProtocolFamily.INET);
                    close();
                });
    }

    @Test
    void loopThatIsClosedClosesTheChannel() {
        run(() -> open(OPTIONS));
        assertThat(loop.openChannels()).containsExactly(channel);

        loop.close();

        assertThat(channel.isOpen()).isFalse();
        assertThat(protocol.events).containsExactly("made");
    }
}
