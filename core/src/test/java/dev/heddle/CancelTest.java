package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAll;
import static dev.heddle.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cancelled task does: end, clean up, refuse, or fail in another way. */
class CancelTest extends LoopFixture {

    private final Future<Integer> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @Test
    void taskCancelledBeforeItsStartNeverRuns() {
        Task<Boolean> task = loop.createTask(() -> log.add("body"));

        assertThat(task.cancel("changed my mind")).isTrue();
        turns(2);

        assertThat(log).isEmpty();
        assertThat(task.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("changed my mind");
    }

    @Test
    void waitingTaskGetsTheErrorWhereItWaits() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (CancelledError e) {
                                log.add("cancelled: " + e.cancelMessage());
                                throw e;
                            }
                        });
        turns(1);

        assertThat(task.cancel("enough")).isTrue();
        assertThat(task.cancelled()).isFalse();
        turns(1);

        assertThat(log).containsExactly("cancelled: enough");
        assertThat(task.cancelled()).isTrue();
        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void cancelOfWhatATaskAwaitsCancelsTheTask() {
        Task<Integer> task = loop.createTask(() -> future.await());
        turns(1);

        future.cancel("from below");
        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isZero();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("from below");
    }

    @Test
    void taskMayCatchItAndReturn() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (CancelledError e) {
                                return 42;
                            }
                        });
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isFalse();
        assertThat(task.result()).isEqualTo(42);
    }

    @Test
    void taskThatCatchesItMayWaitAgain() {
        Future<Integer> next = loop.createFuture();
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (CancelledError e) {
                                return next.await();
                            }
                        });
        turns(1);

        task.cancel();
        turns(2);
        assertThat(task.done()).isFalse();
        assertThat(next.done()).isFalse();
        next.setResult(7);
        turns(1);

        assertThat(task.result()).isEqualTo(7);
    }

    @Test
    void catchOfExceptionDoesNotSwallowIt() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (Exception e) {
                                return 42;
                            }
                        });
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void finallyBlocksRunAndMayWait() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } finally {
                                sleep(5);
                                log.add("cleaned up at " + loop.time());
                            }
                        });
        turns(1);

        task.cancel();
        run(() -> Asyncio.wait(List.of(task)));

        assertThat(log).containsExactly("cleaned up at 5.0");
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void errorOfTheCleanUpWins() {
        var error = new IOException("clean-up");
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (CancelledError e) {
                                throw error;
                            }
                        });
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isFalse();
        assertThat(task.exception()).isSameAs(error);
    }

    @Test
    void taskThatThrowsItByItselfIsCancelledToo() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            throw new CancelledError("own will");
                        });

        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isZero();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("own will");
    }

    @Test
    void taskThatCancelsItselfIsCancelledAtItsNextWait() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            assertThat(currentTask().cancel()).isTrue();
                            log.add("before");
                            sleep(100);
                            log.add("after");
                        });

        turns(2);

        assertThat(log).containsExactly("before");
        assertThat(task.cancelled()).isTrue();
        assertThat(loop.turn.timers.first()).isNull();
    }

    @Test
    void taskThatCancelsItselfAndReturnsIsCancelled() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            currentTask().cancel("last moment");
                            return 42;
                        });

        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("last moment");
    }

    @Test
    void taskThatCancelsItselfAndFailsHasFailed() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            currentTask().cancel();
                            throw new IOException("disk");
                        });

        turns(1);

        assertThat(task.cancelled()).isFalse();
        assertThat(task.exception()).hasMessage("disk");
    }

    @Test
    void taskThatIsDoneCannotBeCancelled() {
        Task<Integer> finished = loop.createTask(() -> 1);
        Task<Integer> failed =
                loop.createTask(
                        () -> {
                            throw new IOException("disk");
                        });
        turns(1);

        assertThat(finished.cancel()).isFalse();
        assertThat(failed.cancel()).isFalse();

        assertThat(finished.cancelling()).isZero();
        assertThat(finished.result()).isEqualTo(1);
        assertThat(failed.exception()).hasMessage("disk");
    }

    @Test
    void cancelReachesTheInnermostTask() {
        run(
                () -> {
                    Task<Void> inner = createTask(() -> sleep(100));
                    Task<Void> middle = createTask(() -> inner.await());
                    Task<Void> outer = createTask(() -> middle.await());
                    sleep(1);

                    outer.cancel("all of you");
                    Asyncio.wait(List.of(inner, middle, outer));

                    for (Task<Void> task : List.of(inner, middle, outer)) {
                        assertThat(task.cancelled()).isTrue();
                        assertThat(task.cancelling()).isEqualTo(1);
                        assertThatExceptionOfType(CancelledError.class)
                                .isThrownBy(task::result)
                                .withMessage("all of you");
                    }
                    assertThat(loop.time()).isEqualTo(1);
                });
    }

    @Test
    void childThatRefusesLetsTheParentGoOn() {
        run(
                () -> {
                    Task<Integer> child =
                            createTask(
                                    () -> {
                                        try {
                                            return future.await();
                                        } catch (CancelledError e) {
                                            return 42;
                                        }
                                    });
                    Task<Integer> parent = createTask(() -> child.await());
                    sleep(0);

                    parent.cancel();

                    assertThat(parent.await()).isEqualTo(42);
                    assertThat(parent.cancelling()).isEqualTo(1);
                });
    }

    @Test
    void cancelOfAGatheringTaskReachesItsChildren() {
        run(
                () -> {
                    Task<Void> a = createTask(() -> sleep(100));
                    Task<Void> b = createTask(() -> sleep(200));
                    Task<Object> parent = createTask(() -> gather(a, b));
                    sleep(1);

                    parent.cancel();
                    gatherAll(List.of(parent, a, b), true);

                    assertThat(List.of(a, b, parent)).allMatch(Future::cancelled);
                });
    }
}
