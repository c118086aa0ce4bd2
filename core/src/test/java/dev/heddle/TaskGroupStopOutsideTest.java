package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** TaskGroup.cancel does not swallow a cancel from outside. */
class TaskGroupStopOutsideTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepLong(String name) {
        try {
            sleep(100);
            log.add(name + " ended");
        } catch (CancelledError e) {
            log.add(name + " cancelled");
            throw e;
        }
    }

    /**
     * Runs a group that is cancelled at 1 s, while it waits for its tasks or in its body, in a
     * task.
     */
    private Task<?> stoppedAndThen(boolean bodyWaits, double when) {
        return run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () ->
                                            taskGroup(
                                                    group -> {
                                                        group.createTask(
                                                                () -> {
                                                                    try {
                                                                        sleep(100);
                                                                    } finally {
                                                                        sleep(5);
                                                                        log.add("cleaned up");
                                                                    }
                                                                });
                                                        loop.callLater(1, group::cancel);
                                                        if (bodyWaits) {
                                                            sleepLong("body");
                                                        }
                                                    }));
                    loop.callLater(when, () -> host.cancel("outside"));
                    Asyncio.wait(List.of(host));
                    return host;
                });
    }

    @Test
    void outsideCancelDuringTheCleanUpSurvivesWithItsMessage() {
        for (boolean bodyWaits : new boolean[] {true, false}) {
            Task<?> host = stoppedAndThen(bodyWaits, 3);

            assertThat(host.cancelling()).isEqualTo(1);
            assertThatExceptionOfType(CancelledError.class)
                    .isThrownBy(host::result)
                    .withMessage("outside");
        }
        assertThat(log).containsExactly("body cancelled", "cleaned up", "cleaned up");
        assertThat(loop.time()).isEqualTo(12);
    }

    @Test
    void outsideCancelAtTheSameTimeSurvives() {
        for (boolean bodyWaits : new boolean[] {true, false}) {
            Task<?> host = stoppedAndThen(bodyWaits, 1);

            assertThat(host.cancelled()).isTrue();
            assertThat(host.cancelling()).isEqualTo(1);
        }
    }

    @Test
    void timeoutAroundAGroupThatCleansUpIsNotLost() {
        run(
                () -> {
                    var thrown =
                            catchThrowableOfType(
                                    TimeoutException.class,
                                    () ->
                                            timeout(
                                                    3,
                                                    () ->
                                                            taskGroup(
                                                                    group -> {
                                                                        group.createTask(
                                                                                () -> {
                                                                                    try {
                                                                                        sleep(100);
                                                                                    } finally {
                                                                                        sleep(5);
                                                                                    }
                                                                                });
                                                                        sleep(1);
                                                                        group.cancel();
                                                                    })));

                    assertThat(thrown).isNotNull();
                    assertThat(loop.time()).isEqualTo(6);
                    assertThat(currentTask().cancelling()).isZero();
                });
    }

    @Test
    void groupInACleanUpThatIsCancelledByItsBodyLeavesNoCancelBehind() {
        run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            taskGroup(
                                                    group -> {
                                                        group.cancel();
                                                    });
                                            sleep(1);
                                            log.add("goes on");
                                        }
                                    });
                    sleep(1);
                    host.cancel("outside");
                    Asyncio.wait(List.of(host));

                    assertThat(host.cancelling()).isEqualTo(1);
                });

        assertThat(log).containsExactly("goes on");
    }

    @Test
    void groupInTheCleanUpOfACancelledTaskCanBeCancelledOnItsOwn() {
        run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            taskGroup(
                                                    group -> {
                                                        group.createTask(() -> sleepLong("task"));
                                                        loop.callLater(1, group::cancel);
                                                        sleepLong("body");
                                                    });
                                            sleep(1);
                                            log.add("goes on");
                                        }
                                    });
                    sleep(1);
                    host.cancel("outside");
                    Asyncio.wait(List.of(host));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(host::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("task cancelled", "body cancelled", "goes on");
    }
}
