package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** {@code cancelling()} counts the requests, {@code uncancel()} takes one back. */
class CancelCountTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    @Test
    void requestsAreCountedUntilTheTaskIsDone() {
        Task<Void> task = loop.createTask(() -> sleep(100));
        turns(1);
        assertThat(task.cancelling()).isZero();

        assertThat(task.cancel()).isTrue();
        assertThat(task.cancel()).isTrue();
        assertThat(task.cancelling()).isEqualTo(2);
        turns(1);

        assertThat(task.cancel()).isFalse();
        assertThat(task.cancelling()).isEqualTo(2);
    }

    @Test
    void requestStaysCountedWhenTheTaskSwallowsIt() {
        Task<Void> task = loop.createTask(this::swallowOnceAndSleep);
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.cancelling()).isEqualTo(1);
        assertThat(task.done()).isFalse();
        assertThat(task.toString()).contains("cancelling");
        task.cancel();
        turns(1);
        assertThat(task.cancelling()).isEqualTo(2);
        assertThat(task.cancelled()).isTrue();
    }

    private void swallowOnceAndSleep() {
        try {
            sleep(100);
        } catch (CancelledError e) {
            log.add("swallowed");
        }
        sleep(100);
    }

    @Test
    void taskMayTakeARequestBackAndBeCancelledAgain() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(100);
                            } catch (CancelledError e) {
                                log.add(currentTask().cancelling());
                                log.add(currentTask().uncancel());
                            }
                            sleep(100);
                        });
        turns(1);

        task.cancel();
        turns(1);
        assertThat(task.cancelling()).isZero();
        task.cancel();
        assertThat(task.cancelling()).isEqualTo(1);
        turns(1);

        assertThat(log).isEqualTo(List.of(1, 0));
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void countNeverFallsBelowZero() {
        Task<Void> task = loop.createTask(() -> {});

        assertThat(task.uncancel()).isZero();
        assertThat(task.uncancel()).isZero();
        assertThat(task.cancelling()).isZero();
        turns(1);

        assertThat(task.done()).isTrue();
        assertThat(task.cancelled()).isFalse();
    }

    @Test
    void lastRequestTakenBackDropsWhatIsNotDelivered() {
        run(
                () -> {
                    Task<Integer> task =
                            createTask(
                                    () -> {
                                        currentTask().cancel();
                                        currentTask().cancel();
                                        log.add(currentTask().uncancel());
                                        log.add(currentTask().uncancel());
                                        sleep(1);
                                        return 42;
                                    });

                    assertThat(task.await()).isEqualTo(42);
                });

        assertThat(log).isEqualTo(List.of(1, 0));
    }

    @Test
    void oneOfTwoRequestsTakenBackLeavesTheOther() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            currentTask().cancel();
                            currentTask().cancel();
                            currentTask().uncancel();
                            sleep(0);
                        });

        turns(2);

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
    }

    @Test
    void requestTakenBackBeforeTheStartLetsTheTaskRun() {
        Task<Integer> task = loop.createTask(() -> 42);

        task.cancel();
        task.uncancel();
        turns(1);

        assertThat(task.result()).isEqualTo(42);
    }

    @Test
    void requestTakenBackOnATaskThatIsWokenLetsItGoOn() {
        Future<Integer> future = loop.createFuture();
        Task<Integer> task = loop.createTask(() -> future.await());
        turns(1);

        future.setResult(42);
        task.cancel();
        task.uncancel();
        turns(1);

        assertThat(task.result()).isEqualTo(42);
    }

    @Test
    void whatIsDeliveredAlreadyComesAlthoughTheRequestIsTakenBack() {
        Task<Void> task = loop.createTask(() -> sleep(100));
        turns(1);

        task.cancel();
        task.uncancel();
        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isZero();
    }

    @Test
    void uncancelOfADoneTaskChangesNothing() {
        Task<Void> task = loop.createTask(() -> sleep(100));
        turns(1);
        task.cancel();
        turns(1);

        task.uncancel();

        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void countBelongsToTheLoopsThread() {
        Task<Void> task = loop.createTask(() -> {});

        try (var running = loop.drive()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> task.cancel("no")));
            assertThatIllegalStateException().isThrownBy(() -> onOtherThread(task::uncancel));
        }

        assertThat(task.cancelling()).isZero();
        turns(1);
    }
}
