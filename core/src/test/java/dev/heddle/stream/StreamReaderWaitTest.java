package dev.heddle.stream;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;

/** How reads wait: for bytes, for time, and for each other. */
class StreamReaderWaitTest extends StreamFixture {

    private static final StreamOptions FIVE_SECONDS =
            StreamOptions.DEFAULT.withReadTimeout(Duration.ofSeconds(5)).withLimit(1000);

    /** A read that needs more than "abc", of each kind. */
    private static LinkedHashMap<String, VoidCoroutine> reads(StreamReader reader) {
        var reads = new LinkedHashMap<String, VoidCoroutine>();
        reads.put("readExactly", () -> reader.readExactly(10));
        reads.put("readExactly of much", () -> reader.readExactly(100_000));
        reads.put("readExactly into", () -> reader.readExactly(new byte[10]));
        reads.put("readUntil", () -> reader.readUntil(bytes("\n")));
        reads.put("readLine", reader::readLine);
        reads.put("read to the end", reader::read);
        return reads;
    }

    // ---------------------------------------------------------------- how bytes come

    @Test
    void aWaitingReadGetsWhatComesAndTheBufferTheRest() {
        run(
                () -> {
                    Pair pair = pair();
                    var target = new byte[5];
                    Task<Integer> read = loop.createTask(() -> pair.here().read(target, 1, 3));
                    settle();
                    pair.there().write("abcdef");

                    assertThat(read.await()).isEqualTo(3);
                    assertThat(text(target)).isEqualTo("\0abc\0");
                    assertThat(text(pair.here().read(10))).isEqualTo("def");
                });
    }

    @Test
    void eachKindOfReadWaitsForItsBytes() {
        run(
                () -> {
                    Pair pair = pair();
                    StreamReader reader = pair.here().reader();
                    var direct = ByteBuffer.allocateDirect(4);

                    Task<String> one = loop.createTask(() -> text(reader.read(3)));
                    settle();
                    pair.there().write("abcd");
                    assertThat(one.await()).isEqualTo("abc");
                    assertThat(text(reader.read(3))).isEqualTo("d");

                    Task<Integer> two = loop.createTask(() -> reader.readInto(direct));
                    settle();
                    pair.there().write("efgh");
                    assertThat(two.await()).isEqualTo(4);

                    Task<String> all = loop.createTask(() -> text(reader.read()));
                    settle();
                    pair.there().write("the ");
                    settle();
                    pair.there().write("end");
                    pair.there().writeEof();
                    assertThat(all.await()).isEqualTo("the end");
                });
    }

    @Test
    void aByteThatComesBetweenTheWakeUpAndTheTaskIsNotLost() {
        run(
                () -> {
                    var reader = new StreamReader(100);
                    var target = new byte[4];
                    Task<Integer> read = loop.createTask(() -> reader.read(target));
                    settle();
                    reader.feedData(bytes("ab"));
                    reader.feedData(bytes("cd"));

                    assertThat(read.await()).isEqualTo(2);
                    assertThat(text(reader.read(4))).isEqualTo("cd");
                });
    }

    @Test
    void theEndWakesAReadThatWaits() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<Integer> read = loop.createTask(() -> pair.here().read(new byte[5]));
                    settle();
                    pair.there().writeEof();

                    assertThat(read.await()).isEqualTo(-1);
                });
    }

    @Test
    void aDirectBufferGetsItsBytesWithoutTheReadersBuffer() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    var target = ByteBuffer.allocateDirect(10).position(2).limit(6);
                    Task<Integer> read =
                            loop.createTask(() -> pair.here().reader().readInto(target));
                    settle();
                    assertThat(pair.transport().getProtocol()).isInstanceOf(DirectRead.class);
                    pair.there().write("abcdef");

                    assertThat(read.await()).isEqualTo(4);
                    assertThat(target.position()).isEqualTo(6);
                    assertThat(StandardCharsets.UTF_8.decode(target.flip().position(2)).toString())
                            .isEqualTo("abcd");
                    assertThat(text(pair.here().readExactly(2))).isEqualTo("ef");
                    assertThat(pair.transport().getProtocol())
                            .isInstanceOf(StreamReaderProtocol.class);
                });
    }

    @Test
    void aDirectReadThatIsCancelledAfterItsBytesHaveComeLosesNothing() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    var target = ByteBuffer.allocateDirect(3);
                    Task<Void> read = start(() -> pair.here().reader().readInto(target));
                    settle();
                    var direct = (DirectRead) pair.transport().getProtocol();
                    direct.getBuffer(-1).put(bytes("abc"));
                    direct.bufferUpdated(3);
                    ((StreamReaderProtocol) pair.transport().getProtocol())
                            .dataReceived(ByteBuffer.wrap(bytes("def")));
                    read.cancel();

                    assertThat(errorOf(read)).isInstanceOf(CancelledError.class);
                    assertThat(target.position()).isZero();
                    assertThat(text(pair.here().read(10))).isEqualTo("abcdef");
                });
    }

    @Test
    void aDirectReadEndsAsTheOthersDo() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    StreamReader reader = pair.here().reader();
                    assertThatThrownBy(() -> reader.readInto(ByteBuffer.allocateDirect(3)))
                            .isInstanceOf(SocketTimeoutException.class);
                    assertThatThrownBy(
                                    () ->
                                            reader.readInto(
                                                    ByteBuffer.allocateDirect(3)
                                                            .asReadOnlyBuffer()))
                            .isInstanceOf(java.nio.ReadOnlyBufferException.class);
                    Task<Integer> end =
                            loop.createTask(() -> reader.readInto(ByteBuffer.allocateDirect(3)));
                    settle();
                    pair.there().writeEof();
                    assertThat(end.await()).isEqualTo(-1);

                    Pair broken = pair(FIVE_SECONDS);
                    var error = new IOException("broken");
                    Task<Void> read =
                            start(
                                    () ->
                                            broken.here()
                                                    .reader()
                                                    .readInto(ByteBuffer.allocateDirect(3)));
                    settle();
                    broken.transport().fail(error);
                    assertThat(errorOf(read)).isSameAs(error);
                });
    }

    @Test
    void aWriterIsToldOfRoomDuringADirectRead() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    var data = new byte[500_000];
                    Task<Void> read =
                            start(
                                    () ->
                                            pair.here()
                                                    .reader()
                                                    .readInto(ByteBuffer.allocateDirect(3)));
                    settle();
                    Task<Void> write = start(() -> pair.here().write(data));
                    settle();
                    assertThat(write.done()).isFalse();

                    assertThat(pair.there().readExactly(data.length)).isEqualTo(data);
                    write.await();
                    pair.there().write("x");
                    read.await();
                });
    }

    // ---------------------------------------------------------------- cancel

    @Test
    void aCancelledReadLosesNothing() {
        for (String kind : reads(run(() -> new StreamReader(1000))).keySet()) {
            run(
                    () -> {
                        Pair pair = pair(FIVE_SECONDS);
                        StreamReader reader = pair.here().reader();
                        pair.there().write("ab");
                        settle();
                        Task<Void> read = start(reads(reader).get(kind));
                        settle();
                        pair.there().write("c");
                        settle();
                        read.cancel();

                        assertThat(errorOf(read)).as(kind).isInstanceOf(CancelledError.class);
                        pair.there().write("d");
                        settle();
                        assertThat(text(reader.read(10))).as(kind).isEqualTo("abcd");
                    });
        }
    }

    @Test
    void aReadThatIsCancelledAfterItsBytesHaveComeLosesNothing() {
        run(
                () -> {
                    var reader = new StreamReader(100);
                    Task<Void> read = start(() -> reader.readExactly(4));
                    settle();
                    reader.feedData(bytes("abcdef"));
                    read.cancel();

                    assertThat(errorOf(read)).isInstanceOf(CancelledError.class);
                    assertThat(text(reader.read(10))).isEqualTo("abcdef");
                });
    }

    // ---------------------------------------------------------------- time

    @Test
    void aReadTimesOutExactlyAndLosesNothing() {
        for (String kind : reads(run(() -> new StreamReader(1000))).keySet()) {
            run(
                    () -> {
                        Pair pair = pair(FIVE_SECONDS);
                        StreamReader reader = pair.here().reader();
                        Duration begin = now();
                        Task<Void> read = start(reads(reader).get(kind));
                        sleep(4);
                        pair.there().write("abc");

                        assertThat(errorOf(read))
                                .as(kind)
                                .isInstanceOf(SocketTimeoutException.class)
                                .hasMessageContaining("no byte has come for 5 s")
                                .hasMessageContaining("127.0.0.1:1 to /127.0.0.1:2");
                        assertThat(now().minus(begin)).as(kind).isEqualTo(Duration.ofSeconds(9));
                        pair.there().write("d");
                        settle();
                        assertThat(text(reader.read(10))).as(kind).isEqualTo("abcd");
                    });
        }
    }

    @Test
    void timeIsCountedForEachWaitAlone() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    Task<Void> sender =
                            start(
                                    () -> {
                                        for (int i = 0; i < 10; i++) {
                                            sleep(4.9);
                                            pair.there().write("x");
                                        }
                                    });

                    for (int i = 0; i < 10; i++) {
                        assertThat(text(pair.here().read(10))).isEqualTo("x");
                    }
                    Duration begin = now();
                    assertThatThrownBy(() -> pair.here().read(1))
                            .isInstanceOf(SocketTimeoutException.class);
                    assertThat(now().minus(begin)).isEqualTo(Duration.ofSeconds(5));
                    sender.await();
                });
    }

    @Test
    void timeThatTheTaskSpendsElsewhereDoesNotCount() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    pair.there().write("x");
                    pair.here().read(1);
                    sleep(100);
                    Task<String> read = loop.createTask(() -> text(pair.here().read(1)));
                    sleep(4);
                    pair.there().write("y");

                    assertThat(read.await()).isEqualTo("y");
                });
    }

    @Test
    void withoutATimeAReadWaitsForEver() {
        run(
                () -> {
                    Pair pair = pair(StreamOptions.DEFAULT.withoutTimeouts());
                    Task<String> read = loop.createTask(() -> text(pair.here().read(1)));
                    sleep(Duration.ofDays(1000));
                    pair.there().write("y");

                    assertThat(read.await()).isEqualTo("y");
                });
    }

    @Test
    void whatIsThereIsReadWithoutASuspension() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.there().write("abc\n");
                    settle();
                    loop.callSoon(() -> log.add("callback"));
                    pair.here().readExactly(1);
                    pair.here().readLine();
                    log.add("read");
                    sleep(0);

                    assertThat(log).containsExactly("read", "callback");
                });
    }

    // ---------------------------------------------------------------- who may read

    @Test
    void aSecondReaderIsRefusedAndBothAreNamed() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<String> first = loop.createTask(() -> text(pair.here().readLine()));
                    first.setName("first");
                    settle();
                    Task<Void> second = start(() -> pair.here().read(1));
                    second.setName("second");

                    assertThat(errorOf(second))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("Task(first")
                            .hasMessageContaining("Task(second");
                    pair.there().write("line\n");
                    assertThat(first.await()).isEqualTo("line\n");
                });
    }

    @Test
    void aSecondReaderIsRefusedAlsoBetweenTheWakeUpAndTheFirst() {
        run(
                () -> {
                    var reader = new StreamReader(100);
                    Task<Void> intruder =
                            start(
                                    () -> {
                                        sleep(0);
                                        sleep(0);
                                        assertThatThrownBy(() -> reader.read(1))
                                                .isInstanceOf(IllegalStateException.class);
                                    });
                    Task<String> first = loop.createTask(() -> text(reader.read(5)));
                    sleep(0); // the intruder sleeps once, the first waits
                    sleep(0);
                    reader.feedData(bytes("x")); // behind the intruder in the queue

                    intruder.await();
                    assertThat(first.await()).isEqualTo("x");
                });
    }

    @Test
    void aReadInACallbackIsRefused() {
        run(
                () -> {
                    Pair pair = pair();
                    var errors = new java.util.ArrayList<Throwable>();
                    loop.callSoon(
                            () -> {
                                try {
                                    pair.here().read(1);
                                } catch (IllegalStateException | IOException e) {
                                    errors.add(e);
                                }
                            });
                    settle();

                    assertThat(errors).hasSize(1);
                    assertThat(errors.getFirst()).hasMessageContaining("in a callback");
                    pair.there().write("x");
                    assertThat(text(pair.here().read(1))).isEqualTo("x");
                });
    }

    // ---------------------------------------------------------------- flow control

    @Test
    void aFullBufferPausesThePeerAndReadingResumesIt() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    pair.transport().chunk = 1;
                    var data = new byte[3000];
                    Arrays.fill(data, (byte) 'x');
                    pair.there().write(data);
                    for (int i = 0; i < 4000; i++) {
                        sleep(0);
                    }

                    assertThat(pair.here().reader().buffered()).isEqualTo(2001);
                    assertThat(pair.transport().isReading()).isFalse();
                    pair.here().read(1000);
                    assertThat(pair.transport().isReading()).isFalse();
                    pair.here().read(1);
                    assertThat(pair.transport().isReading()).isTrue();
                    assertThat(pair.transport().pauses).isEqualTo(1);
                    assertThat(pair.transport().resumes).isEqualTo(1);
                });
    }

    @Test
    void aReadThatMustWaitAlwaysResumesThePeer() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    var data = new byte[1 << 20];
                    Arrays.fill(data, (byte) 'x');
                    Task<Void> writer = start(() -> pair.there().write(data));
                    settle();
                    assertThat(pair.transport().isReading()).isFalse();

                    assertThat(pair.here().readExactly(data.length)).isEqualTo(data);
                    writer.await();
                });
    }

    @Test
    void aReadToTheEndIsNotStoppedByAFullBuffer() {
        run(
                () -> {
                    Pair pair = pair(FIVE_SECONDS);
                    var data = new byte[1 << 20];
                    Task<Void> writer =
                            start(
                                    () -> {
                                        pair.there().write(data);
                                        pair.there().writeEof();
                                    });

                    assertThat(pair.here().reader().read()).isEqualTo(data);
                    writer.await();
                });
    }

    @Test
    void aTransportMayDeliverInsideTheCallThatResumesIt() {
        run(
                () -> {
                    for (int piece : new int[] {10, 900, 5000, 100_000}) {
                        Pair pair = pair(FIVE_SECONDS);
                        pair.transport().eager = true;
                        pair.transport().chunk = 2500;
                        var data = new byte[300_000];
                        new java.util.Random(piece).nextBytes(data);
                        Task<Void> writer =
                                start(
                                        () -> {
                                            pair.there().write(data);
                                            pair.there().writeEof();
                                        });
                        settle();
                        assertThat(pair.transport().isReading()).isFalse();

                        var all = new java.io.ByteArrayOutputStream();
                        for (int n = 0; n < data.length; n += piece) {
                            all.writeBytes(
                                    pair.here().readExactly(Math.min(piece, data.length - n)));
                        }
                        assertThat(all.toByteArray()).isEqualTo(data);
                        assertThat(pair.here().read(1)).isEmpty();
                        writer.await();
                    }
                });
    }
}
