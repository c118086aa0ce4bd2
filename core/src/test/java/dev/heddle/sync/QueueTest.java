package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** What is put is got, in order; a full queue makes wait, and an empty one. */
class QueueTest extends SyncFixture {

    private final Queue<String> queue = new Queue<>(2);

    private Task<Void> putting(String item) {
        return createTask(
                () -> {
                    queue.put(item);
                    log.add("put " + item);
                });
    }

    private Task<String> getting() {
        return createTask(() -> queue.get());
    }

    @Test
    void itemsAreGotInTheOrderInWhichTheyWerePut() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");

                    assertThat(queue.get()).isEqualTo("a");
                    assertThat(queue.get()).isEqualTo("b");
                });
    }

    @Test
    void sizesAreToldAtEachMoment() {
        assertThat(queue.maxsize()).isEqualTo(2);
        assertThat(queue.empty()).isTrue();
        assertThat(queue.full()).isFalse();

        queue.putNowait("a");
        assertThat(queue.qsize()).isOne();
        assertThat(queue.empty()).isFalse();
        assertThat(queue.full()).isFalse();

        queue.putNowait("b");
        assertThat(queue.full()).isTrue();
        assertThat(queue).hasToString("Queue(2 of 2 items, 0 getting, 0 putting)");
    }

    @Test
    void queueWithoutLimitIsNeverFull() {
        var unlimited = new Queue<Integer>();
        for (int i = 0; i < 1000; i++) {
            unlimited.putNowait(i);
        }

        assertThat(unlimited.full()).isFalse();
        assertThat(unlimited.maxsize()).isZero();
        assertThat(unlimited.qsize()).isEqualTo(1000);
    }

    @Test
    void nowaitOperationsThrowInsteadOfWaiting() {
        assertThatExceptionOfType(QueueEmptyException.class)
                .isThrownBy(queue::getNowait)
                .withMessageContaining("Use get");
        queue.putNowait("a");
        queue.putNowait("b");

        assertThatExceptionOfType(QueueFullException.class)
                .isThrownBy(() -> queue.putNowait("c"))
                .withMessageContaining("Use put");
        assertThat(queue.getNowait()).isEqualTo("a");
    }

    @Test
    void putAndGetDoNotSuspendIfTheyNeedNotWait() {
        run(
                () -> {
                    loop.callSoon(() -> log.add("the next turn"));
                    queue.put("a");
                    queue.get();

                    assertThat(log).isEmpty();
                });
    }

    @Test
    void getWaitsForAnItem() {
        run(
                () -> {
                    loop.callLater(3, () -> queue.putNowait("late"));

                    assertThat(queue.get()).isEqualTo("late");
                    assertThat(loop.time()).isEqualTo(3);
                });
    }

    @Test
    void putWaitsForRoom() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    loop.callLater(3, () -> queue.getNowait());

                    queue.put("c");

                    assertThat(loop.time()).isEqualTo(3);
                    assertThat(queue.statistics())
                            .isEqualTo(new Queue.Statistics(2, 2, 3, 0, 0, false));
                });
    }

    @Test
    void waitingGettersAreServedInOrderAlsoBeforeOneWhoComesLate() {
        run(
                () -> {
                    Task<String> first = getting();
                    Task<String> second = getting();
                    sleep(0);
                    queue.putNowait("a");
                    queue.putNowait("b");

                    Task<String> late = getting();
                    sleep(0);
                    queue.putNowait("c");

                    assertThat(first.await()).isEqualTo("a");
                    assertThat(second.await()).isEqualTo("b");
                    assertThat(late.await()).isEqualTo("c");
                });
    }

    @Test
    void waitingPuttersGoOnInOrderAlsoBeforeOneWhoComesLate() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    putting("first");
                    putting("second");
                    sleep(0);
                    queue.getNowait();
                    queue.getNowait();

                    Task<Void> late = putting("late");
                    sleep(0);
                    assertThat(log).containsExactly("put first", "put second");

                    assertThat(queue.get()).isEqualTo("first");
                    late.await();
                });
    }

    @Test
    void nowaitOperationIsFasterAndTheGetterKeepsItsPlace() {
        run(
                () -> {
                    Task<String> first = getting();
                    Task<String> second = getting();
                    sleep(0);

                    queue.putNowait("a");
                    assertThat(queue.getNowait()).isEqualTo("a"); // first is woken for nothing
                    settle();
                    queue.putNowait("b");
                    queue.putNowait("c");

                    assertThat(first.await()).isEqualTo("b");
                    assertThat(second.await()).isEqualTo("c");
                });
    }

    @Test
    void getterThatWasWokenForNothingIsNotOvertakenByOneThatWasWokenAfterIt() {
        run(
                () -> {
                    Task<String> first = getting();
                    Task<String> second = getting();
                    sleep(0);

                    queue.putNowait("a"); // wakes first
                    createTask(() -> queue.putNowait("c")); // runs between the two
                    queue.putNowait("b"); // wakes second
                    queue.getNowait();
                    queue.getNowait();
                    settle();

                    assertThat(second.done()).isFalse();
                    assertThat(first.await()).isEqualTo("c");
                    queue.putNowait("d");
                    assertThat(second.await()).isEqualTo("d");
                });
    }

    @Test
    void joinWaitsUntilAllItemsAreDone() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    Task<Boolean> join =
                            createTask(
                                    () -> {
                                        queue.join();
                                        return log.add("joined");
                                    });
                    queue.get();
                    queue.get();
                    queue.taskDone();
                    settle();
                    assertThat(log).isEmpty();

                    queue.taskDone();
                    join.await();
                    queue.join();
                });
    }

    @Test
    void joinGoesOnAlsoIfMoreIsPutAtOnce() {
        run(
                () -> {
                    queue.put("a");
                    Task<Void> join = createTask(() -> queue.join());
                    sleep(0);

                    queue.taskDone();
                    queue.put("b");
                    settle();

                    assertThat(join.done()).isTrue();
                });
    }

    @Test
    void taskDoneTooOftenIsAnError() {
        queue.putNowait("a");
        queue.taskDone();

        assertThatIllegalStateException()
                .isThrownBy(queue::taskDone)
                .withMessageContaining("called too often");
    }

    @Test
    void badArgumentsAreErrors() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Queue<>(-1));
        assertThatNullPointerException().isThrownBy(() -> queue.putNowait(null));
        run(() -> assertThatNullPointerException().isThrownBy(() -> queue.put(null)));
    }
}
