package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.shieldAsync;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** {@code waitFor} gives an awaitable some time, cancels it then, and waits until it has ended. */
class WaitForTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @Test
    void resultThatComesInTimeIsReturned() throws Exception {
        assertThat(run(() -> waitFor(() -> sleep(1, "result"), 2))).isEqualTo("result");
        assertThat(run(() -> waitFor(() -> sleep(1, "result"), Duration.ofSeconds(2))))
                .isEqualTo("result");

        assertThat(loop.time()).isEqualTo(2);
        assertThat(loop.turn.nextDeadline()).isNull();
    }

    @Test
    void noLimitIsAPlainAwait() throws Exception {
        Duration none = null;

        assertThat(run(() -> waitFor(() -> sleep(1e6, "result"), none))).isEqualTo("result");

        assertThat(loop.time()).isEqualTo(1e6);
    }

    @Test
    void coroutineRunsInTheCallingTask() {
        run(
                () -> {
                    Task<?> self = currentTask();
                    waitFor(() -> assertThat(currentTask()).isSameAs(self), 1);
                });
    }

    @Test
    void coroutineThatTakesTooLongIsCancelled() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(this::slow, 1))
                            .withCauseInstanceOf(CancelledError.class);
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(log).containsExactly("cancelled at 1.0");
        assertThat(loop.time()).isEqualTo(2);
    }

    private String slow() {
        try {
            return sleep(100, "slow");
        } catch (CancelledError e) {
            log.add("cancelled at " + loop.time());
            throw e;
        }
    }

    @Test
    void futureThatTakesTooLongIsCancelled() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> waitFor(future, 1)));

        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void taskThatTakesTooLongIsCancelledAndAwaited() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } finally {
                                            sleep(5);
                                            log.add("cleaned up");
                                        }
                                    });

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(task, 1));
                    log.add("timeout at " + loop.time());
                    assertThat(task.cancelled()).isTrue();
                });

        assertThat(log).containsExactly("cleaned up", "timeout at 6.0");
    }

    @Test
    void valueReturnedInSpiteOfTheCancelIsReturned() {
        int result =
                run(
                        () ->
                                waitFor(
                                        () -> {
                                            try {
                                                return sleep(100, 0);
                                            } catch (CancelledError e) {
                                                return 42;
                                            }
                                        },
                                        1));

        assertThat(result).isEqualTo(42);
    }

    @Test
    void errorOfTheCleanUpIsThrown() {
        var error = new IOException("clean-up");
        run(
                () ->
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(
                                        () ->
                                                waitFor(
                                                        () -> {
                                                            try {
                                                                return sleep(100, 1);
                                                            } finally {
                                                                fail(error);
                                                            }
                                                        },
                                                        1))
                                .isSameAs(error)
                                .satisfies(
                                        e ->
                                                assertThat(e.getSuppressed())
                                                        .hasOnlyElementsOfType(
                                                                TimeoutException.class)));
    }

    private static void fail(IOException error) throws IOException {
        throw error;
    }

    @Test
    void errorInTimePassesAsItIs() {
        var error = new IOException("disk");
        future.setException(error);

        run(
                () ->
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> waitFor(future, 1))
                                .isSameAs(error));

        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void cancelOfTheCallerCancelsTheInnerOne() {
        run(
                () -> {
                    Task<String> inner = createTask(() -> sleep(100, "never"));
                    Task<String> outer = createTask(() -> waitFor(inner, 50));
                    sleep(1);

                    outer.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(outer::await)
                            .withMessage("outside");
                    assertThat(inner.cancelled()).isTrue();
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void innerOneThatCancelsItselfIsACancelAndNoTimeout() {
        run(
                () -> {
                    Task<Void> inner = createTask(() -> sleep(100));
                    loop.callLater(1, inner::cancel);

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(() -> waitFor(inner, 50));
                });
    }

    @Test
    void shieldedOneGoesOnAfterTheTimeout() {
        run(
                () -> {
                    Task<String> inner = createTask(() -> sleep(10, "inner"));

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(shieldAsync(inner), 1));
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(() -> shield(inner), 1));

                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(inner.await()).isEqualTo("inner");
                });
    }

    @Test
    void nestedLimitsEndWithTheInnerOne() {
        run(
                () -> {
                    Coroutine<String> inner =
                            () -> {
                                try {
                                    return waitFor(() -> sleep(100, "never"), 1);
                                } catch (TimeoutException e) {
                                    return sleep(1, "inner timeout");
                                }
                            };

                    assertThat(waitFor(inner, 5)).isEqualTo("inner timeout");
                });

        assertThat(loop.time()).isEqualTo(2);
    }

    @Test
    void manyInTurnLeaveNothingBehind() {
        run(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        waitFor(() -> sleep(1, 1), 1.5);
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> waitFor(() -> sleep(1, 1), 0.5));
                    }
                    assertThat(currentTask().cancelling()).isZero();
                    assertThat(loop.turn.nextDeadline()).isNull();
                });

        assertThat(loop.time()).isEqualTo(150);
    }

    @Test
    void argumentsAreChecked() {
        run(
                () ->
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> waitFor(future, Double.NaN))
                                .withMessageContaining("NaN"));
        assertThatIllegalStateException().isThrownBy(() -> waitFor(future, 1));
        assertThatIllegalStateException().isThrownBy(() -> waitFor(future, 0));
    }
}
