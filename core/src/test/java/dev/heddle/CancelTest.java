package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
}
