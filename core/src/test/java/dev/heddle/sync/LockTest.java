package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.CancelScope;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Who gets a lock, and when. */
class LockTest extends SyncFixture {

    private final Lock lock = new Lock();

    private Task<Void> acquiring(String name) {
        return createTask(
                () -> {
                    lock.acquire();
                    log.add(name);
                },
                name);
    }

    @Test
    void tasksAcquireInTheOrderInWhichTheyCame() {
        run(
                () -> {
                    lock.acquire();
                    acquiring("first");
                    acquiring("second");
                    sleep(0);
                    acquiring("late");
                    settle();
                    assertThat(log).isEmpty();

                    lock.release();
                    settle();
                    assertThat(log).containsExactly("first");

                    lock.release();
                    settle();
                    assertThat(log).containsExactly("first", "second");

                    lock.release();
                    settle();
                    assertThat(log).containsExactly("first", "second", "late");
                });
    }

    @Test
    void releasedLockIsUnlockedUntilTheNextTaskRunsAndYetNobodyOvertakesIt() {
        run(
                () -> {
                    lock.acquire();
                    Task<Boolean> waiting = createTask(() -> lock.with(() -> log.add("waiting")));
                    sleep(0);

                    lock.release();
                    assertThat(lock.locked()).isFalse();
                    lock.acquire(); // here it would be free
                    log.add("the task that has released it");

                    assertThat(log).containsExactly("waiting", "the task that has released it");
                    waiting.await();
                });
    }

    @Test
    void freeLockIsAcquiredWithoutSuspending() {
        run(
                () -> {
                    loop.callSoon(() -> log.add("the next turn"));

                    lock.acquire();
                    lock.release();

                    assertThat(log).isEmpty();
                });
    }

    @Test
    void freeLockIsAcquiredInACancelledScope() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                s.cancel();
                                lock.acquire();
                                log.add("acquired");
                                lock.release();
                            });

                    assertThat(log).containsExactly("acquired");
                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void takenLockIsNotAwaitedInACancelledScope() {
        run(
                () -> {
                    lock.acquire();
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                s.cancel();
                                lock.acquire();
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(lock.statistics().tasksWaiting()).isZero();
                });
    }

    @Test
    void waitingCanBeLimited() {
        run(
                () -> {
                    lock.acquire();

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(3, () -> lock.acquire()));

                    assertThat(loop.time()).isEqualTo(3);
                    assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(currentTask(), 0));
                });
    }

    @Test
    void cancelledWaiterIsLeftOut() {
        run(
                () -> {
                    lock.acquire();
                    acquiring("first");
                    Task<Void> second = acquiring("second");
                    acquiring("third");
                    sleep(0);

                    second.cancel();
                    lock.release();
                    settle();
                    lock.release();
                    settle();

                    assertThat(second.cancelled()).isTrue();
                    assertThat(log).containsExactly("first", "third");
                });
    }

    @Test
    void waiterCancelledAfterItWasWokenLetsTheNextGoOn() {
        run(
                () -> {
                    lock.acquire();
                    Task<Void> first = acquiring("first");
                    acquiring("second");
                    sleep(0);

                    lock.release();
                    first.cancel();
                    settle();

                    assertThat(first.cancelled()).isTrue();
                    assertThat(log).containsExactly("second");
                });
    }

    @Test
    void releaseCancelledWithTheLastWaiterLeavesTheLockFree() {
        run(
                () -> {
                    lock.acquire();
                    Task<Void> only = acquiring("only");
                    sleep(0);

                    lock.release();
                    only.cancel();
                    settle();

                    assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(null, 0));
                    lock.acquire();
                });
    }

    @Test
    void releaseOfAFreeLockIsAnError() {
        run(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(lock::release)
                                .withMessageContaining("nobody holds it")
                                .withMessageContaining("Lock(unlocked, 0 waiting)"));
    }

    @Test
    void otherTaskMayRelease() {
        run(
                () -> {
                    lock.acquire();

                    createTask(lock::release).await();

                    assertThat(lock.locked()).isFalse();
                });
    }

    @Test
    void holdReleasesInTheEnd() {
        run(
                () -> {
                    try (var _ = lock.hold()) {
                        assertThat(lock.locked()).isTrue();
                        log.add("held");
                    }

                    assertThat(lock.locked()).isFalse();
                    assertThat(log).containsExactly("held");
                });
    }

    @Test
    void withReturnsWhatItsBodyReturnsAndReleasesAlsoWhenItFails() {
        run(
                () -> {
                    assertThat(lock.<Boolean>with(() -> lock.locked())).isTrue();
                    assertThat(lock.locked()).isFalse();

                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () ->
                                            lock.with(
                                                    () -> {
                                                        sleep(1);
                                                        throw new IOException("disk");
                                                    }));
                    assertThat(lock.locked()).isFalse();
                });
    }

    @Test
    void statisticsTellWhoHoldsItAndHowManyWait() {
        run(
                () -> {
                    Task<Void> holder = acquiring("holder");
                    acquiring("a");
                    Task<Void> last = acquiring("b");
                    sleep(0);

                    assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(holder, 2));
                    assertThat(lock).hasToString("Lock(locked by holder, 2 waiting)");
                    assertThat(last.toString()).contains("waiting for Lock(locked by holder");

                    lock.release();
                    settle();
                    lock.release();
                });
    }
}
