package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.Test;

import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/** Reads into direct buffers, which the transport fills without a copy. */
class DirectReadTest extends StreamFixture {

    private static final StreamOptions SHORT =
            StreamOptions.DEFAULT.withReadTimeout(Duration.ofMillis(50));

    DirectReadTest() {
        super(Clock.system());
    }

    private interface Body {
        void run(Connection here, Connection there) throws Exception;
    }

    /** Connects by TCP, and closes both sides in the end. */
    private void connected(StreamOptions options, Body body) {
        run(
                () -> {
                    Future<Connection> accepted = loop.createFuture();
                    try (var server =
                                    Streams.startServer(
                                            connection -> {
                                                connection.detach();
                                                accepted.setResult(connection);
                                            },
                                            "127.0.0.1",
                                            0,
                                            options);
                            var there = Streams.openConnection("127.0.0.1", server.port())) {
                        try (var here = accepted.await()) {
                            body.run(here, there);
                        }
                    }
                });
    }

    private static String take(ByteBuffer data) {
        var bytes = new byte[data.flip().remaining()];
        data.get(bytes);
        return text(bytes);
    }

    @Test
    void getsWhatComesUpToItsRoomAndTheRestStays() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    Task<Integer> read = loop.createTask(() -> here.reader().readInto(target));
                    settle();
                    there.write("abcdef");

                    assertThat(read.await()).isEqualTo(4);
                    assertThat(take(target)).isEqualTo("abcd");
                    assertThat(here.reader().readInto(target.clear())).isEqualTo(2);
                    assertThat(take(target)).isEqualTo("ef");
                });
    }

    @Test
    void theEndIsMinusOneAndStaysSo() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    Task<Integer> read = loop.createTask(() -> here.reader().readInto(target));
                    settle();
                    there.writeEof();

                    assertThat(read.await()).isEqualTo(-1);
                    assertThat(here.reader().readInto(target)).isEqualTo(-1);
                    assertThat(target.position()).isZero();
                });
    }

    @Test
    void aCancelBeforeAnythingCameLosesNothing() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    Task<Integer> read = loop.createTask(() -> here.reader().readInto(target));
                    settle();
                    read.cancel();
                    assertThat(errorOf(read)).isInstanceOf(CancelledError.class);

                    there.write("abc");

                    assertThat(text(here.readExactly(3))).isEqualTo("abc");
                    assertThat(target.position()).isZero();
                });
    }

    @Test
    void aCancelAfterBytesCameGivesThemToTheNextReadInOrder() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    Task<Integer> read = loop.createTask(() -> here.reader().readInto(target));
                    settle();
                    there.write("abcdef");
                    while (target.position() == 0) {
                        Task<Void> watcher = loop.createTask(() -> {});
                        watcher.await();
                    }
                    boolean cancelled = read.cancel();
                    Throwable error = errorOf(read);

                    if (cancelled) {
                        assertThat(error).isInstanceOf(CancelledError.class);
                        assertThat(target.position()).isZero();
                        assertThat(text(here.readExactly(6))).isEqualTo("abcdef");
                    } else {
                        assertThat(text(here.readExactly(2))).isEqualTo("ef");
                    }
                });
    }

    @Test
    void timeIsLimited() {
        connected(
                SHORT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    assertThatThrownBy(() -> here.reader().readInto(target))
                            .isInstanceOf(SocketTimeoutException.class);

                    there.write("abc");

                    assertThat(text(here.readExactly(3))).isEqualTo("abc");
                });
    }

    @Test
    void aLostConnectionEndsTheRead() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var target = ByteBuffer.allocateDirect(4);
                    Task<Integer> read = loop.createTask(() -> here.reader().readInto(target));
                    settle();
                    here.abort();

                    assertThat(read.await()).isEqualTo(-1);
                });
    }

    @Test
    void muchDataComesBackUnchangedWhileBothSidesWrite() {
        connected(
                StreamOptions.DEFAULT,
                (here, there) -> {
                    var sent = new byte[20_000_000];
                    new Random(1).nextBytes(sent);
                    Task<Void> echo =
                            loop.createTask(
                                    () -> {
                                        var room = ByteBuffer.allocateDirect(100_000);
                                        while (here.reader().readInto(room.clear()) > 0) {
                                            here.write(room.flip());
                                        }
                                    });
                    Task<Void> sender =
                            loop.createTask(
                                    () -> {
                                        there.write(sent);
                                        there.writeEof();
                                    });
                    var got = new byte[sent.length];
                    there.reader().readExactly(got);
                    sender.await();
                    echo.await();

                    assertThat(got).isEqualTo(sent);
                });
    }
}
