package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The ways in which a connection ends, and that it ends once. */
class SelectorCloseTest extends NetFixture {

    private static final int SMALL = 16 * 1024;
    private static final int MUCH = 1 << 20;

    @Test
    void closeSendsWhatWasWrittenAndThenEndsTheConnection() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().write(new byte[MUCH]);

                    link.transport().close();
                    link.transport().close();
                    assertThat(link.transport().isClosing()).isTrue();
                    settle();
                    assertThat(recorder.events).doesNotContain("lost");

                    assertThat(off(() -> link.peer().getInputStream().readAllBytes()))
                            .hasSize(MUCH);
                    recorder.await("lost");
                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void closeDoesNotCallTheProtocolFromInside() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    recorder.await("made");

                    link.transport().close();

                    assertThat(recorder.events).containsExactly("made");
                    recorder.await("lost");
                    settle();
                    assertThat(recorder.events).containsExactly("made", "lost");
                    assertThat(link.transport().channel().isOpen()).isFalse();
                });
    }

    @Test
    void nothingIsReceivedAfterClose() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().write(new byte[MUCH]);
                    recorder.await("made");
                    link.peer().getOutputStream().write(new byte[10]);

                    link.transport().close();
                    settle();

                    assertThat(recorder.received.size()).isZero();
                    link.transport().abort();
                    recorder.await("lost");
                });
    }

    @Test
    void abortDropsWhatWasNotSent() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().write(new byte[MUCH]);

                    link.transport().abort();
                    link.transport().abort();
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    recorder.await("lost");

                    assertThat(recorder.error).isNull();
                    assertThat(off(() -> link.peer().getInputStream().readAllBytes().length))
                            .isLessThan(MUCH);
                });
    }

    @Test
    void abortAfterCloseDoesNotWaitForThePeer() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().write(new byte[MUCH]);
                    link.transport().close();

                    link.transport().abort();
                    recorder.await("lost");

                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void closeBeforeConnectionMadeKeepsTheOrder() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    var made = loop.<@Nullable Void>createFuture();
                    var transport =
                            SelectorTransport.open(loop, ends().channel(), recorder, null, made);

                    transport.abort();
                    made.await();
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void closeInConnectionMadeReadsNothing() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) throws Exception {
                                    super.connectionMade(made);
                                    made.write("bye".getBytes());
                                    made.close();
                                }
                            };
                    Link link = link(recorder);
                    link.peer().getOutputStream().write(1);

                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void aProtocolMayCloseInDataReceived() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    transport().write(data);
                                    transport().close();
                                }
                            };
                    Link link = link(recorder);
                    link.peer().getOutputStream().write("echo".getBytes());

                    assertThat(off(() -> new String(link.peer().getInputStream().readAllBytes())))
                            .isEqualTo("echo");
                    recorder.await("lost");
                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void aPeerThatTakesNothingIsAbortedAfterTheCloseTimeout() {
        var clock = Clock.virtual();
        EventLoop virtual = open(EventLoop.builder().clock(clock));
        var recorder = new Recorder(virtual);
        Ends ends = ends(SMALL);
        virtual.runUntilComplete(
                () -> {
                    var transport =
                            SelectorTransport.open(virtual, ends.channel(), recorder, null, null);
                    transport.write(new byte[MUCH]);
                    transport.close();

                    clock.advance(Duration.ofMillis(59_999));
                    settle();
                    assertThat(recorder.events).doesNotContain("lost");
                    clock.advance(Duration.ofMillis(1));
                    settle();

                    assertThat(recorder.events).endsWith("lost");
                    assertThat(recorder.error)
                            .isInstanceOf(SocketTimeoutException.class)
                            .hasMessageContaining("closeTimeout");
                });
    }

    @Test
    void withoutACloseTimeoutAPeerMayTakeItsTime() {
        var clock = Clock.virtual();
        EventLoop virtual = open(EventLoop.builder().clock(clock));
        var recorder = new Recorder(virtual);
        Ends ends = ends(SMALL);
        virtual.runUntilComplete(
                () -> {
                    var transport =
                            SelectorTransport.open(
                                    virtual,
                                    ends.channel(),
                                    recorder,
                                    TcpOptions.DEFAULT.withCloseTimeout(null),
                                    null,
                                    null);
                    transport.write(new byte[MUCH]);
                    transport.close();

                    clock.advance(Duration.ofDays(100));
                    settle();
                    assertThat(recorder.events).doesNotContain("lost");
                    transport.abort();
                    recorder.await("lost");
                });
    }

    @Test
    void writesToALostConnectionAreDroppedAndTheFifthWarns() {
        var warnings = new ArrayList<String>();
        Logger logger = Logger.getLogger("dev.heddle");
        var handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        warnings.add(record.getLevel() + " " + record.getMessage());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            run(
                    () -> {
                        var recorder = new Recorder(loop);
                        Link link = link(recorder);
                        recorder.await("made");
                        link.transport().abort();

                        ByteBuffer data = ByteBuffer.allocate(3);
                        link.transport().write(data);
                        assertThat(data.hasRemaining()).isFalse();
                        recorder.await("lost");
                        link.transport().write(new byte[1]);
                        link.transport().writelines(List.of(ByteBuffer.allocate(1)));
                        link.transport().lend(ByteBuffer.allocate(1));
                        assertThat(warnings).isEmpty();
                        link.transport().write(new byte[1]);
                        assertThat(warnings).hasSize(1);
                        assertThat(warnings.getFirst()).startsWith("WARNING");
                    });
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void closingTheLoopClosesTheChannel() {
        EventLoop other = open(EventLoop.builder());
        Ends ends = ends(SMALL);
        var recorder = new Recorder(other);
        SelectorTransport[] transport = new SelectorTransport[1];
        other.runUntilComplete(
                () -> {
                    transport[0] =
                            SelectorTransport.open(other, ends.channel(), recorder, null, null);
                    recorder.await("made");
                    transport[0].write(new byte[MUCH]);
                });
        assertThat(other.openChannels()).containsExactly(ends.channel());

        other.close();

        assertThat(ends.channel().isOpen()).isFalse();
        assertThat(transport[0].isClosing()).isTrue();
        transport[0].close();
        transport[0].abort();
        transport[0].write(new byte[1]);
        assertThat(recorder.events).doesNotContain("lost");
    }

    @Test
    void aChannelThatHasAnOwnerIsRefusedAndNotClosed() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    var channel = (SocketChannel) link.transport().channel();

                    assertThatThrownBy(
                                    () ->
                                            SelectorTransport.open(
                                                    loop, channel, new Recorder(loop), null, null))
                            .isInstanceOf(IllegalStateException.class);

                    link.peer().getOutputStream().write(1);
                    recorder.awaitBytes(1);
                    link.transport().close();
                });
    }

    @Test
    void aChannelThatIsNotConnectedIsRefused() throws Exception {
        SocketChannel channel = closing(SocketChannel.open());

        run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                SelectorTransport.open(
                                                        loop,
                                                        channel,
                                                        new Recorder(loop),
                                                        null,
                                                        null))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("not connected"));
    }

    @Test
    void addressesStayKnownWhenTheConnectionIsLost() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    SelectorTransport transport = link.transport();
                    assertThat(transport.getExtraInfo(ExtraInfo.SOCKET))
                            .isSameAs(transport.channel());
                    assertThat(transport.getExtraInfo(ExtraInfo.PIPE)).isNull();
                    assertThat(transport.getExtraInfo(ExtraInfo.CIPHER)).isNull();

                    transport.abort();
                    recorder.await("lost");

                    assertThat(transport.getExtraInfo(ExtraInfo.PEERNAME))
                            .isEqualTo(link.peer().getLocalSocketAddress());
                    assertThat(transport.getExtraInfo(ExtraInfo.SOCKNAME)).isNotNull();
                    assertThat(transport.getLoop()).isSameAs(loop);
                });
    }

    @Test
    void itsTextTellsItsState() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    SelectorTransport transport = link.transport();
                    assertThat(transport.toString()).contains("new", "127.0.0.1:", " -> ");
                    recorder.await("made");
                    assertThat(transport.toString()).contains("open", "reading");
                    transport.pauseReading();
                    assertThat(transport.toString()).contains("paused");
                    transport.write(new byte[MUCH]);
                    assertThat(transport.toString()).contains("bytes to send");
                    transport.close();
                    assertThat(transport.toString()).contains("closing");
                    transport.abort();
                    assertThat(transport.toString()).contains("lost");
                    recorder.await("lost");
                    settle();
                    assertThat(transport.toString()).contains("closed");
                });
    }

    @Test
    void optionsAreSetOnTheSocket() {
        run(
                () -> {
                    Ends plain = ends();
                    var transport =
                            SelectorTransport.open(
                                    loop, plain.channel(), new Recorder(loop), null, null);
                    assertThat(plain.channel().socket().getTcpNoDelay()).isTrue();
                    assertThat(plain.channel().socket().getKeepAlive()).isFalse();
                    transport.close();

                    Ends other = ends();
                    transport =
                            SelectorTransport.open(
                                    loop,
                                    other.channel(),
                                    new Recorder(loop),
                                    TcpOptions.DEFAULT.withNoDelay(false).withKeepAlive(true),
                                    null,
                                    null);
                    assertThat(other.channel().socket().getTcpNoDelay()).isFalse();
                    assertThat(other.channel().socket().getKeepAlive()).isTrue();
                    transport.close();
                });
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> TcpOptions.DEFAULT.withSendBufferSize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sendBufferSize must be at least 1");
        assertThatThrownBy(() -> TcpOptions.DEFAULT.withReceiveBufferSize(-1))
                .hasMessageContaining("receiveBufferSize must be at least 1");
        assertThatThrownBy(() -> TcpOptions.DEFAULT.withCloseTimeout(Duration.ofSeconds(-1)))
                .hasMessageContaining("closeTimeout must be at least 0");
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withBacklog(0))
                .hasMessageContaining("backlog must be at least 1");
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withMaxConnections(0))
                .hasMessageContaining("maxConnections must be at least 1");
    }
}
