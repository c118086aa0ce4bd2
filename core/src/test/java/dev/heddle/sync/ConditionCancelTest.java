package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.CancelScope;
import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** A cancelled task has the lock again before it sees that it is cancelled. */
class ConditionCancelTest extends SyncFixture {

    private final Condition condition = new Condition();

    private Task<Void> waiting(String name) {
        return createTask(() -> waitAs(name), name);
    }

    private void waitAs(String name) {
        condition.acquire();
        try {
            condition.await();
            log.add(name + " goes on");
        } catch (CancelledError e) {
            log.add(name + " is cancelled");
            throw e;
        } finally {
            assertThat(condition.statistics().lock().holder()).isSameAs(currentTask());
            condition.release();
        }
    }

    @Test
    void waiterCancelledBeforeTheSignalIsForgotten() {
        run(
                () -> {
                    Task<Void> first = waiting("first");
                    waiting("second");
                    sleep(0);

                    first.cancel();
                    settle();
                    condition.with(() -> condition.signal());
                    settle();

                    assertThat(log).containsExactly("first is cancelled", "second goes on");
                });
    }

    @Test
    void waiterCancelledBeforeTheSignalWaitsForTheLock() {
        run(
                () -> {
                    Task<Void> waiter = waiting("waiter");
                    sleep(0);
                    condition.acquire();

                    waiter.cancel();
                    settle();
                    assertThat(log).isEmpty();
                    assertThat(waiter.done()).isFalse();

                    condition.release();
                    settle();
                    assertThat(waiter.cancelled()).isTrue();
                });
    }

    @Test
    void waiterCancelledAfterTheSignalHasTheLockAndPassesTheSignalOn() {
        run(
                () -> {
                    Task<Void> first = waiting("first");
                    waiting("second");
                    sleep(0);
                    condition.acquire();
                    condition.signal();
                    settle();

                    first.cancel();
                    settle();
                    assertThat(first.done()).isFalse();
                    condition.release();
                    settle();

                    assertThat(first.cancelled()).isTrue();
                    assertThat(log).containsExactly("first is cancelled", "second goes on");
                });
    }

    @Test
    void waiterCancelledOnTheWayToTheLockPassesTheSignalOn() {
        run(
                () -> {
                    Task<Void> first = waiting("first");
                    waiting("second");
                    sleep(0);
                    condition.with(() -> condition.signal());

                    first.cancel(); // it has been woken, and has not run
                    settle();

                    assertThat(log).containsExactly("first is cancelled", "second goes on");
                });
    }

    @Test
    void cancelledWaiterQueuesForTheLockLikeAllOthers() {
        run(
                () -> {
                    Task<Void> waiter = waiting("waiter");
                    sleep(0);
                    condition.acquire();
                    Task<Boolean> other = createTask(() -> condition.with(() -> log.add("other")));
                    sleep(0);

                    waiter.cancel();
                    condition.release(); // the lock is free, and promised to the other one
                    settle();

                    assertThat(log).containsExactly("other", "waiter is cancelled");
                    assertThat(other.done()).isTrue();
                });
    }

    @Test
    void lastOfSeveralCancelsIsThrown() {
        run(
                () -> {
                    Task<Void> waiter = waiting("waiter");
                    sleep(0);
                    condition.acquire();

                    waiter.cancel("first");
                    settle();
                    waiter.cancel("second");
                    settle();
                    waiter.cancel("third");
                    settle();
                    assertThat(waiter.done()).isFalse();
                    condition.release();
                    settle();

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(waiter::result)
                            .withMessage("third");
                    assertThat(waiter.cancelling()).isEqualTo(3);
                });
    }

    @Test
    void waiterInACancelledScopeGetsTheLockBack() {
        run(
                () -> {
                    var scope = new CancelScope();
                    Task<Void> waiter =
                            createTask(
                                    () -> {
                                        scope.run(s -> waitAs("waiter"));
                                        log.add("behind the scope");
                                    });
                    sleep(0);
                    condition.acquire();

                    scope.cancel();
                    settle();
                    assertThat(log).isEmpty();
                    condition.release();
                    waiter.await();

                    assertThat(log).containsExactly("waiter is cancelled", "behind the scope");
                });
    }

    @Test
    void waitInACancelledScopeReleasesTheLockAndGetsItBack() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                condition.acquire();
                                s.cancel();
                                try {
                                    condition.await();
                                } finally {
                                    log.add("held: " + condition.locked());
                                    condition.release();
                                }
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(log).containsExactly("held: true");
                });
    }
}
