package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A group whose host is cancelled from outside. */
class TaskGroupCancelTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(double seconds, String line) {
        sleep(seconds);
        log.add(line);
    }

    /** Opens a group in a task of its own, cancels that at 1 s, and waits until it has ended. */
    private Task<?> cancelled(TaskGroup.VoidBody body) {
        return run(
                () -> {
                    Task<?> host = createTask(() -> taskGroup(body));
                    loop.callLater(1, () -> host.cancel("outside"));
                    Asyncio.wait(List.of(host));
                    return host;
                });
    }

    private void sleepLong(String name) {
        try {
            sleep(100);
        } finally {
            log.add(name + " ended at " + loop.time());
        }
    }

    private static void assertCancelled(Task<?> host) {
        assertThat(host.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(host::result)
                .withMessage("outside");
        assertThat(host.cancelling()).isEqualTo(1);
    }

    @Test
    void hostThatWaitsForTheTasksCancelsThemAndIsCancelled() {
        var tasks = new ArrayList<Task<?>>();

        Task<?> host =
                cancelled(
                        group -> {
                            for (int i = 0; i < 5; i++) {
                                String name = "task " + i;
                                tasks.add(group.createTask(() -> sleepLong(name)));
                            }
                        });

        assertCancelled(host);
        assertThat(tasks).hasSize(5).allMatch(Future::cancelled);
        assertThat(log).hasSize(5).allMatch(line -> line.endsWith("ended at 1.0"));
    }

    @Test
    void bodyThatWaitsIsCancelledAndThenTheTasks() {
        Task<?> host =
                cancelled(
                        group -> {
                            group.createTask(() -> sleepLong("task"));
                            sleepLong("body");
                        });

        assertCancelled(host);
        assertThat(log).containsExactly("body ended at 1.0", "task ended at 1.0");
    }

    @Test
    void hostWaitsForTheCleanUpOfTheTasks() {
        Task<?> host =
                cancelled(
                        group ->
                                group.createTask(
                                        () -> {
                                            try {
                                                sleep(100);
                                            } finally {
                                                sleepLong("clean-up");
                                            }
                                        }));

        assertCancelled(host);
        assertThat(log).containsExactly("clean-up ended at 101.0");
    }

    @Test
    void furtherCancelsWhileTheTasksCleanUpAreAbsorbedAndCounted() {
        Task<?> host =
                cancelled(
                        group -> {
                            for (int i = 2; i < 6; i++) {
                                Task<?> self = currentTask();
                                String message = "again at " + i;
                                loop.callLater(i, () -> self.cancel(message));
                            }
                            group.createTask(
                                    () -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            sleepLong("clean-up");
                                        }
                                    });
                        });

        assertThat(host.cancelling()).isEqualTo(5);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(host::result)
                .withMessage("outside");
        assertThat(log).containsExactly("clean-up ended at 101.0");
    }

    @Test
    void bodyThatSwallowsTheCancelGoesOnAndSoDoTheTasks() {
        Task<?> host =
                cancelled(
                        group -> {
                            group.createTask(() -> sleepAndLog(3, "task ended"));
                            try {
                                sleepLong("body");
                            } catch (CancelledError e) {
                                log.add("swallowed");
                            }
                        });

        assertThat(host.cancelled()).isFalse();
        assertThat(host.exception()).isNull();
        assertThat(log).containsExactly("body ended at 1.0", "swallowed", "task ended");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void errorsOutrankTheCancelAndTheNextWaitThrowsItAgain() {
        Task<?> host =
                cancelled(
                        g ->
                                taskGroupThenSleep(
                                        group ->
                                                group.createTask(
                                                        () -> {
                                                            try {
                                                                sleep(100);
                                                            } finally {
                                                                failAt(2, "task");
                                                            }
                                                        })));

        assertCancelled(host);
        assertThat(log).containsExactly("[task], 1 requests", "next wait: outside");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void errorOfTheBodyInPlaceOfTheCancelOutranksIt() {
        Task<?> host =
                cancelled(
                        g ->
                                taskGroupThenSleep(
                                        group -> {
                                            try {
                                                sleep(100);
                                            } catch (CancelledError e) {
                                                throw new IOException("body");
                                            }
                                        }));

        assertThat(host.cancelled()).isTrue();
        assertThat(log).containsExactly("[body], 1 requests", "next wait: null");
    }

    @Test
    void cancelAfterAFailureIsNotLost() {
        Task<?> host =
                cancelled(
                        g ->
                                taskGroupThenSleep(
                                        group -> {
                                            group.createTask(() -> failAt(0.5, "task"));
                                            group.createTask(
                                                    () -> {
                                                        try {
                                                            sleep(100);
                                                        } finally {
                                                            sleep(10);
                                                        }
                                                    });
                                        }));

        assertCancelled(host);
        assertThat(log).containsExactly("[task], 1 requests", "next wait: outside");
        assertThat(loop.time()).isEqualTo(10.5);
    }

    /** Runs a group that fails, and then waits. */
    private void taskGroupThenSleep(TaskGroup.VoidBody body) {
        try {
            taskGroup(body);
        } catch (ExceptionGroup e) {
            log.add(
                    "%s, %d requests"
                            .formatted(
                                    e.leaves().stream().map(Throwable::getMessage).toList(),
                                    currentTask().cancelling()));
        }
        Throwable thrown = catchThrowable(() -> sleep(50));
        if (thrown instanceof CancelledError e) {
            log.add("next wait: " + e.getMessage());
            throw e;
        }
        log.add("next wait ended");
    }

    private static void failAt(double after, String message) throws IOException {
        sleep(after);
        throw new IOException(message);
    }

    @Test
    void failureThatIsHandledLeavesNoCancelBehind() {
        run(
                () -> {
                    taskGroupThenSleep(
                            group -> {
                                group.createTask(() -> failAt(1, "task"));
                                sleep(100);
                            });

                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(log).containsExactly("[task], 0 requests", "next wait ended");
    }

    @Test
    void failureInTheCleanUpOfACancelledTaskLeavesNoCancelBehind() {
        Task<?> host =
                cancelled(
                        g -> {
                            try {
                                sleep(100);
                            } finally { // one request is there already, and has been delivered
                                taskGroupThenSleep(
                                        group -> {
                                            group.createTask(() -> failAt(1, "task"));
                                            sleep(100);
                                        });
                            }
                        });

        assertCancelled(host);
        assertThat(log).containsExactly("[task], 1 requests", "next wait ended");
    }
}
