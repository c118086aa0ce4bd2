package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Timeouts in timeouts, and cancels from outside that meet them. */
class TimeoutNestedTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();
    private final List<Timeout> timeouts = new ArrayList<>();

    private String noted(double seconds, Coroutine<String> body) throws Exception {
        try {
            return timeout(
                    seconds,
                    t -> {
                        timeouts.add(t);
                        return body.await();
                    });
        } catch (TimeoutException e) {
            log.add("timeout of " + seconds);
            throw e;
        } catch (CancelledError e) {
            log.add("cancel in " + seconds);
            throw e;
        }
    }

    @Test
    void equalDeadlinesAreTheOuterOnes() {
        run(
                () -> {
                    double[] equal = {1, 1.0};
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            noted(
                                                    equal[0],
                                                    () -> noted(equal[1], () -> sleep(9, "no"))));
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(log).containsExactly("cancel in 1.0", "timeout of 1.0");
        assertThat(timeouts).allMatch(Timeout::expired);
    }

    @Test
    void innerOneExpiresFirst() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () -> noted(5, () -> noted(1, () -> sleep(9, "never")))));

        assertThat(log).containsExactly("timeout of 1.0", "timeout of 5.0");
        assertThat(timeouts.get(0).expired()).isFalse();
        assertThat(timeouts.get(1).expired()).isTrue();
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void outerOneExpiresFirst() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () -> noted(1, () -> noted(5, () -> sleep(9, "never")))));

        assertThat(log).containsExactly("cancel in 5.0", "timeout of 1.0");
        assertThat(timeouts.get(0).expired()).isTrue();
        assertThat(timeouts.get(1).expired()).isFalse();
        assertThat(loop.turn.nextDeadline()).isNull();
    }

    @Test
    void outerOneExpiresWhileTheInnerOneIsHandled() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () ->
                                                noted(
                                                        2,
                                                        () -> {
                                                            try {
                                                                return noted(
                                                                        1, () -> sleep(9, "no"));
                                                            } catch (TimeoutException e) {
                                                                return sleep(9, "no");
                                                            }
                                                        })));

        assertThat(log).containsExactly("timeout of 1.0", "timeout of 2.0");
        assertThat(loop.time()).isEqualTo(2);
    }

    @Test
    void outerOneExpiresDuringTheCleanUpOfTheInnerOne() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () ->
                                                noted(
                                                        2,
                                                        () ->
                                                                noted(
                                                                        1,
                                                                        () -> {
                                                                            try {
                                                                                return sleep(9, "");
                                                                            } finally {
                                                                                sleep(5);
                                                                            }
                                                                        }))));

        assertThat(log).containsExactly("cancel in 1.0", "timeout of 2.0");
        assertThat(loop.time()).isEqualTo(2);
    }

    @Test
    void cancelFromOutsideIsNoTimeout() {
        run(
                () -> {
                    Task<String> task = createTask(() -> noted(5, () -> sleep(9, "never")));
                    sleep(1);

                    task.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::await)
                            .withMessage("outside");
                    assertThat(task.cancelling()).isEqualTo(1);
                });

        assertThat(log).containsExactly("cancel in 5.0");
        assertThat(timeouts.getFirst().expired()).isFalse();
    }

    @Test
    void cancelFromOutsideWinsOverATimeoutThatIsExpiring() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () ->
                                            noted(
                                                    1,
                                                    () -> {
                                                        try {
                                                            return sleep(9, "never");
                                                        } finally {
                                                            sleep(5);
                                                        }
                                                    }));
                    sleep(2);

                    task.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(task.cancelling()).isEqualTo(1);
                });

        assertThat(log).containsExactly("cancel in 1.0");
        assertThat(timeouts.getFirst().expired()).isTrue();
    }

    @Test
    void timeoutWorksInTheCleanUpOfACancelledTask() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } finally {
                                            try {
                                                noted(1, () -> sleep(9, "never"));
                                            } catch (TimeoutException e) {
                                                log.add("caught");
                                            }
                                            sleep(1);
                                            log.add("cleaned up");
                                        }
                                    });
                    sleep(1);

                    task.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(task.cancelling()).isEqualTo(1);
                });

        assertThat(log).containsExactly("timeout of 1.0", "caught", "cleaned up");
    }

    @Test
    void cancelInATimeoutInTheCleanUpOfACancelledTaskIsACancel() {
        run(
                () -> {
                    Task<String> task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "never");
                                        } finally {
                                            noted(
                                                    5,
                                                    () -> {
                                                        currentTask().cancel("again");
                                                        return sleep(1, "never");
                                                    });
                                        }
                                    });
                    sleep(1);

                    task.cancel("first");

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::await)
                            .withMessage("again");
                    assertThat(task.cancelling()).isEqualTo(2);
                });

        assertThat(log).containsExactly("cancel in 5.0");
    }
}
