package dev.heddle.stream;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;
import dev.heddle.transport.WriteBufferLimits;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** How writes wait, and what becomes of the bytes. */
class StreamWriterTest extends StreamFixture {

    private static final StreamOptions EIGHT_SECONDS =
            StreamOptions.DEFAULT
                    .withLimit(1000)
                    .withReadTimeout(null)
                    .withWriteTimeout(Duration.ofSeconds(8));

    private static byte[] random(int n) {
        var data = new byte[n];
        new Random(n).nextBytes(data);
        return data;
    }

    // ---------------------------------------------------------------- write

    @Test
    void writeReturnsAtOnceIfTheSystemTakesAll() {
        run(
                () -> {
                    Pair pair = pair();
                    loop.callSoon(() -> log.add("callback"));
                    pair.here().write(bytes("ab"));
                    pair.here().write(bytes("xcdx"), 1, 2);
                    pair.here().write(ByteBuffer.wrap(bytes("ef")));
                    pair.here().write("g");
                    pair.here().writer().write("h", StandardCharsets.UTF_16BE);
                    pair.here()
                            .writer()
                            .writelines(
                                    List.of(ByteBuffer.wrap(bytes("i")), ByteBuffer.allocate(0)));
                    log.add("written");

                    assertThat(text(pair.there().readExactly(10))).isEqualTo("abcdefg\0hi");
                    assertThat(log).containsExactly("written", "callback");
                });
    }

    @Test
    void writeWaitsUntilTheSystemHasTakenAll() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    byte[] data = random(1_000_000);
                    Task<Void> write = start(() -> pair.here().write(data));
                    settle();
                    assertThat(write.done()).isFalse();

                    var got = new ByteBufferCollector();
                    while (got.size() < data.length) {
                        got.add(pair.there().read(10_000));
                        int left = data.length - got.size();
                        if (left > 400_000) {
                            assertThat(write.done()).isFalse();
                        }
                    }
                    write.await();
                    assertThat(got.toArray()).isEqualTo(data);
                    assertThat(pair.transport().getWriteBufferLimits())
                            .isEqualTo(WriteBufferLimits.DEFAULT);
                });
    }

    /** What has come so far. */
    private static final class ByteBufferCollector extends java.io.ByteArrayOutputStream {

        void add(byte[] data) {
            writeBytes(data);
        }

        byte[] toArray() {
            return toByteArray();
        }
    }

    @Test
    void aWriterInALoopNeverBuffersMoreThanOnePiece() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.transport().capacity = 5000;
                    byte[] piece = random(7000);
                    Task<Void> write =
                            start(
                                    () -> {
                                        for (int i = 0; i < 100; i++) {
                                            pair.here().write(piece);
                                        }
                                    });
                    for (int i = 0; i < 100; i++) {
                        sleep(1); // a slow reader
                        assertThat(pair.there().readExactly(7000)).isEqualTo(piece);
                    }

                    write.await();
                    assertThat(pair.transport().highest).isLessThanOrEqualTo(7000);
                });
    }

    @Test
    void manyWritesThatNeverWaitLetOthersRun() {
        run(
                () -> {
                    Pair pair = pair(StreamOptions.DEFAULT.withLimit(100_000));
                    int[] turns = {0};
                    boolean[] over = {false};
                    Task<Void> other =
                            start(
                                    () -> {
                                        while (!over[0]) {
                                            turns[0]++;
                                            sleep(0);
                                        }
                                    });
                    for (int i = 0; i < 1000; i++) {
                        pair.here().write("x");
                    }
                    over[0] = true;

                    assertThat(turns[0]).isBetween(15, 16);
                    other.await();
                });
    }

    @Test
    void anEchoThatWaitsInItsReadsHasNoFurtherBreaks() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<Void> echo =
                            start(
                                    () -> {
                                        var buffer = new byte[100];
                                        for (int n; (n = pair.there().read(buffer)) > 0; ) {
                                            loop.callSoon(() -> log.add("turn"));
                                            int before = log.size();
                                            pair.there().write(buffer, 0, n);
                                            assertThat(log).hasSize(before);
                                        }
                                    });
                    for (int i = 0; i < 200; i++) {
                        pair.here().write("ping");
                        assertThat(text(pair.here().readExactly(4))).isEqualTo("ping");
                    }
                    pair.here().writeEof();
                    echo.await();
                });
    }

    // ---------------------------------------------------------------- cancel and time

    @Test
    void aCancelledWriteGivesTheBufferBackAndStillSendsIt() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    byte[] data = random(500_000);
                    byte[] sent = data.clone();
                    var buffer = ByteBuffer.wrap(sent);
                    Task<Void> write = start(() -> pair.here().write(buffer));
                    settle();
                    write.cancel();

                    assertThat(errorOf(write)).isInstanceOf(CancelledError.class);
                    assertThat(buffer.hasRemaining()).isFalse();
                    Arrays.fill(sent, (byte) 0);
                    Task<Void> next = start(() -> pair.here().write("behind it"));
                    assertThat(pair.there().readExactly(data.length)).isEqualTo(data);
                    assertThat(text(pair.there().readExactly(9))).isEqualTo("behind it");
                    next.await();
                });
    }

    @Test
    void aWriteTimesOutIfThePeerTakesNothing() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    byte[] data = random(500_000);
                    Duration begin = now();

                    assertThatThrownBy(() -> pair.here().write(data))
                            .isInstanceOf(SocketTimeoutException.class)
                            .hasMessageContaining("write: the peer has taken nothing for 8 s")
                            .hasMessageContaining("127.0.0.1:2");
                    assertThat(now().minus(begin))
                            .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
                    pair.here().abort();
                    pair.there().abort();
                });
    }

    @Test
    void aWriteDoesNotTimeOutAsLongAsThePeerTakesSomething() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.transport().capacity = 1000;
                    byte[] data = random(100_000);
                    Task<Void> write = start(() -> pair.here().write(data));
                    for (int n = 0; n < 60_000; ) {
                        sleep(7.9);
                        n += pair.there().read(2500).length;
                    }
                    assertThat(write.done()).isFalse();
                    Duration begin = now();

                    assertThat(errorOf(write)).isInstanceOf(SocketTimeoutException.class);
                    assertThat(now().minus(begin))
                            .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
                    pair.here().abort();
                });
    }

    // ---------------------------------------------------------------- who may write

    @Test
    void aSecondWriterIsRefusedAndBothAreNamed() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    byte[] data = random(500_000);
                    Task<Void> first = start(() -> pair.here().write(data));
                    first.setName("first");
                    settle();
                    Task<Void> second = start(() -> pair.here().write("x"));
                    second.setName("second");

                    assertThat(errorOf(second))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("Task(first")
                            .hasMessageContaining("Task(second");
                    assertThat(pair.there().readExactly(data.length)).isEqualTo(data);
                    first.await();
                    pair.here().write("y");
                    assertThat(text(pair.there().read(5))).isEqualTo("y");
                });
    }

    @Test
    void aWriteInACallbackIsRefusedButNotOneWithoutAWait() {
        run(
                () -> {
                    Pair pair = pair();
                    var errors = new ArrayList<Throwable>();
                    loop.callSoon(
                            () -> {
                                try {
                                    pair.here().writer().writeNowait("ok");
                                    pair.here().write("x");
                                } catch (IllegalStateException | IOException e) {
                                    errors.add(e);
                                }
                            });
                    settle();

                    assertThat(errors).hasSize(1);
                    assertThat(errors.getFirst()).hasMessageContaining("in a callback");
                    assertThat(text(pair.there().read(5))).isEqualTo("ok");
                });
    }

    // ---------------------------------------------------------------- writeNowait and drain

    @Test
    void drainWaitsAboveTheHighWaterMarkDownToTheLowOne() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    StreamWriter writer = pair.here().writer();
                    pair.transport().capacity = 1000;
                    writer.writeNowait(random(65_000)); // 64,000 stay behind
                    writer.drain();
                    writer.writeNowait(random(5_000));
                    var drains = new ArrayList<Task<Void>>();
                    for (int i = 0; i < 3; i++) {
                        drains.add(start(writer::drain));
                    }
                    settle();
                    assertThat(drains).noneMatch(Task::done);

                    while (pair.transport().getWriteBufferSize() > 16 * 1024) {
                        assertThat(drains).noneMatch(Task::done);
                        pair.there().read(1000);
                        settle();
                    }
                    settle();
                    assertThat(drains).allMatch(Task::done);
                    pair.here().abort();
                });
    }

    @Test
    void drainTimesOutIfThePeerTakesNothing() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.here().writer().writeNowait(random(1_000_000));

                    assertThatThrownBy(() -> pair.here().writer().drain())
                            .isInstanceOf(SocketTimeoutException.class)
                            .hasMessageContaining("drain");
                    pair.here().abort();
                });
    }

    @Test
    void drainThrowsTheErrorOfTheReader() {
        run(
                () -> {
                    Pair pair = pair();
                    var error = new IOException("broken");
                    pair.here().reader().setException(error);

                    assertThatThrownBy(() -> pair.here().writer().drain()).isSameAs(error);
                });
    }

    @Test
    void drainLetsOthersRunOnceIfTheConnectionIsClosing() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.here().writer().writeNowait(random(300_000)); // less than 64 KiB are left
                    pair.here().writer().close();
                    loop.callSoon(() -> log.add("callback"));
                    pair.here().writer().drain();

                    assertThat(log).containsExactly("callback");
                    pair.here().abort();
                });
    }

    @Test
    void writeNowaitIsBounded() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.here().writer().writeNowait(new byte[17 << 20]);

                    assertThatThrownBy(() -> pair.here().writer().writeNowait("x"))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("16777216")
                            .hasMessageContaining("drain");
                    pair.here().abort();
                });
    }

    @Test
    void aWriteBehindUnsentBytesWaitsForAllOfThem() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    pair.here().writer().writeNowait(random(500_000));
                    Task<Void> write = start(() -> pair.here().write("x"));
                    settle();
                    assertThat(write.done()).isFalse();

                    pair.there().readExactly(500_000);
                    write.await();
                    assertThat(text(pair.there().read(5))).isEqualTo("x");
                });
    }

    // ---------------------------------------------------------------- lost connections

    @Test
    void aWriteOnALostConnectionThrowsItsError() {
        run(
                () -> {
                    Pair pair = pair();
                    var error = new SocketException("Connection reset by peer");
                    pair.transport().fail(error);

                    assertThatThrownBy(() -> pair.here().write("x")).isSameAs(error);
                    assertThatThrownBy(() -> pair.here().writer().writeNowait("x")).isSameAs(error);
                    assertThatThrownBy(() -> pair.here().writer().drain()).isSameAs(error);
                    assertThatThrownBy(() -> pair.here().read(1)).isSameAs(error);
                    assertThatThrownBy(() -> pair.here().writer().waitClosed()).isSameAs(error);
                });
    }

    @Test
    void whoWaitsWhenTheConnectionIsLostIsToldWhy() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    var error = new SocketException("Connection reset by peer");
                    Task<Void> write = start(() -> pair.here().write(random(500_000)));
                    settle();
                    Task<Void> drain = start(() -> pair.here().writer().drain());
                    Task<Void> read = start(() -> pair.here().read(1));
                    settle();
                    pair.transport().fail(error);

                    assertThat(errorOf(write)).isSameAs(error);
                    assertThat(errorOf(drain)).isSameAs(error);
                    assertThat(errorOf(read)).isSameAs(error);
                });
    }

    @Test
    void aWriteAfterCloseSaysSo() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.here().close();

                    assertThatThrownBy(() -> pair.here().write("x"))
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("write: the connection was closed by this side");
                    assertThatThrownBy(() -> pair.here().writer().writeNowait("x"))
                            .isInstanceOf(SocketException.class);
                });
    }

    @Test
    void aWriteThatIsAbortedFails() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    Task<Void> write = start(() -> pair.here().write(random(500_000)));
                    settle();
                    pair.here().abort();

                    assertThat(errorOf(write))
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("closed by this side");
                });
    }

    @Test
    void aWriteDuringWhichTheConnectionIsClosedInOrderSucceeds() {
        run(
                () -> {
                    Pair pair = pair(EIGHT_SECONDS);
                    byte[] data = random(500_000);
                    Task<Void> write = start(() -> pair.here().write(data));
                    settle();
                    pair.here().writer().close();
                    settle();

                    assertThat(pair.there().readExactly(data.length)).isEqualTo(data);
                    write.await();
                });
    }

    // ---------------------------------------------------------------- the end of a side

    @Test
    void writeEofEndsOneSideOnly() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.here().write("last words");
                    pair.here().writeEof();

                    assertThat(text(pair.there().reader().read())).isEqualTo("last words");
                    pair.there().write("answer");
                    pair.there().close();
                    assertThat(text(pair.here().reader().read())).isEqualTo("answer");
                    assertThatThrownBy(() -> pair.here().write("more"))
                            .isInstanceOf(IllegalStateException.class);
                    pair.here().close();
                });
    }
}
