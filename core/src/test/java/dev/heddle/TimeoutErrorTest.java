package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Errors of the piece pass through a timeout as the objects they are. */
class TimeoutErrorTest extends LoopFixture {

    private final IOException error = new IOException("disk");

    private void fail() throws IOException {
        throw error;
    }

    @Test
    void errorInTimePassesUnchanged() {
        run(
                () -> {
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    10,
                                                    () -> {
                                                        sleep(1);
                                                        fail();
                                                    }))
                            .isSameAs(error);
                    assertThat(loop.turn.nextDeadline()).isNull();
                });

        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void errorOfTheCleanUpPassesAndTellsOfTheTimeout() {
        run(
                () -> {
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    1,
                                                    () -> {
                                                        try {
                                                            sleep(10);
                                                        } finally {
                                                            fail();
                                                        }
                                                    }))
                            .isSameAs(error);
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(error.getSuppressed()).hasOnlyElementsOfType(TimeoutException.class).hasSize(1);
    }

    @Test
    void errorMadeOfTheCancelKeepsItAsItsCause() {
        run(
                () ->
                        assertThatExceptionOfType(IllegalStateException.class)
                                .isThrownBy(
                                        () ->
                                                timeout(
                                                        1,
                                                        () -> {
                                                            try {
                                                                sleep(10);
                                                            } catch (CancelledError e) {
                                                                throw new IllegalStateException(e);
                                                            }
                                                        }))
                                .withCauseInstanceOf(CancelledError.class));
    }

    @Test
    void timeoutExceptionOfThePieceIsItsOwn() {
        var own = new TimeoutException("of the piece");
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () ->
                                                timeout(
                                                        10,
                                                        () -> {
                                                            throw own;
                                                        }))
                                .isSameAs(own));
    }

    @Test
    void cancelledErrorThatThePieceThrowsByItselfPasses() {
        run(
                () ->
                        assertThatExceptionOfType(CancelledError.class)
                                .isThrownBy(
                                        () ->
                                                timeout(
                                                        10,
                                                        () -> {
                                                            throw new CancelledError("own");
                                                        }))
                                .withMessage("own"));
    }

    @Test
    void awaitedTaskThatIsCancelledElsewhereIsNoTimeout() {
        run(
                () -> {
                    Task<Void> other = createTask(() -> sleep(100));
                    loop.callLater(1, other::cancel);

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(() -> timeout(10, () -> other.await()));
                });
    }

    @Test
    void awaitedTaskIsCancelledByTheTimeout() {
        run(
                () -> {
                    Task<Void> other = createTask(() -> sleep(100));

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(1, () -> other.await()));
                    assertThat(other.cancelled()).isTrue();
                });
    }

    @Test
    void errorThatAllowsNoSuppressedOnesPassesToo() {
        class Bare extends Exception {
            Bare() {
                super("bare", null, false, false);
            }
        }
        run(
                () ->
                        assertThatExceptionOfType(Bare.class)
                                .isThrownBy(
                                        () ->
                                                timeout(
                                                        1,
                                                        () -> {
                                                            try {
                                                                sleep(10);
                                                            } catch (CancelledError e) {
                                                                throw new Bare();
                                                            }
                                                        })));
    }
}
