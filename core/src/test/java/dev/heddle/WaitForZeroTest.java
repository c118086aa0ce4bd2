package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** {@code waitFor} with no time takes what is there, and does not even start the rest. */
class WaitForZeroTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, -1e-9, Double.NEGATIVE_INFINITY})
    void coroutineIsNotStarted(double seconds) {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> waitFor(() -> log.add("started"), seconds)));

        assertThat(log).isEmpty();
    }

    @Test
    void coroutineIsNotStartedWithADurationEither() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () -> waitFor(() -> log.add("started"), Duration.ZERO)));

        assertThat(log).isEmpty();
    }

    @Test
    void doneFutureGivesWhatItHas() {
        Future<String> failed = loop.createFuture();
        Future<String> cancelled = loop.createFuture();
        future.setResult("there");
        failed.setException(new IOException("disk"));
        cancelled.cancel("enough");

        run(
                () -> {
                    assertThat(waitFor(future, 0)).isEqualTo("there");
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> waitFor(failed, -1))
                            .withMessage("disk");
                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(() -> waitFor(cancelled, 0))
                            .withMessage("enough");
                });
    }

    @Test
    void pendingFutureIsCancelled() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> waitFor(future, 0))
                                .withCauseInstanceOf(CancelledError.class));

        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void pendingTaskIsCancelledAndAwaited() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } finally {
                                            sleep(5);
                                        }
                                    });
                    sleep(0);

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(task, 0));
                    assertThat(task.cancelled()).isTrue();
                    assertThat(loop.time()).isEqualTo(5);
                });
    }

    @Test
    void valueOfATaskThatRefusesIsReturned() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } catch (CancelledError e) {
                                            return sleep(5, "refused");
                                        }
                                    });
                    sleep(0);

                    assertThat(waitFor(task, 0)).isEqualTo("refused");
                });
    }

    @Test
    void errorOfATaskThatCleansUpIsThrown() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } catch (CancelledError e) {
                                            throw new IOException("clean-up");
                                        }
                                    });
                    sleep(0);

                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> waitFor(task, 0))
                            .withMessage("clean-up");
                });
    }

    @Test
    void cancelOfTheCallerMeanwhileIsNotLost() {
        run(
                () -> {
                    Task<String> slow =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } finally {
                                            sleep(5);
                                        }
                                    });
                    sleep(0);
                    Task<String> caller = createTask(() -> waitFor(slow, 0));
                    sleep(1);

                    caller.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(caller::await)
                            .withMessage("outside");
                    assertThat(loop.time()).isEqualTo(1);
                    Asyncio.wait(List.of(slow));
                });
    }

    @Test
    void loopOfSuchCallsDoesNotStarveTheOthers() {
        run(
                () -> {
                    loop.callSoon(() -> future.setResult("others run"));
                    for (int i = 0; i < 3; i++) {
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> waitFor(() -> "never", 0));
                    }
                    assertThat(future.done()).isTrue();
                });
    }

    @Test
    void cancelThatWaitsToBeDeliveredIsDelivered() {
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        currentTask().cancel();
                                        waitFor(() -> "never", 0);
                                    });

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                });
    }
}
