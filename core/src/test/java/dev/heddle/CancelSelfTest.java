package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAll;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A task that cancels itself, or is done; and cancels that pass through tasks. */
class CancelSelfTest extends LoopFixture {

    private final Future<Integer> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

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
