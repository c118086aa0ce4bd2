package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** Who waits for a condition goes on when it is signalled and the lock is free. */
class ConditionTest extends SyncFixture {

    private final Condition condition = new Condition();
    private int value;

    private Task<Void> waiting(String name) {
        return createTask(
                () -> {
                    condition.acquire();
                    condition.await();
                    log.add(name);
                },
                name);
    }

    private void threeWaiting() {
        waiting("a");
        waiting("b");
        waiting("c");
        settle();
        assertThat(condition.locked()).isFalse();
    }

    @Test
    void signalledTasksGoOnOneAfterTheOtherWhenTheLockIsReleased() {
        run(
                () -> {
                    threeWaiting();
                    condition.acquire();

                    condition.signal();
                    settle();
                    assertThat(log).isEmpty();
                    condition.release();
                    settle();
                    assertThat(log).containsExactly("a");
                    assertThat(condition.locked()).isTrue();

                    condition.signal(2);
                    settle();
                    assertThat(log).containsExactly("a");
                    condition.release();
                    settle();
                    assertThat(log).containsExactly("a", "b");
                    condition.release();
                    settle();
                    assertThat(log).containsExactly("a", "b", "c");
                });
    }

    @Test
    void signalAllWakesAllWhoWait() {
        run(
                () -> {
                    threeWaiting();
                    condition.with(() -> condition.signalAll());
                    settle();
                    condition.release();
                    settle();
                    condition.release();
                    settle();

                    assertThat(log).containsExactly("a", "b", "c");
                });
    }

    @Test
    void signalledTaskHasItsPlaceInTheQueueOfTheLockAtOnce() {
        run(
                () -> {
                    waiting("signalled");
                    sleep(0);
                    condition.acquire();
                    condition.signal();
                    createTask(
                            () -> {
                                condition.acquire();
                                log.add("late");
                            });
                    settle();

                    condition.release();
                    settle();
                    condition.release();
                    settle();

                    assertThat(log).containsExactly("signalled", "late");
                });
    }

    @Test
    void signalWithoutWaitersIsForgotten() {
        run(
                () -> {
                    condition.with(() -> condition.signalAll());
                    Task<Void> waiter = waiting("waiter");
                    settle();

                    assertThat(waiter.done()).isFalse();
                    condition.with(() -> condition.signal());
                    waiter.await();
                });
    }

    @Test
    void waitForEvaluatesAfterEachSignalAndHasTheLock() {
        run(
                () -> {
                    Task<Void> waiter =
                            createTask(
                                    () ->
                                            condition.with(
                                                    () -> {
                                                        condition.waitFor(this::isReady);
                                                        log.add("ready");
                                                    }));
                    sleep(0);
                    for (int i = 0; i < 3; i++) {
                        condition.with(
                                () -> {
                                    value++;
                                    condition.signal();
                                });
                        settle();
                    }
                    waiter.await();

                    assertThat(log).containsExactly("0", "1", "2", "3", "ready");
                    assertThat(condition.locked()).isFalse();
                });
    }

    private boolean isReady() {
        assertThat(condition.statistics().lock().holder()).isSameAs(currentTask());
        log.add(Integer.toString(value));
        return value == 3;
    }

    @Test
    void waitForWhatIsTrueNeedsNoLock() {
        run(() -> condition.waitFor(() -> true));
    }

    @Test
    void waitWithoutTheLockIsAnError() {
        run(
                () -> {
                    assertThatIllegalStateException()
                            .isThrownBy(condition::await)
                            .withMessageContaining("Condition.await needs the lock");
                    assertThatIllegalStateException()
                            .isThrownBy(() -> condition.waitFor(() -> false));
                });
    }

    @Test
    void signalWithoutTheLockIsAnError() {
        run(
                () -> {
                    assertThatIllegalStateException()
                            .isThrownBy(condition::signal)
                            .withMessageContaining("Condition.signal needs the lock");
                    assertThatIllegalStateException().isThrownBy(condition::signalAll);
                });
    }

    @Test
    void negativeNumberOfSignalsIsAnError() {
        run(
                () ->
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> condition.with(() -> condition.signal(-1))));
    }

    @Test
    void severalConditionsMayShareALock() {
        run(
                () -> {
                    var lock = new Lock();
                    var notEmpty = new Condition(lock);
                    var notFull = new Condition(lock);
                    Task<Void> consumer =
                            createTask(() -> lock.with(() -> notEmpty.waitFor(() -> value > 0)));
                    Task<Void> producer =
                            createTask(() -> lock.with(() -> notFull.waitFor(() -> value > 0)));
                    sleep(0);
                    assertThat(lock.locked()).isFalse();

                    value = 1;
                    lock.with(() -> notEmpty.signal());
                    settle();

                    assertThat(consumer.done()).isTrue();
                    assertThat(producer.done()).isFalse();
                    lock.with(() -> notFull.signal());
                    producer.await();
                });
    }

    @Test
    void statisticsTellWhoWaitsForASignalAndWhoForTheLock() {
        run(
                () -> {
                    threeWaiting();
                    condition.acquire();
                    condition.signal(1);

                    assertThat(condition.statistics())
                            .isEqualTo(
                                    new Condition.Statistics(
                                            2, new Lock.Statistics(currentTask(), 1)));
                    condition.signalAll();
                    for (int i = 0; i < 3; i++) {
                        condition.release();
                        settle();
                    }
                });
    }
}
