package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is written arrives, whole and in order, and nobody has to wait for it. */
class SelectorWriteTest extends NetFixture {

    private static final int SMALL = 16 * 1024; // of the system's buffers
    private static final int MUCH = 1 << 20; // more than the system takes then

    private static byte[] bytes(int n, int seed) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) + seed);
        }
        return bytes;
    }

    private static byte[] receive(Link link, int n) {
        return off(() -> link.peer().getInputStream().readNBytes(n));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBufferIsSentFromItsPositionToItsLimitAndIsTheCallersAgain(boolean direct) {
        run(
                () -> {
                    Link link = link(new Recorder(loop));
                    ByteBuffer data =
                            direct ? ByteBuffer.allocateDirect(10) : ByteBuffer.allocate(10);
                    data.put("0123456789".getBytes()).position(2).limit(7);

                    link.transport().write(data);

                    assertThat(data.position()).isEqualTo(7);
                    assertThat(data.limit()).isEqualTo(7);
                    data.clear().put("##########".getBytes());
                    assertThat(receive(link, 5)).isEqualTo("23456".getBytes());
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    link.transport().close();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheSystemDoesNotTakeIsCopied(boolean direct) {
        run(
                () -> {
                    Link link = link(new Recorder(loop), TcpOptions.DEFAULT, SMALL);
                    ByteBuffer data =
                            direct ? ByteBuffer.allocateDirect(MUCH) : ByteBuffer.allocate(MUCH);
                    byte[] expected = bytes(MUCH, 0);
                    data.put(expected).flip();

                    link.transport().write(data);
                    assertThat(data.hasRemaining()).isFalse();
                    assertThat(data.limit()).isEqualTo(MUCH);
                    assertThat(link.transport().getWriteBufferSize()).isBetween(1, MUCH - 1);
                    data.clear().put(new byte[MUCH]);

                    assertThat(receive(link, MUCH)).isEqualTo(expected);
                    link.transport().close();
                });
    }

    @Test
    void writesKeepTheirOrder() {
        run(
                () -> {
                    Link link = link(new Recorder(loop), TcpOptions.DEFAULT, SMALL);
                    byte[] expected = bytes(MUCH, 7);
                    int at = 0;
                    for (int n = 1; at < MUCH; n = n * 3 % 9973 + 1) {
                        int end = Math.min(MUCH, at + n);
                        if (n % 2 == 0) {
                            link.transport().write(Arrays.copyOfRange(expected, at, end));
                        } else {
                            link.transport()
                                    .writelines(
                                            List.of(
                                                    ByteBuffer.wrap(expected, at, (end - at) / 2),
                                                    ByteBuffer.wrap(
                                                            expected,
                                                            at + (end - at) / 2,
                                                            (end - at) - (end - at) / 2)));
                        }
                        at = end;
                    }

                    assertThat(receive(link, MUCH)).isEqualTo(expected);
                    link.transport().close();
                });
    }

    @Test
    void manyPiecesAreSentInOrder() {
        run(
                () -> {
                    Link link = link(new Recorder(loop));
                    byte[] expected = bytes(5000, 1);
                    List<ByteBuffer> pieces = new ArrayList<>();
                    for (int i = 0; i < 5000; i++) {
                        pieces.add(ByteBuffer.wrap(expected, i, 1));
                    }

                    link.transport().writelines(pieces);

                    assertThat(pieces).noneMatch(ByteBuffer::hasRemaining);
                    assertThat(receive(link, 5000)).isEqualTo(expected);
                    link.transport().close();
                });
    }

    @Test
    void whatRemainsOfPiecesIsCopied() {
        run(
                () -> {
                    Link link = link(new Recorder(loop), TcpOptions.DEFAULT, SMALL);
                    byte[] one = bytes(MUCH, 1);
                    byte[] two = bytes(MUCH, 2);
                    byte[] expected = Arrays.copyOf(one, 2 * MUCH);
                    System.arraycopy(two, 0, expected, MUCH, MUCH);

                    link.transport()
                            .writelines(List.of(ByteBuffer.wrap(one), ByteBuffer.wrap(two)));
                    assertThat(link.transport().getWriteBufferSize()).isGreaterThan(MUCH);
                    Arrays.fill(one, (byte) 0);
                    Arrays.fill(two, (byte) 0);

                    assertThat(receive(link, 2 * MUCH)).isEqualTo(expected);
                    link.transport().close();
                });
    }

    @Test
    void emptyWritesDoNothing() {
        run(
                () -> {
                    Link link = link(new Recorder(loop));

                    link.transport().write(new byte[0]);
                    link.transport().writelines(List.of());
                    link.transport().writelines(List.of(ByteBuffer.allocate(0)));
                    link.transport().lend(ByteBuffer.allocate(0));
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    link.transport().close();

                    assertThat(off(() -> link.peer().getInputStream().read())).isEqualTo(-1);
                });
    }

    @Test
    void aLentBufferIsUsedUntilItIsReclaimed() {
        run(
                () -> {
                    Link link = link(new Recorder(loop), TcpOptions.DEFAULT, SMALL);
                    byte[] data = bytes(MUCH, 3);
                    byte[] expected = data.clone();
                    ByteBuffer lent = ByteBuffer.wrap(data);

                    link.transport().lend(lent);
                    int waiting = link.transport().getWriteBufferSize();
                    assertThat(lent.remaining()).as("no copy").isEqualTo(waiting).isPositive();
                    link.transport().reclaim();
                    assertThat(link.transport().getWriteBufferSize()).isEqualTo(waiting);
                    assertThat(lent.hasRemaining()).isFalse();
                    Arrays.fill(data, (byte) 0);

                    assertThat(receive(link, MUCH)).isEqualTo(expected);
                    link.transport().close();
                });
    }

    @Test
    void aLentBufferIsSentBetweenItsNeighbours() {
        run(
                () -> {
                    Link link = link(new Recorder(loop), TcpOptions.DEFAULT, SMALL);
                    link.transport().write(bytes(MUCH, 1));
                    link.transport().lend(ByteBuffer.wrap(bytes(MUCH, 2)));
                    link.transport().write(bytes(10, 3));

                    assertThat(receive(link, MUCH)).isEqualTo(bytes(MUCH, 1));
                    assertThat(receive(link, MUCH)).isEqualTo(bytes(MUCH, 2));
                    assertThat(receive(link, 10)).isEqualTo(bytes(10, 3));
                    link.transport().close();
                });
    }

    // ---------------------------------------------------------------- flow control

    @Test
    void theMarksAreStrictAndEachIsToldOnce() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    SelectorTransport transport = link.transport();
                    recorder.await("made");
                    transport.setWriteBufferLimits(new WriteBufferLimits(Integer.MAX_VALUE, 0));
                    transport.write(new byte[MUCH]);
                    int size = transport.getWriteBufferSize();

                    transport.setWriteBufferLimits(new WriteBufferLimits(size + 1, 100));
                    transport.write(new byte[1]);
                    assertThat(recorder.events).as("equal is not above").containsExactly("made");
                    transport.write(new byte[1]);
                    assertThat(recorder.events).as("at once").containsExactly("made", "pause");
                    transport.write(new byte[1]);
                    assertThat(recorder.events).as("once").containsExactly("made", "pause");

                    receive(link, MUCH + 3);
                    recorder.await("resume");
                    assertThat(transport.getWriteBufferSize()).isLessThanOrEqualTo(100);
                    assertThat(recorder.events).containsExactly("made", "pause", "resume");
                    transport.close();
                });
    }

    @Test
    void newMarksCountAtOnce() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    SelectorTransport transport = link.transport();
                    recorder.await("made");
                    transport.setWriteBufferLimits(new WriteBufferLimits(Integer.MAX_VALUE, 0));
                    transport.write(new byte[MUCH]);
                    assertThat(recorder.events).containsExactly("made");

                    transport.setWriteBufferLimits(WriteBufferLimits.DEFAULT);
                    assertThat(recorder.events).containsExactly("made", "pause");
                    transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(8 * MUCH));
                    assertThat(recorder.events).containsExactly("made", "pause", "resume");
                    assertThat(transport.getWriteBufferLimits().low()).isEqualTo(2 * MUCH);
                    transport.abort();
                });
    }

    @Test
    void withZeroMarksEachByteThatStaysBehindCounts() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().setWriteBufferLimits(WriteBufferLimits.ZERO);

                    link.transport().write(new byte[10]);
                    assertThat(recorder.events).isEmpty();
                    link.transport().write(new byte[MUCH]);
                    assertThat(recorder.events).containsExactly("pause");

                    receive(link, MUCH + 10);
                    recorder.await("resume");
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    link.transport().close();
                });
    }

    @Test
    void aProtocolMayWriteWhenItIsResumed() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                int rounds = 3;

                                @Override
                                public void resumeWriting() throws Exception {
                                    super.resumeWriting();
                                    if (rounds-- > 0) {
                                        transport().write(bytes(MUCH, rounds));
                                    } else {
                                        transport().close();
                                    }
                                }
                            };
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    link.transport().write(bytes(MUCH, 3));

                    for (int i = 3; i >= 0; i--) {
                        assertThat(receive(link, MUCH)).isEqualTo(bytes(MUCH, i));
                    }
                    recorder.await("lost");

                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void aProtocolMayAbortWhenItIsPaused() {
        run(
                () -> {
                    var recorder =
                            new Recorder(loop) {
                                @Override
                                public void pauseWriting() throws Exception {
                                    super.pauseWriting();
                                    transport().abort();
                                }
                            };
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    recorder.await("made");

                    link.transport().write(new byte[MUCH]);
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "pause", "lost");
                });
    }

    // ---------------------------------------------------------------- the end of output

    @Test
    void writeEofEndsTheOutputAfterWhatWasWritten() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    Link link = link(recorder, TcpOptions.DEFAULT, SMALL);
                    byte[] data = bytes(MUCH, 0);

                    link.transport().write(data);
                    link.transport().writeEof();
                    link.transport().writeEof();

                    assertThat(off(() -> link.peer().getInputStream().readAllBytes()))
                            .isEqualTo(data);
                    link.peer().getOutputStream().write("late".getBytes());
                    recorder.awaitBytes(4);
                    assertThat(link.transport().isClosing()).isFalse();
                    link.transport().close();
                });
    }

    @Test
    void writeEofWithNothingToSendEndsTheOutputAtOnce() {
        run(
                () -> {
                    Link link = link(new Recorder(loop));

                    link.transport().writeEof();

                    assertThat(off(() -> link.peer().getInputStream().read())).isEqualTo(-1);
                    link.transport().close();
                });
    }

    @Test
    void writingAfterWriteEofIsAnError() {
        run(
                () -> {
                    Link link = link(new Recorder(loop));
                    assertThat(link.transport().canWriteEof()).isTrue();
                    link.transport().writeEof();

                    assertThatThrownBy(() -> link.transport().write(new byte[1]))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("writeEof");
                    assertThatThrownBy(() -> link.transport().writelines(List.of()))
                            .isInstanceOf(IllegalStateException.class);
                    link.transport().close();
                });
    }

    @Test
    void anotherThreadIsRefused() {
        run(
                () -> {
                    Link link = link(new Recorder(loop));

                    assertThatThrownBy(
                                    () ->
                                            off(
                                                    () -> {
                                                        link.transport().write(new byte[1]);
                                                        return 0;
                                                    }))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("callSoonThreadsafe");
                    link.transport().close();
                });
    }
}
