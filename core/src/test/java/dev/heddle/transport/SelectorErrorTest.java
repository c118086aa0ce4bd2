package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.ErrorContext;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A protocol that fails loses its connection, and the exception handler is told. */
class SelectorErrorTest extends NetFixture {

    private final IllegalStateException mistake = new IllegalStateException("a mistake");

    private void assertFatal(Recorder recorder, String method) {
        recorder.await("lost");
        assertThat(recorder.error).isSameAs(mistake);
        ErrorContext error = takeError();
        assertThat(error.message())
                .startsWith("Fatal error: protocol." + method + "() call failed");
        assertThat(error.exception()).isSameAs(mistake);
    }

    @Test
    void anErrorInDataReceivedEndsTheConnection() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) {
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);

                    assertFatal(recorder, "dataReceived");
                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void anErrorInEofReceivedEndsTheConnection() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public boolean eofReceived() {
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.peer().close();

                    assertFatal(recorder, "eofReceived");
                });
    }

    @Test
    void anErrorInConnectionMadeEndsTheConnection() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) {
                                    throw mistake;
                                }
                            };
                    link(recorder);

                    assertFatal(recorder, "connectionMade");
                });
    }

    @Test
    void anErrorInConnectionMadeReachesWhoeverWaitsForIt() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) {
                                    throw mistake;
                                }
                            };
                    var made = loop.<@Nullable Void>createFuture();
                    SelectorTransport.open(loop, ends().channel(), recorder, null, made);

                    assertThatThrownBy(made::await).isSameAs(mistake);

                    recorder.await("lost");
                    assertThat(recorder.error).isSameAs(mistake);
                });
    }

    @Test
    void anErrorInConnectionLostIsReportedAndTheChannelClosed() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void connectionLost(@Nullable Throwable e) throws Exception {
                                    super.connectionLost(e);
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.transport().close();
                    recorder.await("lost");

                    assertThat(takeError().exception()).isSameAs(mistake);
                    assertThat(link.transport().channel().isOpen()).isFalse();
                });
    }

    @Test
    void errorsInPauseAndResumeWritingAreReportedAndKillNothing() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void pauseWriting() throws Exception {
                                    super.pauseWriting();
                                    throw new IOException("in pause");
                                }

                                @Override
                                public void resumeWriting() throws Exception {
                                    super.resumeWriting();
                                    throw new IOException("in resume");
                                }
                            };
                    Link link = link(recorder, TcpOptions.DEFAULT, 16 * 1024);
                    byte[] much = new byte[1 << 20];

                    link.transport().write(much);
                    assertThat(takeError().message()).startsWith("protocol.pauseWriting() failed");
                    byte[] got = off(() -> link.peer().getInputStream().readNBytes(much.length));
                    recorder.await("resume");

                    assertThat(takeError().message()).startsWith("protocol.resumeWriting() failed");
                    assertThat(got).isEqualTo(much);
                    assertThat(link.transport().isClosing()).isFalse();
                    link.transport().close();
                });
    }

    @Test
    void aResetComesAsTheErrorOfConnectionLostAndIsNotReported() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    recorder.await("made");

                    reset(link.peer());
                    recorder.await("lost");

                    assertThat(recorder.error).isInstanceOf(IOException.class);
                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void aResetBeforeConnectionMadeComesAfterIt() {
        run(
                () -> {
                    Ends ends = ends();
                    reset(ends.peer());
                    var recorder = new Recorder(loop);

                    SelectorTransport.open(loop, ends.channel(), recorder, null, null);
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "lost");
                    assertThat(recorder.error).isInstanceOf(IOException.class);
                });
    }

    @Test
    void aResetWithDataPendingEndsTheConnection() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, 16 * 1024);
                    link.transport().write(new byte[1 << 20]);
                    assertThat(link.transport().getWriteBufferSize()).isPositive();

                    reset(link.peer());
                    recorder.await("lost");

                    assertThat(recorder.error).isInstanceOf(IOException.class);
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                });
    }

    @Test
    void aResetWhileClosingWithDataPendingEndsTheConnection() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, 16 * 1024);
                    link.transport().write(new byte[1 << 20]);
                    link.transport().close();

                    reset(link.peer());
                    recorder.await("lost");

                    assertThat(recorder.error).isInstanceOf(IOException.class);
                });
    }

    @Test
    void aResetInHalfCloseIsSeenByTheNextWrite() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    recorder.keepOpenAtEof = true;
                    Link link = link(recorder);
                    link.peer().shutdownOutput();
                    recorder.await("eof");

                    reset(link.peer());
                    while (!link.transport().isClosing()) { // the reset needs its time
                        link.transport().write(new byte[1]);
                        dev.heddle.Asyncio.sleep(0);
                    }
                    recorder.await("lost");

                    assertThat(recorder.error).isInstanceOf(IOException.class);
                    assertThat(recorder.events).containsExactly("made", "eof", "lost");
                });
    }

    @Test
    void aResetInDataReceivedIsSeenAfterIt() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    super.dataReceived(data);
                                    reset(links[0].peer());
                                    transport().write(new byte[10]);
                                }

                                final Link[] links = {link(this)};
                            };
                    recorder.links[0].peer().getOutputStream().write(1);

                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "data", "lost");
                    assertThat(recorder.error).isInstanceOf(IOException.class);
                });
    }

    @Test
    void anErrorThatAnotherMakesIsNotLostBehindClose() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) {
                                    transport().close();
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(takeError().exception()).isSameAs(mistake);
                    assertThat(recorder.error).as("close came first").isNull();
                });
    }
}
