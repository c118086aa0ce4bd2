package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What a transport hands to a plain protocol, and when. */
class SelectorReadTest extends NetFixture {

    @Test
    void aProtocolHearsOfConnectionDataAndEnd() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);

                    link.peer().getOutputStream().write("abc".getBytes());
                    recorder.awaitBytes(3);
                    link.peer().close();
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "data", "eof", "lost");
                    assertThat(recorder.text()).isEqualTo("abc");
                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void connectionMadeComesBeforeWhatWasSentLongAgo() {
        run(
                () -> {
                    Ends ends = ends();
                    ends.peer().getOutputStream().write("early".getBytes());
                    ends.peer().close();

                    var recorder = new Recorder(loop);
                    SelectorTransport.open(loop, ends.channel(), recorder, null, null);
                    assertThat(recorder.events).as("nothing is called inside of open").isEmpty();
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "data", "eof", "lost");
                });
    }

    @Test
    void theFutureCompletesAfterConnectionMade() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    var made = loop.<@Nullable Void>createFuture();
                    made.addDoneCallback(f -> recorder.note("future"));
                    var transport =
                            SelectorTransport.open(loop, ends().channel(), recorder, null, made);

                    made.await();

                    settle();
                    assertThat(recorder.events).containsExactly("made", "future");
                    transport.close();
                });
    }

    @Test
    void aFutureThatIsCancelledIsLeftAlone() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    var made = loop.<@Nullable Void>createFuture();
                    var transport =
                            SelectorTransport.open(loop, ends().channel(), recorder, null, made);
                    made.cancel();

                    recorder.await("made");

                    transport.close();
                    recorder.await("lost");
                });
    }

    @Test
    void readingCanBePausedInConnectionMade() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void connectionMade(Transport made) throws Exception {
                                    super.connectionMade(made);
                                    made.pauseReading();
                                }
                            };
                    Link link = link(recorder);
                    link.peer().getOutputStream().write("abc".getBytes());
                    recorder.await("made");
                    settle();

                    assertThat(recorder.events).containsExactly("made");
                    assertThat(link.transport().isReading()).isFalse();

                    link.transport().resumeReading();
                    recorder.awaitBytes(3);
                    link.transport().close();
                });
    }

    @Test
    void pausingAndResumingAreIdempotent() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    recorder.await("made");
                    SelectorTransport transport = link.transport();

                    transport.pauseReading();
                    transport.pauseReading();
                    assertThat(transport.isReading()).isFalse();
                    link.peer().getOutputStream().write("abc".getBytes());
                    settle();
                    assertThat(recorder.received.size()).isZero();

                    transport.resumeReading();
                    transport.resumeReading();
                    assertThat(transport.isReading()).isTrue();
                    recorder.awaitBytes(3);
                    transport.close();
                });
    }

    @Test
    void pausingAndResumingDoNothingWhenClosing() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    recorder.await("made");

                    link.transport().close();
                    link.transport().pauseReading();
                    link.transport().resumeReading();

                    assertThat(link.transport().isReading()).isFalse();
                    recorder.await("lost");
                    link.transport().pauseReading();
                    link.transport().resumeReading();
                    assertThat(recorder.events).containsExactly("made", "lost");
                });
    }

    @Test
    void pausingInDataReceivedStopsTheNextPiece() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    super.dataReceived(data);
                                    transport().pauseReading();
                                }
                            };
                    Link link = link(recorder);
                    byte[] much = new byte[3 * LoopBuffers.READ_SIZE];
                    var sender = loop.runInExecutor(null, () -> send(link, much));

                    recorder.awaitBytes(1);
                    int first = recorder.received.size();
                    settle();
                    assertThat(recorder.received.size()).isEqualTo(first);

                    while (recorder.received.size() < much.length) {
                        int before = recorder.received.size();
                        link.transport().resumeReading();
                        recorder.awaitBytes(before + 1);
                    }
                    sender.await();
                    link.transport().close();
                });
    }

    private static @Nullable Void send(Link link, byte[] data) throws Exception {
        link.peer().getOutputStream().write(data);
        return null;
    }

    @Test
    void muchDataComesWholeAndInOrder() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder);
                    byte[] much = new byte[4 << 20];
                    for (int i = 0; i < much.length; i++) {
                        much[i] = (byte) (i * 31 + (i >> 8));
                    }

                    var sender = loop.runInExecutor(null, () -> send(link, much));
                    recorder.awaitBytes(much.length);

                    assertThat(recorder.received.toByteArray()).isEqualTo(much);
                    sender.await();
                    link.transport().close();
                });
    }

    @Test
    void whatAProtocolDoesToTheBufferDoesNotReachTheNext() {
        run(
                () -> {
                    List<String> seen = new ArrayList<>();
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    seen.add(data.order() + " " + data.remaining());
                                    data.order(ByteOrder.LITTLE_ENDIAN).limit(1);
                                    note("data");
                                    received.write(0);
                                }
                            };
                    Link link = link(recorder);

                    for (int i = 1; i <= 2; i++) {
                        link.peer().getOutputStream().write(new byte[10]);
                        recorder.awaitBytes(i);
                    }

                    assertThat(seen).containsExactly("BIG_ENDIAN 10", "BIG_ENDIAN 10");
                    link.transport().close();
                });
    }

    @Test
    void eofClosesUnlessTheProtocolKeepsItOpen() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    recorder.keepOpenAtEof = true;
                    Link link = link(recorder);

                    link.peer().shutdownOutput();
                    recorder.await("eof");
                    settle();

                    assertThat(recorder.events).containsExactly("made", "eof");
                    assertThat(link.transport().isReading()).isFalse();
                    link.transport().resumeReading();
                    settle();
                    assertThat(recorder.events).as("the end comes once").hasSize(2);

                    link.transport().write("still here".getBytes());
                    link.transport().close();
                    assertThat(off(() -> new String(link.peer().getInputStream().readAllBytes())))
                            .isEqualTo("still here");
                    recorder.await("lost");
                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void aProtocolCanBeReplacedInMidStream() {
        run(
                () -> {
                    var second = new BufferedRecorder(loop, ByteBuffer.allocate(4));
                    var third = new Recorder(loop);
                    var first =
                            new Recorder(loop) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    super.dataReceived(data);
                                    transport().setProtocol(second);
                                }
                            };
                    Link link = link(first);

                    link.peer().getOutputStream().write("one".getBytes());
                    first.awaitBytes(3);
                    assertThat(link.transport().getProtocol()).isSameAs(second);
                    link.peer().getOutputStream().write("second".getBytes());
                    second.awaitBytes(6);
                    link.transport().setProtocol(third);
                    link.peer().getOutputStream().write("3".getBytes());
                    third.awaitBytes(1);
                    link.peer().close();
                    third.await("lost");

                    assertThat(first.events).containsExactly("made", "data");
                    assertThat(second.text()).isEqualTo("second");
                    assertThat(second.events).doesNotContain("made", "lost");
                    assertThat(third.events).containsExactly("data", "eof", "lost");
                });
    }

    @Test
    void theFirstProtocolIsToldOfTheConnectionAlsoIfItIsReplacedBefore() {
        run(
                () -> {
                    var first = new Recorder(loop);
                    var second = new Recorder(loop);
                    Link link = link(first);

                    link.transport().setProtocol(second);
                    first.await("made");
                    link.peer().close();
                    second.await("lost");

                    assertThat(first.events).containsExactly("made");
                    assertThat(second.events).containsExactly("eof", "lost");
                });
    }

    @Test
    void aFastSenderLeavesOthersTheirTurn() {
        run(
                () -> {
                    Link fast = link(new Recorder(loop));
                    var fastOne = (Recorder) fast.transport().getProtocol();
                    var sender = loop.runInExecutor(null, () -> send(fast, new byte[64 << 20]));
                    fastOne.awaitBytes(1);

                    int turns = 0;
                    while (fastOne.received.size() < 64 << 20) {
                        int before = fastOne.received.size();
                        dev.heddle.Asyncio.sleep(0);
                        assertThat(fastOne.received.size() - before)
                                .as("bytes in one turn")
                                .isLessThanOrEqualTo(2 * LoopBuffers.READ_SIZE);
                        turns++;
                    }

                    assertThat(turns).isGreaterThan(30);
                    sender.await();
                    fast.transport().close();
                });
    }
}
