package dev.heddle.stream;

import static dev.heddle.Asyncio.moveOnAfter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A close ends, in each state; nothing hangs, and nothing is lost without a word. */
class StreamCloseTest extends StreamFixture {

    private static final StreamOptions TEN_SECONDS =
            StreamOptions.DEFAULT
                    .withLimit(1000)
                    .withReadTimeout(null)
                    .withWriteTimeout(null)
                    .withCloseTimeout(Duration.ofSeconds(10));

    private static final byte[] MUCH = new byte[1_000_000];

    @Test
    void closeSendsWhatWasWritten() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().writer().writeNowait(MUCH);
                    Task<Void> close = start(() -> pair.here().close());
                    settle();
                    assertThat(close.done()).isFalse();

                    assertThat(pair.there().reader().read()).hasSize(MUCH.length);
                    close.await();
                    assertThat(pair.here().isClosing()).isTrue();
                });
    }

    @Test
    void closeIsIdempotent() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().close();
                    pair.here().close();
                    pair.here().writer().close();
                    pair.here().writer().waitClosed();
                    pair.here().abort();

                    assertThat(pair.there().read(1)).isEmpty();
                    pair.there().close();
                });
    }

    @Test
    void aCloseThatThePeerDoesNotLetHappenIsAnAbortInTheEnd() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().writer().writeNowait(MUCH);
                    Duration begin = now();

                    assertThatThrownBy(() -> pair.here().close())
                            .isInstanceOf(SocketTimeoutException.class)
                            .hasMessageContaining("within 10 s")
                            .hasMessageContaining("was aborted");
                    assertThat(now().minus(begin)).isEqualTo(Duration.ofSeconds(10));
                    pair.here().close(); // it was told once
                });
    }

    @Test
    void waitClosedIsBoundedFromTheCloseOn() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().writer().writeNowait(MUCH);
                    pair.here().writer().close();
                    Duration begin = now();

                    assertThatThrownBy(() -> pair.here().writer().waitClosed())
                            .isInstanceOf(SocketTimeoutException.class);
                    assertThat(now().minus(begin)).isEqualTo(Duration.ofSeconds(10));
                });
    }

    @Test
    void aTransportThatNeverSaysThatItIsClosedIsLeftAlone() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.transport().deaf = true;
                    Duration begin = now();
                    pair.here().close();

                    assertThat(now().minus(begin)).isEqualTo(Duration.ofSeconds(11));
                });
    }

    @Test
    void anAbortOfSuchATransportEndsToo() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS.withCloseTimeout(null));
                    pair.transport().deaf = true;
                    Task<Void> read = start(() -> pair.here().read(1));
                    settle();
                    pair.here().abort();
                    pair.here().writer().waitClosed();

                    read.await();
                });
    }

    @Test
    void aCancelledCloseIsAnAbort() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().writer().writeNowait(MUCH);
                    Task<Void> close = start(() -> pair.here().close());
                    settle();
                    close.cancel();

                    assertThat(errorOf(close)).isInstanceOf(CancelledError.class);
                    pair.here().writer().waitClosed();
                });
    }

    @Test
    void aCloseInACancelledScopeIsAnAbort() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    Duration begin = now();
                    moveOnAfter(
                            3,
                            () -> {
                                try (Connection connection = pair.here()) {
                                    connection.write(MUCH);
                                }
                            });

                    assertThat(now().minus(begin)).isEqualTo(Duration.ofSeconds(3));
                    pair.here().writer().waitClosed();
                });
    }

    @Test
    void anErrorInATryBlockIsNotMaskedByItsClose() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    var error = new SocketException("Connection reset by peer");
                    Task<Void> task =
                            start(
                                    () -> {
                                        try (Connection connection = pair.here()) {
                                            connection.read(1);
                                        }
                                    });
                    settle();
                    pair.transport().fail(error);

                    assertThat(errorOf(task)).isSameAs(error);
                    assertThat(error.getSuppressed()).isEmpty();
                });
    }

    @Test
    void anErrorThatHarmsNobodyIsNotThrownByClose() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().write("all sent");
                    pair.transport().fail(new SocketException("Connection reset by peer"));
                    settle();

                    pair.here().close();
                });
    }

    @Test
    void bytesThatWereNotSentAreNotLostWithoutAWord() {
        run(
                () -> {
                    var error = new SocketException("Connection reset by peer");
                    Pair before = pair(TEN_SECONDS);
                    before.here().writer().writeNowait(MUCH);
                    before.transport().fail(error);
                    settle();
                    assertThatThrownBy(() -> before.here().close())
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("before all was sent")
                            .hasCause(error);

                    Pair meanwhile = pair(TEN_SECONDS);
                    meanwhile.here().writer().writeNowait(MUCH);
                    Task<Void> close = start(() -> meanwhile.here().close());
                    settle();
                    meanwhile.transport().fail(error);
                    assertThat(errorOf(close)).isInstanceOf(SocketException.class).hasCause(error);

                    Pair drained = pair(TEN_SECONDS);
                    drained.here().writer().writeNowait(MUCH);
                    Task<Integer> reader =
                            loop.createTask(() -> drained.there().readExactly(MUCH.length).length);
                    drained.here().write("x");
                    reader.await();
                    drained.transport().fail(error);
                    settle();
                    drained.here().close();
                });
    }

    @Test
    void anAbortDropsWhatIsNotSent() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    pair.here().writer().writeNowait(MUCH);
                    pair.here().abort();
                    pair.here().close();

                    assertThat(pair.there().reader().read().length).isLessThan(MUCH.length);
                });
    }

    @Test
    void whoReadsWhenThisSideIsClosedReadsTheEnd() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    Task<Integer> read = loop.createTask(() -> pair.here().read(new byte[1]));
                    settle();
                    pair.here().close();

                    assertThat(read.await()).isEqualTo(-1);
                    assertThat(pair.here().read(1)).isEmpty();
                });
    }

    @Test
    void closeInACallbackDoesNotWait() {
        run(
                () -> {
                    Pair pair = pair(TEN_SECONDS);
                    loop.callSoon(
                            () -> {
                                try {
                                    pair.here().close();
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
                    pair.here().writer().waitClosed();
                });
    }

    @Test
    void noTimerOutlivesTheConnection() {
        run(
                () -> {
                    Pair pair = pair(StreamOptions.DEFAULT);
                    Task<Integer> read = loop.createTask(() -> pair.here().read(new byte[1]));
                    Task<Void> write = start(() -> pair.there().write(MUCH));
                    settle();
                    read.await();
                    pair.there().abort();
                    errorOf(write);
                    pair.here().close();
                });

        try (var driver = loop.drive()) {
            assertThat(driver.idleTime()).as("time to the next timer").isNull();
        }
    }
}
